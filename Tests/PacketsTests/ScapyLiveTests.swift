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

/// A field of an expression of one layer, also of one that stands in a list of another.
private func value(of field: Int, of id: LayerID, in expression: String) -> FieldValue? {
  var parser = ExpressionParser(expression)
  guard let node = try? parser.parse().first, case .call(let call) = node.kind else { return nil }
  return try? ExpressionReader(parser: parser).layer(id, call).values[field]
}

/// Every name that Scapy has for a number in a field of a layer that is known here. Those of services and protocols stand in
/// the machine's `/etc`, which may know more.
@Test(.enabled(if: isExpected, "set BPFTEST_SCAPY_PYTHON to a Python with Scapy, as `make test` does"))
func takesEveryNameThatScapyTakes() async throws {
  try #require(python != nil, "BPFTEST_SCAPY_PYTHON isn't set: `make test` sets it")
  let lines = try await run("names.py", LayerID.allCases.map { $0.type.name }).split(separator: "\n")
  try #require(lines.count > 3000)
  var known = 0
  for line in lines {
    let parts = line.split(separator: "\t").map(String.init)
    try #require(parts.count == 3, "\(line)")
    let number = try #require(UInt64(parts[2]))
    let title = parts[0].split(whereSeparator: { ".+/".contains($0) }).map(String.init)
    let id = try #require(LayerID.named(title[0]))
    guard let index = id.type.fields.firstIndex(where: { $0.name == title[1] }),
      id.type.fields[index].isNumber, id.type.fields[index].bits.map({ number >> UInt64($0) == 0 }) ?? true
    else { continue }
    let selector = parts[0].contains("/") ? "type=\(title[2]), " : ""
    let expression = "\(title[0])(\(selector)\(title[1])=\"\(parts[1])\")"
    if let value = value(of: index, of: id, in: expression) {
      #expect(value == .number(number), "\(expression)")
      known += 1
    } else {
      let isOfThisMachine = ["sport", "dport", "proto", "nh"].contains(title[1])
      #expect(isOfThisMachine, "\(expression) isn't taken")
    }
  }
  #expect(known > 2500)
}
