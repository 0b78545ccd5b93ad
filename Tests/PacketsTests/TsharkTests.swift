import Foundation
import Testing

@testable import Packets

private let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Tshark")
private let environment = ProcessInfo.processInfo.environment
private let cli = environment["BPFTEST_CLI"] ?? ""

/// In CI it must run, and fails where something is missing.
private let canCapture = environment["CI"] == "true" || (geteuid() == 0 && !cli.isEmpty)

private func judge(_ comparison: TsharkFields.Comparison) {
  for difference in comparison.differences { Issue.record("\(difference)") }
  for row in TsharkFields.rows {
    #expect(comparison.counts[row.tshark, default: 0] > 0, "no frame has \(row.tshark)")
  }
  #expect(comparison.counts.values.reduce(0, +) > 1500)
}

/// `dissect → print → parse → build` is the identity on every frame.
private func expectIdentity(_ capture: String) throws {
  let reader = try CaptureReader(path: capture)
  while let frame = try reader.next() {
    let printed = frame.packet.expression
    #expect(try Packet(expression: printed).build() == frame.bytes, "frame \(reader.count): \(printed)")
  }
  #expect(reader.count > 80)
  #expect(reader.brokenOff == nil)
}

@Test func seesWhatTsharkSeesInACaptureOfRealTraffic() throws {
  let capture = folder.appending(path: "traffic.pcapng").path
  let source = try PacketSource(capture)
  var encoder = PacketEncoder(.json)
  var json: [UInt8] = []
  while let packet = try source.next() { json += try encoder.encode(packet) }
  json += encoder.finish()
  let theirs = try Data(contentsOf: folder.appending(path: "traffic.json"))
  judge(try TsharkFields.compare(ours: Data(json), theirs: theirs))
  try expectIdentity(capture)
}

@Test(
  .timeLimit(.minutes(2)),
  .enabled(if: canCapture, "needs root, tshark, and BPFTEST_CLI set to the built bpftest, as in `make test`"))
func seesWhatTsharkSeesInTrafficMadeNow() async throws {
  let capture = FileManager.default.temporaryDirectory.appending(path: "traffic-\(UUID().uuidString).pcapng")
  defer { try? FileManager.default.removeItem(at: capture) }
  let built = try await Tool.run(
    cli, ["packet", "build", "-"], input: Data(contentsOf: folder.appending(path: "built.txt")))
  let script = folder.appending(path: "traffic.py").path
  _ = try await Tool.run(
    "unshare", ["--net", "--pid", "--fork", "--kill-child", "python3", script, capture.path],
    input: built)
  let ours = try await Tool.run(cli, ["packet", "show", "--format", "json", capture.path])
  let theirs = try await Tool.run("tshark", TsharkFields.arguments(capture.path))
  judge(try TsharkFields.compare(ours: ours, theirs: theirs))
  try expectIdentity(capture.path)
  if environment["BPFTEST_RECORD"] == "1" {
    try Data(contentsOf: capture).write(to: folder.appending(path: "traffic.pcapng"))
    try theirs.write(to: folder.appending(path: "traffic.json"))
    Issue.record("wrote traffic.pcapng and traffic.json again; run the tests without BPFTEST_RECORD")
  }
}
