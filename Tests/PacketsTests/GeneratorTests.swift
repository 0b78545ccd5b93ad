import Testing

@testable import Packets

private func generator(_ expression: String, _ vary: [String], seed: UInt64 = 7) throws -> PacketGenerator {
  try PacketGenerator(
    from: Packet(expression: expression), varying: vary.map { try PacketVariation($0) }, seed: seed)
}

@Test func theSameSeedMakesTheSamePackets() throws {
  let one = try generator("Ether()/IP()/TCP()", ["IP.src", "TCP.dport", "length"])
  let two = try generator("Ether()/IP()/TCP()", ["IP.src", "TCP.dport", "length"])
  let other = try generator("Ether()/IP()/TCP()", ["IP.src", "TCP.dport", "length"], seed: 8)
  #expect((0..<100).allSatisfy { one.packet($0) == two.packet($0) })
  #expect(!(0..<100).allSatisfy { one.packet($0) == other.packet($0) })
}

@Test func onlyWhatIsToVaryVaries() throws {
  let generator = try generator("Ether()/IP(dst=\"10.0.0.1\", ttl=9)/TCP(sport=5)", ["IP.src", "TCP.dport"])
  let packets = (0..<200).map { generator.packet($0) }
  #expect(Set(packets.map { $0[IPv4.self]?.src }).count > 50)
  #expect(Set(packets.map { $0[TCP.self]?.dport }).count > 50)
  #expect(
    packets.allSatisfy { $0[IPv4.self]?.dst == "10.0.0.1" && $0[IPv4.self]?.ttl == 9 && $0[TCP.self]?.sport == 5 })
}

@Test func generatedPacketsHaveRightChecksumsUnlessTheseVary() throws {
  let right = try generator("Ether()/IP()/TCP()", ["IP.src", "TCP.options", "length"])
  #expect((0..<200).allSatisfy { right.packet($0).checksumProblems.isEmpty })
  let wrong = try generator("Ether()/IP()/UDP()", ["IP.chksum"])
  #expect((0..<20).contains { !wrong.packet($0).checksumProblems.isEmpty })
}

@Test func everyFieldOfEveryLayerCanVary() throws {
  for id in LayerID.allCases where !(id.type is any ItemType.Type) && id != .padding {
    let name = id.type.name
    let base = try Packet(expression: "\(name)()")
    let generator = try PacketGenerator(from: base, varying: [.field(FieldMask(name)), .length], seed: 1)
    for number in 0..<20 {
      let packet = generator.packet(number)
      guard let bytes = try? packet.build() else { continue }
      #expect(try Packet(expression: packet.expression).build() == bytes, "\(packet.expression)")
    }
  }
}

@Test func aVariationThatThePacketDoesNotHaveIsRefused() throws {
  do {
    _ = try generator("Ether()/IP()/UDP()", ["TCP.dport"])
    Issue.record("should have been refused")
  } catch let error as FieldMaskError {
    #expect(error.message == "TCP.dport can't vary: the packet is Ether/IP/UDP")
  }
}

@Test func aFailureIsShrunkToWhatItNeeds() throws {
  let failing = try Packet(
    expression: """
      Ether(src="02:00:00:00:00:01")/Dot1Q(vlan=77)/IP(src="10.1.2.3", ttl=200, tos=5)/
      TCP(dport=4430, seq=12345, options=[("MSS", 1460)])/Raw("a long payload that doesn't matter")
      """)
  // Fails for TCP to ports from 1000 on, whatever else is in the packet.
  let smallest = PacketShrinker.shrink(failing) { ($0[TCP.self].map { $0.dport ?? 80 } ?? 0) >= 1000 }
  #expect(smallest[TCP.self]?.dport == 1000)
  #expect(smallest.layerNames.count <= 2)
  #expect(smallest[Payload.self] == nil)
}

@Test func shrinkingKeepsToItsLimit() throws {
  var shrinker = PacketShrinker(try Packet(expression: "Raw(\"x\"*1000)"), attempts: 10)
  while shrinker.next() != nil { shrinker.judge(fails: false) }
  #expect(shrinker.attempts <= 10)
}

@Test func saysWhichChecksumsAreWrong() throws {
  let packet = try Packet(expression: "Ether()/IP(chksum=0x1234)/UDP(chksum=0)/Raw(\"x\")")
  let right = try Packet(expression: "Ether()/IP()/UDP(chksum=0)/Raw(\"x\")").build()
  #expect(
    packet.checksumProblems == [
      ChecksumProblem(
        field: "IP.chksum", offset: 24, seen: 0x1234, right: UInt64(right[24]) << 8 | UInt64(right[25]))
    ])
}
