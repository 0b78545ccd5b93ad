import Foundation
import Subprocess
import Testing

/// What `bpftest` says as `nobody`, whom the kernel refuses its probes: nothing then is "not there". Runs on this machine's
/// kernel.
@Suite(.needsTheCLI, .needsRoot) struct PrivilegeTests {
  private static let program = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>

    SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }
    char _license[] SEC("license") = "GPL";

    """

  /// Two things of a kind: one that every kernel here has, one that none has.
  private static func fixture(_ requirement: String) -> String {
    """
    object: p.bpf.c
    tests:
      - name: passes
        requires: { \(requirement) }
        packet: Ether()/IP()/UDP()
        expect: { return: XDP_PASS }

    """
  }

  /// Runs the built command line as user and group 65534, from a folder of its own that everybody may read.
  private func asNobody(_ arguments: [String], in folder: Folder) async throws -> CLI.Outcome {
    let tool = folder.path + "/bpftest"
    if !FileManager.default.fileExists(atPath: tool) {
      try FileManager.default.copyItem(atPath: CLI.path, toPath: tool)
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.cache)
    let result = try await Subprocess.run(
      .name("setpriv"),
      arguments: Arguments(["--reuid=65534", "--regid=65534", "--clear-groups", tool] + arguments),
      environment: .inherit.updating([
        "XDG_CACHE_HOME": folder.cache, "HOME": folder.cache, "TMPDIR": folder.cache, "CI": nil, "GITHUB_ACTIONS": nil,
        "LC_ALL": "C.UTF-8",
      ]),
      workingDirectory: .init(folder.path), input: .none, output: .string(limit: 16 << 20),
      error: .string(limit: 16 << 20))
    return CLI.Outcome(
      status: CLI.status(result.terminationStatus), output: result.standardOutput, errors: result.standardError)
  }

  @Test func aProbeThatIsRefusedIsInfraForEveryKindOfRequirement() async throws {
    let folder = try Folder(["p.bpf.c": Self.program])
    let requirements = [
      "program_type": ["program_type: xdp", "program_type: netfilter", "program_type: struct_ops"],
      "map_type": ["map_type: hash", "map_type: arena", "map_type: bloom_filter"],
      "helper": ["helper: bpf_ktime_get_ns", "helper: bpf_loop", "helper: bpf_user_ringbuf_drain"],
      "test_run": ["test_run: xdp", "test_run: xdp_context", "test_run: xdp_frags", "test_run: skb_checksum_complete"],
      "attach": ["attach: raw_tracepoint", "attach: tp_btf", "attach: iter"],
    ]
    for (kind, all) in requirements {
      for (number, requirement) in all.enumerated() {
        try folder.write("\(kind)\(number).bpftest.yaml", [UInt8](Self.fixture(requirement).utf8))
      }
    }
    let outcome = try await asNobody(["run", "--kernel", "host", "--json", "-"], in: folder)
    #expect(outcome.status == 3, "\(outcome)")
    let results = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let cells = try #require(results["cells"] as? [[String: Any]])
    #expect(cells.count == requirements.values.joined().count)
    for cell in cells {
      let message = cell["message"] as? String ?? ""
      #expect(cell["verdict"] as? String == "infra", "\(cell)")
      for words in ["finding out whether this kernel has ", "privilege", "CAP_BPF", "root"] {
        #expect(message.contains(words), "\(cell)")
      }
      #expect(message.contains("EPERM") || message.contains("EACCES"), "\(cell)")
    }
  }

  /// What everybody may read is found out by anybody.
  @Test func whatNeedsNoPrivilegeIsStillFoundOut() async throws {
    let folder = try Folder([
      "p.bpf.c": Self.program,
      "a.bpftest.yaml": Self.fixture("btf: struct no_such_struct"),
      "b.bpftest.yaml": Self.fixture("kfunc: bpf_no_such_function"),
    ])
    let outcome = try await asNobody(["run", "--kernel", "host"], in: folder)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("2 skipped"), "\(outcome)")
  }

  @Test func rootIsToldOfAbsence() async throws {
    let folder = try Folder(["p.bpf.c": Self.program, "a.bpftest.yaml": Self.fixture("kfunc: bpf_no_such_function")])
    let outcome = try await CLI.run(["run", "--kernel", "host"], in: folder)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("this kernel has no kfunc bpf_no_such_function"), "\(outcome)")
  }

  @Test func skipsFailWhereTheyAreAskedTo() async throws {
    let lacking = Self.fixture("kfunc: bpf_no_such_function")
    let some = lacking + "  - { name: runs, packet: Ether()/IP()/UDP(), expect: { return: XDP_PASS } }\n"
    let folder = try Folder(["p.bpf.c": Self.program, "all.bpftest.yaml": lacking, "some.bpftest.yaml": some])
    let all = ["run", "all.bpftest.yaml", "--kernel", "host"]
    let part = ["run", "some.bpftest.yaml", "--kernel", "host"]
    for (arguments, status, words) in [
      (all, 0, ""), (part, 0, ""), (part + ["--fail-if-all-skipped"], 0, ""),
      (
        all + ["--fail-if-skipped"], 1, "--fail-if-skipped: all 1 skipped: all/passes on host (this kernel has no kfunc"
      ),
      (part + ["--fail-if-skipped"], 1, "--fail-if-skipped: 1 of 2 skipped: some/passes on host (this kernel has no"),
      (all + ["--fail-if-all-skipped"], 1, "--fail-if-all-skipped: nothing ran, all 1 skipped: all/passes on host"),
    ] {
      let outcome = try await CLI.run(arguments, in: folder)
      #expect(outcome.status == status, "\(arguments): \(outcome)")
      #expect(words.isEmpty || outcome.errors.contains(words), "\(arguments): \(outcome)")
    }
  }
}
