import BPF
import Fixtures
import Foundation
import Kernels
import Matrix
import MicroVM
import Results
import TestPlan

/// `make bench`: what bpftest is fast at, each figure as a ratio to a baseline measured in the same run.
///
/// Usage: `bpftest-bench FIXTURES…`, or `bpftest-bench --library [runs|loads|codec|yaml]` for the rows that need neither
/// micro-VM nor fixtures. Nothing here fails for being slow: machines are shared and noisy.
@main
struct Bench {
  static func main() async {
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      if arguments.count == 3, arguments[0] == "--yaml" { return try YAMLBench.read(arguments[1], arguments[2]) }
      let bench = Bench(fixtures: arguments)
      print(
        arguments.first == "--library"
          ? try await bench.runLibrary(only: arguments.dropFirst().first) : try await bench.run())
    } catch {
      FileHandle.standardError.write(Data("bpftest-bench: \(error)\n".utf8))
      exit(1)
    }
  }

  let fixtures: [String]

  private func note(_ what: String) { FileHandle.standardError.write(Data("measuring \(what)\n".utf8)) }

  func run() async throws -> String {
    var table = BenchTable()
    let folder = try writeCounter()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let session = try await Session.prepare(paths: [folder], choice: .list("6.1"))
    guard case .kernel(let kernel)? = session.targets.first, let test = session.tests.first,
      let bytes = session.objects[test.plan.object]
    else { throw BenchError("no kernel 6.1") }

    note("a bare boot")
    let bare = try median(of: 5) { try BareBoot(kernel: kernel).seconds() }
    note("a first boot to the agent")
    var cold = MachineOptions()
    cold.accel = .tcg
    cold.cold = true
    let coldRoom = MachineRoom(options: cold)
    let first = try median(of: 5) {
      let guest = try coldRoom.boot(kernel)
      defer { guest.close() }
      return guest.seconds
    }
    table.add("first boot to agent ready (6.1)", first, "s", baseline: ("bare boot", bare), goal: 2)

    note("a warm cell")
    var warm = MachineOptions()
    warm.accel = .tcg
    let warmRoom = MachineRoom(options: warm)
    try warmRoom.boot(kernel).close()
    let cell = try median(of: 9) {
      try seconds {
        let guest = try warmRoom.boot(kernel)
        defer { guest.close() }
        try guest.send(object: test.plan.object, bytes: bytes)
        let seen = try guest.run(number: 0, plan: test.plan, timeout: 30)
        guard test.judge(seen, kernel: kernel.id, release: kernel.release).verdict == .passed else {
          throw BenchError("the warm cell didn't pass")
        }
      }
    }
    table.add("warm cell (6.1)", cell, "s", baseline: ("bare boot", bare), goal: 0.12)

    note("the warm matrix")
    let all = try await Session.prepare(paths: fixtures, choice: .list("all"))
    _ = await all.run(options: MatrixRun.Options())
    var times: [Double] = []
    for _ in 0..<5 {
      let clock = ContinuousClock.now
      let prepared = try await Session.prepare(paths: fixtures, choice: .list("all"))
      let results = await prepared.run(options: MatrixRun.Options())
      times.append((ContinuousClock.now - clock) / .seconds(1))
      guard results.exitCode == 0 else { throw BenchError("the matrix of \(fixtures) doesn't pass") }
    }
    table.add(
      "warm matrix, \(all.tests.count) tests × \(all.targets.count) kernels", times.sorted()[2], "s",
      baseline: ("\(all.targets.count) bare boots", bare * Double(all.targets.count)),
      goal: 4 / (bare * Double(all.targets.count)))

    note("runs a second")
    let (judged, raw) = try await runsPerSecond(folder)
    table.add(
      "10,000 packets on the host, judged", judged, "runs/s", baseline: ("bare test-run loop", raw),
      goal: 100_000 / raw, atLeast: true)
    table.add(
      "10,000 frames replayed on the host, compared with a golden",
      try await ReplayBench(beside: folder).framesPerSecond(), "runs/s", baseline: ("bare test-run loop", raw),
      goal: 100_000 / raw, atLeast: true)
    note("packets")
    try PacketBench().add(to: &table)
    note("reading YAML")
    try YAMLBench().measure(into: &table)
    try await measureLibrary(into: &table)
    return table.text
  }

  func runLibrary(only: String?) async throws -> String {
    var table = BenchTable()
    if only == "yaml" {
      try YAMLBench().measure(into: &table)
    } else {
      try await measureLibrary(into: &table, only: only)
    }
    return table.text
  }

  private func measureLibrary(into table: inout BenchTable, only: String? = nil) async throws {
    note("the library beside C")
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try LibrarySpeed.program.write(toFile: folder + "/ten.bpf.c", atomically: true, encoding: .utf8)
    try "object: ten.bpf.c\ntests: [{ name: loads, expect: { load: accepted } }]\n"
      .write(toFile: folder + "/ten.bpftest.yaml", atomically: true, encoding: .utf8)
    let session = try await Session.prepare(paths: [folder], choice: .host)
    guard let object = session.objects.values.first else { throw BenchError("no object") }
    try LibrarySpeed(object: object.array).measure(into: &table, only: only)
  }

  private func temporaryFolder() throws -> String {
    let folder = NSTemporaryDirectory() + "bpftest-bench-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }

  private func writeCounter() throws -> String {
    let folder = try temporaryFolder()
    let program = """
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>
      __u64 seen;
      SEC("xdp") int counter(struct xdp_md *ctx) { seen++; return XDP_PASS; }
      char _license[] SEC("license") = "GPL";

      """
    try program.write(toFile: folder + "/counter.bpf.c", atomically: true, encoding: .utf8)
    let step = "      - { packet: { hex: \"\(String(repeating: "00", count: 64))\" }, expect: { return: XDP_PASS } }\n"
    let fixture = """
      object: counter.bpf.c
      tests:
        - name: one
          packet: { hex: "\(String(repeating: "00", count: 64))" }
          expect: { return: XDP_PASS, globals: { seen: 1 } }
        - name: ten thousand
          steps:

      """
    try (fixture + String(repeating: step, count: 10_000))
      .write(toFile: folder + "/counter.bpftest.yaml", atomically: true, encoding: .utf8)
    return folder
  }

  /// Judged runs a second through the whole engine, and unjudged ones in a loop around the system call.
  private func runsPerSecond(_ folder: String) async throws -> (judged: Double, raw: Double) {
    let session = try await Session.prepare(paths: [folder], choice: .host, filter: "ten thousand$")
    var judged: [Double] = []
    for _ in 0..<5 {
      let clock = ContinuousClock.now
      let results = await session.run(options: MatrixRun.Options())
      judged.append(10_000 / ((ContinuousClock.now - clock) / .seconds(1)))
      guard results.exitCode == 0 else { throw BenchError("the ten thousand didn't pass: \(results.cells)") }
    }
    guard let bytes = session.objects.values.first else { throw BenchError("no object") }
    let object = try BPFObject(bytes: bytes.array, name: "counter")
    try object.load()
    let program = try object.program("counter")
    var options = TestRunOptions()
    options.data = [UInt8](repeating: 0, count: 64)
    options.dataOutCapacity = 64
    let raw = try median(of: 5) {
      try 10_000 / seconds { for _ in 0..<10_000 { _ = try program.testRun(options) } }
    }
    return (judged.sorted()[2], raw)
  }
}
