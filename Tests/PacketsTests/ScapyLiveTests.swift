import Foundation
import Testing

@testable import Packets

/// A Python that has `Scapy/requirements.txt` installed, if there is one.
private let python = ProcessInfo.processInfo.environment["BPFTEST_SCAPY_PYTHON"]

private func run(_ script: String, _ arguments: [String], input: Data = Data()) throws -> String {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scapy")
  let process = Process()
  process.executableURL = URL(filePath: python ?? "")
  process.arguments = [folder.appending(path: script).path] + arguments
  // Through a file, since both pipes of one process at once may fill up and stop it.
  let file = FileManager.default.temporaryDirectory.appending(path: "scapy-\(UUID().uuidString)")
  try input.write(to: file)
  defer { try? FileManager.default.removeItem(at: file) }
  process.standardInput = try FileHandle(forReadingFrom: file)
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  try #require(process.terminationStatus == 0, "\(script) ended with \(process.terminationStatus)")
  return text
}

/// Fresh expressions against Scapy itself: `BPFTEST_SCAPY_PYTHON=…/python swift test`, `BPFTEST_SCAPY_SEED` for others.
@Test(.enabled(if: python != nil, "set BPFTEST_SCAPY_PYTHON to a Python with Scapy to compare against it"))
func agreesWithScapyOnThousandsOfExpressions() throws {
  let seed = ProcessInfo.processInfo.environment["BPFTEST_SCAPY_SEED"] ?? "2"
  let expressions = try run("expressions.py", ["5000", seed])
  let answers = try run("oracle.py", [], input: Data(expressions.utf8)).split(
    separator: "\n", omittingEmptySubsequences: false)
  let lines = expressions.split(separator: "\n")
  try #require(lines.count >= 5000)
  for (expression, answer) in zip(lines, answers) {
    try #require(!answer.hasPrefix("error"), "Scapy refused \(expression): \(answer)")
    let built = try? Packet(expression: String(expression)).build()
    #expect(built.map(hex) == String(answer), "seed \(seed): \(expression)")
  }
}
