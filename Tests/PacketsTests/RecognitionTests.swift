import Testing

@testable import Packets

/// Expressions whose bytes say something else than the expression did, and so are found to be other layers.
private let ambiguous: Set<String> = [
  // Lengths that are wrong on purpose.
  #"IP(ihl=7, len=20, chksum=0)/UDP()"#, #"IP(len=100, ihl=6)/UDP()/Raw("abc")"#,
  #"IPv6()/IPv6ExtHdrHopByHop(options=[HBHOptUnknown(otype=30, optdata="abc"), PadN(optdata=b"\x00\x00")], autopad=0, len=0)/UDP()"#,
  #"IP()/UDP()/DNS(ar=[DNSRROPT(rclass=1232, rdata=[EDNS0TLV(optcode=10, optdata="cookie")])], qdcount=3)"#,
  // No version that says what it is, or no layer that announces the next.
  #"IP(version=5, tos=0xb8, id=0x1234, flags="MF+DF", frag=100, proto="gre")/Raw("x")"#,
  #"TCP()/Raw("no network layer")"#, "UDP()", "ICMPv6EchoRequest()", "Ether()/TCP()", "Ether()/Ether()/IP()",
  // Two runs of bytes side by side are one, and no bytes are none.
  #"IP()/b"bytes"/"more""#, #"Raw(load="x")/Raw(b"\x01")"#, #"Ether()/IP()/Padding("tail")/Padding("more")"#,
  #"IP()/Raw(b"")"#,
]

/// The expressions that were written by hand, at the beginning of the golden; random ones follow.
private let written = Golden.lines.prefix { !$0.expression.hasPrefix("Ether(src=\"8f:59") }.prefix(222)

@Test func findsTheLayersAgainThatAPacketWasBuiltOf() throws {
  #expect(written.count > 200)
  for (_, expression) in written where !ambiguous.contains(expression) {
    let packet = try Packet(expression: expression)
    let found = Packet(dissecting: try packet.build(), from: Golden.link(expression))
    #expect(found.slots.map(\.id) == packet.slots.map(\.id), "\(expression)")
  }
}

@Test func whatFillsAShortFrameUpIsPadding() throws {
  let short = try Packet(expression: "Ether()/ARP()").build()
  let packet = Packet(dissecting: short + Array(repeating: 0, count: 60 - short.count))
  #expect(
    packet.expression.hasSuffix(
      "/Padding(b\"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\")"))
}

@Test func saysWhyBytesWereNotRead() {
  let bytes: [UInt8] = Array(repeating: 0xff, count: 12) + [8, 0, 0x45, 0]
  let packet = Packet(dissecting: bytes)
  #expect(packet.slots.last?.reasonText == "2 bytes are no whole IP header")
}

@Test func theLengthOfALayerIsTheOneItComputes() throws {
  // Layers that Scapy doesn't have, checked by hand.
  let lite = try Packet(expression: #"IP()/UDPLite(sport=1, dport=2, cov=8)/Raw("abc")"#).build()
  let other = try Packet(expression: #"IP()/UDPLite(sport=1, dport=2, cov=8)/Raw("xyz")"#).build()
  #expect(lite[20..<28] == other[20..<28], "the checksum covers the header alone")
  let gue = try Packet(expression: #"IP()/UDP()/GUE(data=b"\x01\x02\x03\x04")/IP()/UDP()"#).build()
  #expect(gue[28..<32] == [0x01, 4, 0, 0])
  #expect(gue[22..<24] == [0x17, 0xc0])
  #expect(Packet(dissecting: gue, from: .rawIP).slots.map(\.id) == [.ip, .udp, .gue, .ip, .udp])
}

@Test func aRecordWhoseNameIsNoneIsStillPrinted() throws {
  let packet = try Packet(expression: #"IP()/UDP()/DNS(an=[DNSRR(type="NS", rdata="ns.org")])"#)
  var bytes = try packet.build()
  bytes[bytes.count - 1] = 0x41
  let printed = Packet(dissecting: bytes, from: .rawIP).expression
  #expect(try Packet(expression: printed).build() == bytes, "\(printed)")
}
