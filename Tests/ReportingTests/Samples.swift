import Results

/// Results to render, of every verdict.
enum Sample {
  static let kernelIDs = ["5.10", "6.1", "6.12", "6.16", "6.17", "6.18", "6.19", "7.0", "7.1", "7.2", "7.3-rc"]

  static func kernel(_ id: String) -> KernelResult {
    KernelResult(id: id, release: "\(id).0-1-cloud-amd64", arch: "x86_64", accel: "tcg", start: "clone", seconds: 0.14)
  }

  static func results(
    _ cells: [Cell], suites: [SuiteResult] = [SuiteResult(name: "fw", path: "fixtures/fw/fw.bpftest.yaml")],
    kernels: [String]? = nil
  ) -> Results {
    var ids: [String] = []
    for cell in cells where !ids.contains(cell.kernel) { ids.append(cell.kernel) }
    return Results(
      tool: Tool(version: "0.1.0", libbpf: "1.1"), suites: suites, kernels: (kernels ?? ids).map(kernel), cells: cells,
      seconds: 3.4)
  }

  static func cell(
    _ test: String = "drops", on kernel: String = "6.1", _ verdict: Verdict = .passed, cause: Cause? = nil,
    message: String = "", failures: [Failure] = [], log: String? = nil, excerpt: String? = nil
  ) -> Cell {
    Cell(
      suite: "fw", test: test, kernel: kernel, verdict: verdict, cause: cause, seconds: 0.004, message: message,
      failures: failures, log: log, excerpt: excerpt)
  }

  static func cell(
    _ verdict: Verdict, cause: Cause? = nil, message: String = "", failures: [Failure] = [], log: String? = nil,
    excerpt: String? = nil
  ) -> Cell {
    cell(
      "drops", verdict, cause: cause, message: message, failures: failures, log: log, excerpt: excerpt)
  }

  static let wrongReturn = Failure(path: "return", expected: "XDP_DROP (1)", seen: "XDP_PASS (2)", line: 23)

  /// Eleven kernels, two suites, every verdict.
  static var everything: Results {
    var cells: [Cell] = []
    for id in kernelIDs {
      cells.append(cell("drops TCP to a blocked port", on: id))
      let failed = ["5.10", "6.1"].contains(id)
      cells.append(
        cell(
          "rewrites the source address and fixes both checksums", on: id, failed ? .failed : .passed,
          message: failed ? "packet differs" : "",
          failures: failed
            ? [
              wrongReturn,
              Failure(
                path: "packet", expected: "Ether()/IP(ttl=63)", seen: "Ether()/IP(ttl=64)",
                detail: "IP\n  ttl   expected 63   seen 64\n", line: 25),
            ] : []))
      cells.append(
        cell(
          "counts hits", on: id, id == "7.3-rc" ? .crashed : id == "7.2" ? .hung : .passed,
          message: id == "7.3-rc" ? "the kernel died" : id == "7.2" ? "no answer within 10 s" : "",
          log: id == "7.3-rc" ? "BUG: kernel NULL pointer dereference\nRIP: 0010:foo" : nil))
      var new = Cell(suite: "modern", test: "loops with bpf_loop", kernel: id, verdict: .passed, seconds: 0.001)
      if id == "5.10" {
        new.verdict = .skipped
        new.cause = .helper
        new.message = "needs helper bpf_loop"
      }
      cells.append(new)
      var rejected = Cell(suite: "modern", test: "reads past the packet", kernel: id, verdict: .rejected)
      rejected.cause = .verifier
      rejected.message = "invalid access to packet, off=34 size=2, R2(id=0,off=34,r=14): R2 is outside of the packet"
      rejected.excerpt = "6: (69) r0 = *(u16 *)(r2 +34)\ninvalid access to packet, off=34 size=2\n(41 lines omitted)"
      cells.append(rejected)
    }
    for index in cells.indices where cells[index].kernel == "6.17" {
      cells[index].verdict = .infra
      cells[index].cause = nil
      cells[index].failures = []
      cells[index].excerpt = nil
      cells[index].message = "the micro-VM never came up: QEMU exited with status 1"
    }
    return Results(
      tool: Tool(version: "0.1.0", libbpf: "1.1"),
      suites: [
        SuiteResult(
          name: "fw", path: "fixtures/fw/fw.bpftest.yaml", compiler: "clang version 21.0.0", mcpu: "v3"),
        SuiteResult(name: "modern", path: "fixtures/modern/modern.bpftest.yaml"),
      ],
      kernels: kernelIDs.map(kernel), cells: cells, seconds: 3.4)
  }
}
