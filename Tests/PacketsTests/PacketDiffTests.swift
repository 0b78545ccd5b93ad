import Testing

@testable import Packets

private func diff(_ expected: String, _ seen: String) throws -> PacketDiff {
  PacketDiff(expected: try Packet(expression: expected).build(), seen: try Packet(expression: seen).build())
}

@Test func thereIsNoDifferenceBetweenAPacketAndItself() throws {
  let same = try diff("Ether()/IP()/TCP()", "Ether()/IP()/TCP()")
  #expect(same.isEmpty)
  #expect(same.summary == "no difference")
}

@Test func namesTheFieldThatDiffersAndCountsTheOthers() throws {
  let changed = try diff("Ether()/IP(ttl=63)/UDP()", "Ether()/IP(ttl=64)/UDP()")
  #expect(!changed.isEmpty)
  // The header's checksum follows the time to live.
  #expect(changed.summary == "IP.ttl: expected 63, seen 64 (+1 more)")
}

@Test func saysWhatAWrongChecksumShouldBe() throws {
  let right = try Packet(expression: "Ether()/IP(ttl=63)/UDP()").build()
  var seen = right
  seen[22] = 62
  let changed = PacketDiff(expected: right, seen: seen)
  let sum = try Packet(expression: "Ether()/IP(ttl=62)/UDP()").build()
  #expect(changed.render().contains("seen is wrong: 0x\(hex(Array(sum[24..<26]))) is right"))
}

@Test func aZeroChecksumOfADatagramIsNotWrong() throws {
  let changed = try diff("Ether()/IP()/UDP(sport=1, chksum=0)", "Ether()/IP()/UDP(sport=2, chksum=0)")
  #expect(!changed.render().contains("wrong"))
}

@Test func aLayerThatIsOnlyInOnePacketIsNamed() throws {
  let more = try diff("Ether()/IP()/UDP()", "Ether()/Dot1Q(vlan=5)/IP()/UDP()")
  #expect(more.render().contains("+ Dot1Q: not expected, but there"))
  #expect(more.summary == "Ether.type: expected 0x800 (IPv4), seen 0x8100 (VLAN) (+1 more)")
  let less = try diff("Ether()/Dot1Q(vlan=5)/IP()/UDP()", "Ether()/IP()/UDP()")
  #expect(less.render().contains("- Dot1Q: expected, but not there"))
}

@Test func theSecondLayerOfAKindIsNumbered() throws {
  let inner = try diff("Ether()/IP()/IP(ttl=1)/UDP()", "Ether()/IP()/IP(ttl=2)/UDP()")
  #expect(inner.summary.hasPrefix("IP[2].ttl: expected 1, seen 2"))
}

@Test func rendersWhatDiffersWithOffsetsAndNeighbours() throws {
  let changed = try diff(
    "Ether()/IP(chksum=0)/UDP(chksum=0)/Raw(\"hello world\")", "Ether()/IP(chksum=0)/UDP(chksum=0)/Raw(\"hello_world\")"
  )
  #expect(
    changed.render() == """
                   offset  expected                          seen
        Ether same
        IP same
        UDP same
        Raw
        ! load[0]  42      68 65 6c 6c 6f 20 77 6f hello wo  68 65 6c 6c 6f 5f 77 6f hello_wo
          load[8]  50      72 6c 64 rld                      72 6c 64 rld
      """)
}

@Test func coloursOnlyWhenAsked() throws {
  let changed = try diff("Ether()/IP(ttl=63)/UDP()", "Ether()/IP(ttl=64)/UDP()")
  #expect(changed.render(color: true).contains("\u{1b}[31m"))
  #expect(!changed.render().contains("\u{1b}"))
}

@Test func differentLengthsAreSaid() throws {
  let changed = try diff(
    "Ether()/IP(len=0)/UDP(len=0, chksum=0)/Raw(\"abc\")", "Ether()/IP(len=0)/UDP(len=0, chksum=0)/Raw(\"abcd\")")
  #expect(changed.render().hasPrefix("expected 45 bytes, seen 46 bytes"))
  #expect(changed.summary == "Raw.load[0]: expected 61 62 63 abc, seen 61 62 63 64 abcd")
}

@Test func bytesThatAreNoPacketAreCompared() {
  #expect(PacketDiff(expected: [], seen: [1]).summary == "Raw: not expected, but there")
  #expect(PacketDiff(expected: [1, 2], seen: [1, 3]).summary == "Raw.load[0]: expected 01 02 .., seen 01 03 ..")
}

@Test func whatIsMaskedMayDiffer() throws {
  let a = try Packet(expression: "Ether()/IP(id=1)/UDP()").build()
  let b = try Packet(expression: "Ether()/IP(id=2)/UDP()").build()
  let id = try FieldMask("IP.id")
  #expect(PacketDiff(expected: a, seen: b, ignoring: [id]).summary.hasPrefix("IP.chksum"))
  #expect(PacketDiff(expected: a, seen: b, ignoring: [id, try FieldMask("IP.chksum")]).isEmpty)
  #expect(
    PacketDiff(expected: a, seen: b + [0, 0], ignoring: [try FieldMask("IP"), try FieldMask("Padding")]).isEmpty)
  #expect(!PacketDiff(expected: a, seen: b, ignoring: [try FieldMask("UDP.sport")]).isEmpty)
}

@Test func aMaskThatNamesNothingIsRefused() {
  for (text, message) in [
    ("IPP.id", "unknown layer IPP (did you mean IP?) in “IPP.id”; write it like IP.id"),
    ("IP.ids", "IP has no field ids (did you mean id?)"),
  ] {
    do {
      _ = try FieldMask(text)
      Issue.record("should have been refused")
    } catch {
      #expect(error.message == message)
    }
  }
}

@Test func bytesThatBelongToNoFieldAreCompared() throws {
  let a = try Packet(expression: "Ether()/IP(chksum=0)/SCTP(chksum=0)/SCTPChunkData(data=\"x\")").build()
  var b = a
  b[b.count - 1] = 1
  #expect(
    PacketDiff(expected: a, seen: b).summary == "SCTPChunkData.filling[0]: expected 00 00 00 ..., seen 00 00 01 ...")
}

@Test func addressesAreShownWithoutQuotes() throws {
  let changed = try diff("Ether()/IP(dst=\"10.0.0.1\", chksum=0)", "Ether()/IP(dst=\"10.0.0.2\", chksum=0)")
  #expect(changed.summary == "IP.dst: expected 10.0.0.1, seen 10.0.0.2")
}
