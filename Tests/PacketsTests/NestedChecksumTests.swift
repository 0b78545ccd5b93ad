import Foundation
import Testing

@testable import Packets

/// Packets within packets, of which an outer checksum covers an inner one.
private struct Nested: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var bytes: [UInt8]
  /// Where tshark says something else, what is right, by protocol.
  var right: [String: [String]] = [:]

  init(_ name: String, _ expression: String) throws {
    (testDescription, bytes) = (name, try Packet(expression: expression).build())
  }

  /// An outer packet around bytes that are as they are: with what lies behind an inner packet's end.
  init(_ name: String, _ outer: String, around inner: [UInt8]) throws {
    let load = inner.map { "\\x" + String(0x100 + Int($0), radix: 16).dropFirst() }.joined()
    try self.init(name, "\(outer)/Raw(b\"\(load)\")")
  }

  static func table() throws -> [Nested] {
    let outer = "Ether()/IP(src=\"10.0.0.1\", dst=\"10.0.0.2\")"
    let outer6 = "Ether()/IPv6(src=\"2001:db8::1\", dst=\"2001:db8::2\")"
    let udp = "UDP(sport=1000, dport=2000)/Raw(\"payload\")"
    let wrong = "IP(chksum=0x1234)/UDP(sport=1000, dport=2000, chksum=0x5678)/Raw(\"payload\")"
    let wrong6 = "IPv6()/UDP(sport=1000, dport=2000, chksum=0x5678)/Raw(\"payload\")"
    let padded =
      try Packet(expression: "Ether()/IP()/UDP(sport=1000, dport=2000)").build() + Array(repeating: 7, count: 18)
    // Of 400 bytes 128 are quoted, and an extension lies behind them.
    let quoted = try Packet(expression: "IP(len=400)/UDP(sport=1, len=380, chksum=0x1234)/Raw(\"z\"*100)").build()
    let trailer: [UInt8] = [0x20, 0, 0xdf, 0xff] + Array(repeating: 0xab, count: 300)
    return [
      try Nested("an ICMP error that quotes a whole datagram", "\(outer)/ICMP(type=3, code=1)/IP()/\(udp)"),
      try Nested("an ICMP error that quotes a wrong one", "\(outer)/ICMP(type=3, code=1)/\(wrong)"),
      try Nested("an ICMP error that is wrong itself", "\(outer)/ICMP(type=3, code=1, chksum=0x1111)/\(wrong)"),
      try Nested("an ICMP error that quotes a cut segment", "\(outer)/ICMP(type=11)/IP(len=1500)/TCP(chksum=0x1234)"),
      try Nested(
        "an ICMP error that quotes eight bytes of a datagram",
        "\(outer)/ICMP(type=3, code=4)/IP(len=1500)/UDP(len=1480, chksum=0x1234)"),
      try Nested("an ICMP error that quotes a message", "\(outer)/ICMP(type=11)/IP()/ICMP(id=1, chksum=0x1234)"),
      try Nested(
        "an ICMP error with an extension", "\(outer)/ICMP(type=11, length=32)", around: quoted + trailer),
      try Nested("an ICMPv6 error that quotes a whole datagram", "\(outer6)/ICMPv6DestUnreach()/IPv6()/\(udp)"),
      try Nested("an ICMPv6 error that quotes a wrong one", "\(outer6)/ICMPv6TimeExceeded()/\(wrong6)"),
      try Nested("an ICMPv6 error that is wrong itself", "\(outer6)/ICMPv6TimeExceeded(cksum=0x1111)/\(wrong6)"),
      try Nested(
        "an ICMPv6 error that quotes a cut datagram",
        "\(outer6)/ICMPv6PacketTooBig()/IPv6(plen=1400)/UDP(len=1400, chksum=0x1234)/Raw(\"payload\")"),
      try Nested(
        "an ICMPv6 error that quotes a cut segment",
        "\(outer6)/ICMPv6PacketTooBig()/IPv6(plen=1400)/TCP(chksum=0x1234)/Raw(\"payload\")"),
      try Nested("IP in IP", "\(outer)/IP()/\(udp)"),
      try Nested("wrong IP in IP", "\(outer)/\(wrong)"),
      try Nested("IPv4 in IPv6", "\(outer6)/IP()/TCP()"),
      try Nested("wrong IPv6 in IPv4", "\(outer)/\(wrong6)"),
      try Nested("GRE with a checksum", "\(outer)/GRE(chksum_present=1)/IP()/\(udp)"),
      try Nested("GRE with a checksum around a wrong packet", "\(outer)/GRE(chksum_present=1)/\(wrong)"),
      try Nested("GRE with a wrong checksum", "\(outer)/GRE(chksum_present=1, chksum=0x1111)/IP()/\(udp)"),
      try Nested("VXLAN", "\(outer)/UDP(dport=4789)/VXLAN(flags=8)/Ether()/IP()/TCP()"),
      try Nested("VXLAN around a wrong packet", "\(outer)/UDP(dport=4789)/VXLAN(flags=8)/Ether()/\(wrong)"),
      try Nested(
        "VXLAN that is wrong itself", "\(outer)/UDP(dport=4789, chksum=0x1111)/VXLAN(flags=8)/Ether()/\(wrong)"),
      try Nested(
        "VXLAN around a padded frame", "\(outer)/UDP(sport=1, dport=4789)/Raw(b\"\\x08\\0\\0\\0\\0\\0\\x05\\0\")",
        around: padded),
      try Nested(
        "Geneve over IPv6 around a wrong packet",
        "\(outer6)/UDP(sport=1, dport=6081)/GENEVE(proto=0x6558)/Ether()/\(wrong)"),
      try Nested(
        "a first fragment",
        "\(outer)"
          .replacing("dst=", with: "flags=\"MF\", dst=")
          + "/UDP(sport=1000, dport=2000, len=500, chksum=0x1234)/Raw(\"payload\")"),
      try Nested(
        "a first fragment of IPv6", "\(outer6)/IPv6ExtHdrFragment(m=1)/TCP(chksum=0x1234)/Raw(\"payload\")"),
      try Nested(
        "bytes behind a datagram", "\(outer)",
        around: try Packet(expression: "IP(src=\"10.0.0.1\", dst=\"10.0.0.2\")/\(udp)").build().dropFirst(20) + [
          9, 9, 9, 9,
        ]),
      try Nested("frames within VLANs and labels", "Ether()/Dot1AD(vlan=2)/Dot1Q(vlan=3)/MPLS(label=16)/\(wrong)"),
    ].map { nested in
      var nested = nested
      switch nested.testDescription {
      case "bytes behind a datagram": nested.bytes[23] = 17
      // tshark computes over what there is of a segment, which it doesn't of a datagram.
      case "an ICMP error that quotes a cut segment", "an ICMPv6 error that quotes a cut segment":
        nested.right["tcp"] = ["2"]
      // tshark judges no quoted message, though it does other quoted packets.
      case "an ICMP error that quotes a message": nested.right["icmp"] = ["1", "0"]
      default: break
      }
      return nested
    }
  }
}

