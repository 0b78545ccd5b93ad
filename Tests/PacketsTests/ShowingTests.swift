import Testing

@testable import Packets

@Test func theTreeHasEveryFieldWithItsOffset() throws {
  let packet = try Packet(expression: "Ether()/IP(chksum=1)/UDP(dport=4000)/Raw(\"hi\")")
  let tree = packet.tree()
  #expect(tree.hasPrefix("Ether  bytes 0..<14\n  dst      0   ff:ff:ff:ff:ff:ff\n"))
  #expect(tree.contains("\nIP  bytes 14..<34\n  version  14  4\n"))
  let right = try Packet(expression: "Ether()/IP()/UDP(dport=4000)/Raw(\"hi\")").build()[24..<26]
  let sum = String(right.reduce(0) { $0 << 8 | Int($1) }, radix: 16)
  #expect(tree.contains("  chksum   24  0x1  wrong: 0x\(sum) is right\n"))
  #expect(tree.hasSuffix("Raw  bytes 42..<44\n  load     42  \"hi\""))
  #expect(packet.tree(color: true).contains("\u{1b}[1mIP\u{1b}[0m"))
}

@Test func shownFieldsCoverTheirBits() throws {
  let packet = try Packet(expression: "Ether()/Dot1Q(vlan=5)/IPv6()/TCP()")
  for layer in packet.shownLayers {
    var at = layer.range.lowerBound * 8
    for field in layer.fields {
      #expect(field.bitOffset == at, "\(layer.name).\(field.name)")
      at += field.bitCount
    }
    #expect(at == layer.range.upperBound * 8, "\(layer.name)")
  }
}

@Test func noLayerHasTwoFieldsOfOneName() {
  for id in LayerID.allCases {
    let names = id.type.fields.map(\.name)
    #expect(Set(names).count == names.count, "\(id.type.name): JSON has them as members of one object")
  }
}

@Test func aReasonIsShownForBytesThatWereNotRead() {
  let packet = Packet(dissecting: Array(repeating: 0xff, count: 12) + [8, 0, 0x45])
  #expect(packet.tree().contains("Raw  bytes 14..<15: 1 byte is no whole IP header"))
}
