import Testing

@testable import Packets

@Test func theSwiftBuilderMakesTheBytesOfTheExpression() throws {
  let packet =
    Ether(src: "02:00:00:00:00:01") / IPv4(src: "10.0.0.1", dst: "10.0.0.2", ttl: 3, flags: [.dontFragment])
    / TCP(dport: 443, flags: [.syn, .ack]) / Payload("hello")
  let same = try Packet(
    expression: """
      Ether(src="02:00:00:00:00:01")/IP(src="10.0.0.1", dst="10.0.0.2", ttl=3, flags="DF")/
      TCP(dport=443, flags="SA")/Raw("hello")
      """)
  #expect(try packet.build() == same.build())
  #expect(packet.layerNames == ["Ether", "IP", "TCP", "Raw"])
}

@Test func layersAreValuesThatMixWithExpressions() throws {
  let outer = IPv6(src: "2001:db8::1", dst: "2001:db8::2") / UDP(dport: 4789) / VXLAN(vni: 7)
  let inner = try Packet(expression: "Ether()/IP()/ICMP()")
  let same = try Packet(
    expression: "IPv6(src=\"2001:db8::1\", dst=\"2001:db8::2\")/UDP(dport=4789)/VXLAN(vni=7)/Ether()/IP()/ICMP()")
  #expect(try (outer / inner).build() == same.build())
}

@Test func aBuiltPacketIsTakenApartChangedAndBuiltAgain() throws {
  let bytes = try (Ether() / IPv4() / TCP(dport: 80) / Payload("GET /")).build()
  var packet = Packet(dissecting: bytes)
  #expect(packet[TCP.self]?.dport == 80)
  packet[TCP.self]?.dport = 8080
  packet[IPv4.self]?.dst = "192.0.2.1"
  packet[Payload.self]?.load = Array("HEAD /longer".utf8)
  let wanted = Ether() / IPv4(dst: "192.0.2.1") / TCP(dport: 8080) / Payload("HEAD /longer")
  #expect(try packet.build() == wanted.build(), "lengths and checksums follow the change")
}

@Test func aLayerOfAPacketHasEveryFieldOfTheWire() throws {
  let written = Ether() / IPv4() / UDP(dport: 7) / Payload("x")
  for packet in [written, Packet(dissecting: try written.build())] {
    let ip = try #require(packet[IPv4.self])
    #expect(ip.ttl == 64)
    #expect(ip.len == 29)
    #expect(packet[Ether.self]?.type == 0x800)
    let bytes = try packet.build()
    #expect(packet[UDP.self]?.chksum == UInt16(bytes[40]) << 8 | UInt16(bytes[41]))
  }
  // A value that is set stays, be it the one that would be computed.
  var packet = written
  packet[IPv4.self]?.len = 20
  packet[UDP.self]?.dport = 9
  #expect(packet[IPv4.self]?.len == 20)
  #expect(try packet.build() == (Ether() / IPv4(len: 20) / UDP(dport: 9) / Payload("x")).build())
}

@Test func joiningPacketsGivesWhatWritingTheirLayersAnewWould() throws {
  for line in Golden.lines {
    let layers = try Packet(expression: line.expression).layers
    for cut in layers.indices.dropFirst() {
      let (below, above) = (Packet(layers: Array(layers[..<cut])), Packet(layers: Array(layers[cut...])))
      #expect(below / above == Packet(layers: below.layers + above.layers), "\(line.expression), before layer \(cut)")
    }
  }
}

@Test func whatWasWrongOnPurposeStaysWrong() throws {
  let bytes = try (Ether() / IPv4() / UDP(dport: 7, chksum: 0x1234) / Payload("x")).build()
  var packet = Packet(dissecting: bytes)
  packet[UDP.self]?.dport = 8
  #expect(packet[UDP.self]?.chksum == 0x1234)
  #expect(try packet.build() == (Ether() / IPv4() / UDP(dport: 8, chksum: 0x1234) / Payload("x")).build())
}

@Test func aLayerIsTakenOut() throws {
  var packet = Packet(dissecting: try (Ether() / Dot1Q(vlan: 5) / IPv4() / UDP()).build())
  packet[Dot1Q.self] = nil
  #expect(try packet.build() == (Ether() / IPv4() / UDP()).build())
}

@Test func theInnerLayerOfATunnelIsReached() throws {
  let packet = IPv4(ttl: 1) / IPv4(ttl: 2) / UDP()
  #expect(packet[IPv4.self, 1]?.ttl == 2)
  #expect(packet[IPv4.self, 2] == nil)
}

@Test func aValueThatIsNoneOfItsFieldIsSaidWhenBuilding() {
  for (packet, message) in [
    (Ether() / IPv4(src: "10.0.0.256"), "IP.src is an IPv4 address, not “10.0.0.256”"),
    (Ether(dst: "nobody") / IPv4(), "Ether.dst is a MAC address, not “nobody”"),
    (Ether() / Dot1Q(vlan: 4096), "Dot1Q.vlan is 4096, and it holds 0 to 4095"),
  ] {
    do {
      _ = try packet.build()
      Issue.record("should have been refused")
    } catch {
      #expect(error.description == message)
    }
  }
}
