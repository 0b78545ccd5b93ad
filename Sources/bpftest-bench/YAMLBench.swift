import Fixtures
import Foundation
import Yams

/// Reading large fixtures, beside Yams composing its nodes of the same text: each in a process of its own, in turns.
struct YAMLBench {
  /// A map of 200,000 entries, and 30,000 tests: 6 MB each.
  private static let fixtures: [(name: String, text: String)] = [
    (
      "a map of 200,000 entries",
      "object: p.bpf.c\ntests:\n  - name: big\n    maps:\n      big:\n"
        + (0..<200_000).map { "        \($0): { hits: \($0 % 1000), b: 0 }\n" }.joined()
        + "    packet: Ether()/IP()/UDP()\n    expect: { return: XDP_PASS }\n"
    ),
    (
      "30,000 tests",
      "object: p.bpf.c\ntests:\n"
        + (0..<30_000).map {
          "  - name: test number \($0)\n    program: pass\n    maps: { big: { 5: { hits: \($0) } } }\n"
            + "    packet: Ether()/IP(src=\"10.0.0.1\")/UDP(dport=\($0))\n"
            + "    expect: { return: XDP_PASS, globals: { seen: 1 } }\n"
        }.joined()
    ),
  ]

  private static let turns = 5

  /// What the child processes do, and print what it cost: `--yaml bpftest FILE`, `--yaml yams FILE`.
  static func read(_ reader: String, _ file: String) throws {
    switch reader {
    case "bpftest": _ = try Suite.load(file)
    default:
      let text = try String(contentsOfFile: file, encoding: .utf8)
      guard try compose(yaml: text) != nil else { throw BenchError("\(file) is empty") }
    }
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    // ru_maxrss is in KiB (getrusage(2)).
    let seconds = Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
    print(seconds, Double(usage.ru_maxrss) / 1024)
  }

  func measure(into table: inout BenchTable) throws {
    let file = NSTemporaryDirectory() + "bpftest-bench-\(UUID().uuidString).bpftest.yaml"
    defer { try? FileManager.default.removeItem(atPath: file) }
    for (name, text) in Self.fixtures {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      var least: [String: (seconds: Double, megabytes: Double)] = [:]
      for _ in 0..<Self.turns {
        for reader in ["bpftest", "yams"] {
          let cost = try child(["--yaml", reader, file])
          let before = least[reader] ?? (.infinity, .infinity)
          least[reader] = (min(before.seconds, cost.seconds), min(before.megabytes, cost.megabytes))
        }
      }
      guard let own = least["bpftest"], let yams = least["yams"] else { return }
      let size = "\(text.utf8.count / 100_000 * 100_000 / 1_000_000) MB of YAML, \(name)"
      table.add("reading \(size)", own.seconds, "s", baseline: ("Yams.compose", yams.seconds), goal: 1 / yams.seconds)
      table.add(
        "memory for \(size)", own.megabytes, "MB", baseline: ("Yams.compose", yams.megabytes),
        goal: 100 / yams.megabytes)
    }
  }

  /// Runs this executable and returns what it prints: the seconds that its processor took, and the most memory that it had.
  private func child(_ arguments: [String]) throws -> (seconds: Double, megabytes: Double) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let numbers = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard process.terminationStatus == 0, numbers.count == 2 else {
      throw BenchError("`\(arguments.joined(separator: " "))` ended with \(process.terminationStatus): \(output)")
    }
    return (numbers[0], numbers[1])
  }
}
