import Foundation
import Testing

@testable import Packets

/// Packets of a text, as standard input or a file would have it.
private func packets(_ text: String, link: LinkLayer? = nil) throws -> [InputPacket] {
  var source = TextPackets(CaptureInput(bytes: Array(text.utf8)), name: "x", link: link, onlyExpressions: false)
  var all: [InputPacket] = []
  while let packet = try source.next() { all.append(packet) }
  return all
}

private func encode(_ packets: [InputPacket], _ format: PacketFormat) throws -> [UInt8] {
  var encoder = PacketEncoder(format)
  var out: [UInt8] = []
  for packet in packets { out += try encoder.encode(packet) }
  return out + encoder.finish()
}

private func message(_ text: String) -> String? {
  do {
    _ = try packets(text)
    return nil
  } catch {
    return "\(error)"
  }
}

@Test func aTextHasAPacketOnEachLine() throws {
  let all = try packets("# comment\n\nIP()/UDP()\r\n  00 01:02-03\n0x00,0x01\n// more\n/* and\n more */\nffFF")
  #expect(all.map(\.frame.bytes).dropFirst() == [[0, 1, 2, 3], [0, 1], [0xff, 0xff]])
  #expect(try all.first?.frame.bytes == Packet(expression: "IP()/UDP()").build())
  #expect(all.map(\.number) == [1, 2, 3, 4])
}

@Test(arguments: [
  ("00 0g", "x, line 1: column 5: “g” is no hexadecimal digit"),
  ("\n00 1 2", "x, line 2: column 5: a byte has two digits, and here is one"),
  ("012", "x, line 1: column 3: a byte has two digits, and the last has one"),
  ("00\n IP()/UPD()", "x, line 2: column 7: unknown layer UPD (did you mean UDP?)"),
  ("static const unsigned char p[] = {\n 0x00, 256\n};", "x, line 2: “256” is no byte of an array"),
  ("char p[] = {\n 0x00,", "x, line 1: the array has no }"),
])
func whatIsWrongIsSaidWithLineAndColumn(text: String, wanted: String) {
  #expect(message(text)?.hasPrefix(wanted) == true, "\(message(text) ?? "nothing")")
}

@Test(arguments: [PacketFormat.hex, .expr, .c, .pcapng])
func whatIsWrittenIsReadAgain(format: PacketFormat) throws {
  let all = try packets("Ether()/IP()/TCP()/Raw(\"*/ x\")\nEther()/ARP()\nIP()/UDP()\nIPv6()/UDP()/Raw(b\"\\x00\")")
  let bytes = try encode(all, format)
  let again: [[UInt8]]
  if format == .pcapng {
    let frames = try CaptureReader(bytes: bytes).rest()
    again = frames.map(\.bytes)
    #expect(frames.map(\.linkType) == [.ethernet, .ethernet, .rawIP, .rawIP])
  } else {
    let packets = try packets(String(decoding: bytes, as: UTF8.self))
    again = packets.map(\.frame.bytes)
    // Digits don't say what they begin with; an IP packet shows it.
    #expect(packets.map(\.link) == [.ethernet, .ethernet, .rawIP, .rawIP])
  }
  #expect(again == all.map(\.frame.bytes))
}

@Test func bytesBeginAsTheyAreSaidTo() throws {
  let bytes = try packets("4500001400010000ff1100007f0000017f000001", link: .ethernet)
  #expect(bytes.first?.packet.layerNames == ["Ether", "Raw"])
  #expect(try packets("4500001400010000ff1100007f0000017f000001").first?.packet.layerNames == ["IP"])
  #expect(try packets("4500001500010000ff1100007f0000017f000001").first?.packet.layerNames == ["Ether", "Raw"])
}

@Test func aCaptureNeedsALinkLayer() throws {
  let tcp = try packets("TCP()")
  #expect(throws: PacketInputError.self) { try encode(tcp, .pcapng) }
  #expect(try encode(tcp, .hex).count == 41)
}

@Test func jsonHasEveryLayerAndField() throws {
  let all = try packets(
    "Ether()/IP(chksum=1, src=\"10.0.0.1\")/UDP(sport=7)/DNS(qd=[DNSQR(qname=\"a.b\")])\nRaw(\"\\\"\\n\")")
  let json = try #require(try JSONSerialization.jsonObject(with: Data(encode(all, .json))) as? [[String: Any]])
  #expect(json.count == 2)
  let layers = try #require(json[0]["layers"] as? [[String: Any]])
  #expect(layers.map { $0["layer"] as? String } == ["Ether", "IP", "UDP", "DNS"])
  let ip = try #require(layers[1]["fields"] as? [String: [String: Any]])
  #expect(ip["src"]?["value"] as? String == "10.0.0.1")
  #expect(ip["ttl"]?["value"] as? Int == 64)
  #expect(ip["ttl"]?["bit"] as? Int == 22 * 8)
  #expect(ip["chksum"]?["right"] as? Int != nil)
  #expect(json[1]["expression"] as? String == #"Raw(b"\"\n")"#)
  #expect(try encode([], .json) == Array("[]\n".utf8))
}