/// What tshark says of each checksum of a frame, by protocol: `0` bad, `1` good, `2` not verified, `3` not there.
private struct TheirFrame: Decodable {
  struct Source: Decodable { var layers: [String: [String]]? }
  var _source: Source
}

private let protocols = ["ip", "udp", "tcp", "icmp", "icmpv6", "gre"]

private func ours(_ bytes: [UInt8], _ name: String) -> [String] {
  let packet = Packet(dissecting: bytes)
  let told = RightChecksums.of(packet)
  return DissectedPacket(packet).layers.enumerated().compactMap { index, layer in
    let isOfKind =
      switch layer.id {
      case .ip: name == "ip"
      case .udp: name == "udp"
      case .tcp: name == "tcp"
      case .icmp: name == "icmp"
      case .gre: name == "gre" && layer.fields.contains { $0.field.name == "chksum" }
      default: name == "icmpv6" && layer.id.isICMPv6
      }
    guard isOfKind else { return nil }
    guard let right = told[index], !right.isEmpty else { return "2" }
    return layer.rightChecksums.isEmpty ? "1" : "0"
  }
}

@Test func judgesChecksumsOfNestedPacketsAsTsharkDoes() async throws {
  let table = try Nested.table()
  let capture = FileManager.default.temporaryDirectory.appending(path: "nested-\(UUID().uuidString).pcapng")
  defer { try? FileManager.default.removeItem(at: capture) }
  let writer = try CaptureWriter(path: capture.path)
  for nested in table { try writer.write(CaptureFrame(nested.bytes)) }
  try writer.finish()
  let checks = ["ip", "udp", "tcp"].flatMap { ["-o", "\($0).check_checksum:TRUE"] }
  let json = try await Tool.run(
    "tshark",
    ["-n", "-r", capture.path, "-T", "json", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"] + checks
      + protocols.flatMap { ["-e", "\($0).checksum.status"] })
  let theirs = try JSONDecoder().decode([TheirFrame].self, from: json)
  try #require(theirs.count == table.count)
  for (nested, their) in zip(table, theirs) {
    for name in protocols {
      let wanted = their._source.layers?["\(name).checksum.status"] ?? []
      #expect(ours(nested.bytes, name) == nested.right[name] ?? wanted, "\(nested.testDescription): \(name)")
    }
  }
}

@Test func aTunnelOverIPv6MayGoWithoutAChecksum() throws {
  let tunnel = "Ether()/IPv6()/UDP(dport=4789, chksum=0)/VXLAN(flags=8)/Ether()/IP()/UDP()"
  #expect(try Packet(expression: tunnel).checksumProblems.isEmpty)
  #expect(
    try Packet(expression: "Ether()/IPv6()/UDP(dport=9, chksum=0)").checksumProblems.map(\.field) == ["UDP.chksum"])
}

@Test func bothZerosOfAChecksumAreRight() throws {
  // The identification is what is left for the sum to be zero.
  var packet = try Packet(expression: "Ether()/IP(id=0)/UDP(chksum=0)").build()
  packet.replaceSubrange(18..<20, with: packet[24..<26])
  packet.replaceSubrange(24..<26, with: [0, 0])
  #expect(Packet(dissecting: packet).checksumProblems.isEmpty)
  packet.replaceSubrange(24..<26, with: [0xff, 0xff])
  #expect(Packet(dissecting: packet).checksumProblems.isEmpty)
  packet.replaceSubrange(24..<26, with: [0, 1])
  #expect(Packet(dissecting: packet).checksumProblems.map(\.field) == ["IP.chksum"])
}
