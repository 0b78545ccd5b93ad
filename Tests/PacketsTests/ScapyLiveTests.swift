import Foundation
import Testing

@testable import Packets

/// A Python that has `Scapy/requirements.txt` installed, if there is one.
private let python = ProcessInfo.processInfo.environment["BPFTEST_SCAPY_PYTHON"]

private func run(_ script: String, _ arguments: [String], input: Data = Data()) async throws -> String {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scapy")
  let path = folder.appending(path: script).path
  return String(decoding: try await Tool.run(python ?? "", [path] + arguments, input: input), as: UTF8.self)
}

/// In CI it must run, and fails where Scapy is missing.
private let isExpected = python != nil || ProcessInfo.processInfo.environment["CI"] == "true"

/// Fresh expressions against Scapy itself; `BPFTEST_SCAPY_SEED` chooses others.
@Test(.enabled(if: isExpected, "set BPFTEST_SCAPY_PYTHON to a Python with Scapy, as `make test` does"))
func agreesWithScapyOnThousandsOfExpressions() async throws {
  try #require(python != nil, "BPFTEST_SCAPY_PYTHON isn't set: `make test` sets it")
  let seed = ProcessInfo.processInfo.environment["BPFTEST_SCAPY_SEED"] ?? "2"
  let expressions = try await run("expressions.py", ["5000", seed])
  let answers = try await run("oracle.py", [], input: Data(expressions.utf8)).split(
    separator: "\n", omittingEmptySubsequences: false)
  let lines = expressions.split(separator: "\n")
  try #require(lines.count >= 5000)
  for (expression, answer) in zip(lines, answers) {
    try #require(!answer.hasPrefix("error"), "Scapy refused \(expression): \(answer)")
    let built = try? Packet(expression: String(expression)).build()
    #expect(built.map(hex) == String(answer), "seed \(seed): \(expression)")
  }
}