@Test func timesAreThoseOfTheCalendar() {
  #expect(CaptureTime.text(0) == "1970-01-01 00:00:00.000000000 UTC")
  #expect(CaptureTime.text(1_700_000_000_123_456_789) == "2023-11-14 22:13:20.123456789 UTC")
  #expect(CaptureTime.text(951_782_400_000_000_000) == "2000-02-29 00:00:00.000000000 UTC")
  #expect(CaptureTime.text(.max) == "2554-07-21 23:34:33.709551615 UTC")
}

@Test func aLineMayBeLongerThanWhatIsReadAtOnce() throws {
  let path = NSTemporaryDirectory() + "packets-\(UUID().uuidString).hex"
  defer { try? FileManager.default.removeItem(atPath: path) }
  let long = String(repeating: "ab", count: 300_000)
  try "00\n\(long)\n\(String(repeating: "01\n", count: 200_000))02".write(
    toFile: path, atomically: true, encoding: .utf8)
  let source = try PacketSource(path)
  var count = 0
  var bytes = 0
  while let packet = try source.next() {
    count += 1
    bytes += packet.frame.bytes.count
  }
  #expect(count == 200_003)
  #expect(bytes == 1 + 300_000 + 200_000 + 1)
}

@Test func aFileIsWholeOrNotThere() throws {
  let folder = NSTemporaryDirectory() + "packets-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let path = folder + "/a"
  try "before".write(toFile: path, atomically: true, encoding: .utf8)
  try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "a")
  for isFinished in [false, true] {
    let file = try WholeFile(path: folder + "/link")
    try file.write(Array(repeating: 0x61, count: 1 << 19))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
    if isFinished { try file.finish() }
  }
  #expect(try String(contentsOfFile: path, encoding: .utf8).utf8.count == 1 << 19)
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a", "link"])
}

@Test func comparesCapturesFrameByFrame() throws {
  let folder = NSTemporaryDirectory() + "packets-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  func write(_ name: String, _ expressions: [String], comment: String) throws -> String {
    let writer = try CaptureWriter(path: "\(folder)/\(name)")
    for expression in expressions {
      try writer.write(CaptureFrame(Packet(expression: expression).build(), comments: [comment]))
    }
    try writer.finish()
    return "\(folder)/\(name)"
  }
  let a = try write("a", ["Ether()/IP()/UDP()", "Ether()/IP(ttl=3)/UDP()"], comment: "XDP_PASS")
  let b = try write("b", ["Ether()/IP()/UDP()", "Ether()/IP(ttl=4)/UDP()", "Ether()"], comment: "XDP_PASS")
  func compare(_ a: String, _ b: String, _ masks: [String] = []) throws -> String {
    let comparison = try PacketComparison(
      expected: PacketSource(a), seen: PacketSource(b), ignoring: masks.map { try FieldMask($0) })
    var out = ""
    while let text = try comparison.next(color: false) { out += text }
    #expect(comparison.isSame == out.isEmpty)
    return out
  }
  #expect(try compare(a, a) == "")
  let all = try compare(a, b)
  #expect(all.hasPrefix("frame 2\n"))
  #expect(all.contains("! ttl     22      3"))
  #expect(all.hasSuffix("\n1 of 2 frames differs; 1 more seen than expected\n"))
  #expect(try compare(a, b, ["IP.ttl", "IP.chksum"]) == "1 more seen than expected\n")
  let c = try write("c", ["Ether()/IP()/UDP()", "Ether()/IP(ttl=3)/UDP()"], comment: "XDP_DROP")
  #expect(try compare(a, c).contains("comment: expected “XDP_PASS”, seen “XDP_DROP”"))
  #expect(try compare("TCP(dport=1)", "TCP(dport=2)").contains("! dport   2"))
  // Digits without a link layer are taken to begin as the other packet does.
  let hex = ByteText.hex(try Packet(expression: "IP(ttl=9, len=99)").build(), separator: nil)
  #expect(try compare("IP(ttl=8, len=99)", hex).contains("! ttl"))
}
