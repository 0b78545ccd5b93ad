/// User datagrams (RFC 768).
enum UDP: LayerType {
  static let name = "UDP"
  static let fields: [Field] = [
    Services.field("sport", 53), Services.field("dport", 53), .length("len", 16), .checksum("chksum"),
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    switch upper {
    case .vxlan: [(0, .number(VXLAN.port)), (1, .number(VXLAN.port))]
    case .gre: [(1, 4754)]  // RFC 8086
    default: []
    }
  }

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    let start = Int(slot.start)
    if !slot.isGiven(2) { try build.setLength(start + 4, build.bodyEnd - start, slot, 2) }
    if !slot.isGiven(3), let pseudo = build.pseudoHeader(under: index, protocol: 17) {
      let sum = Checksum.finish(pseudo + build.sum(start..<build.bodyEnd))
      // Zero would say that there is no checksum.
      build.set16(start + 6, sum == 0 ? 0xffff : sum)
    }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 8 else { return nil }
    let (source, destination) = (bytes.u16(start), bytes.u16(start + 2))
    let limit = start + Int(bytes.u16(start + 4))
    return Header(end: start + 8, limit: limit, next: layer(destination) ?? layer(source))
  }

  private static func layer(_ port: UInt16) -> LayerID? {
    switch port {
    case 4789, 4790, 6633, 8472, 48879: .vxlan  // as Scapy binds it
    case 4754: .gre
    default: nil
    }
  }
}
