/// Generic routing encapsulation (RFC 2784, RFC 2890).
enum GRELayer: LayerType {
  static let name = "GRE"
  static let fields: [Field] = [
    .int("chksum_present", 1),
    .int("routing_present", 1),
    .int("key_present", 1),
    .int("seqnum_present", 1),
    .int("strict_route_source", 1),
    .int("recursion_control", 3),
    .int("flags", 5),
    .int("version", 3),
    EtherType.field("proto", 0),
    Field.checksum("chksum").when { $0.u8(0) & 0xc0 != 0 },
    Field.hex("offset", 16).when { $0.u8(0) & 0xc0 != 0 },
    Field.hex("key", 32).when { $0.u8(0) & 0x20 != 0 },
    Field.hex("sequence_number", 32).when { $0.u8(0) & 0x10 != 0 },
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    switch upper {
    case .ether: [(8, .number(UInt64(EtherType.transparentEthernet)))]
    case .llc: [(8, 122)]
    case .erspanI: [(3, 0), (8, 0x88be)]
    case .erspanII: [(3, 1), (8, 0x88be)]
    case .erspanIII: [(8, 0x22eb)]
    case .dot1ad: []  // Scapy binds it to a field that GRE doesn't have
    default: EtherType.number(of: upper).map { [(8, .number(UInt64($0)))] } ?? []
    }
  }

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    let start = Int(slot.start)
    if !slot.isGiven(9), build.bytes[start] & 0x80 != 0 {
      build.set16(start + 4, Checksum.finish(build.sum(start..<build.bodyEnd)))
    }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 4 else { return nil }
    let flags = bytes[start]
    let length = 4 + (flags & 0xc0 != 0 ? 4 : 0) + (flags & 0x20 != 0 ? 4 : 0) + (flags & 0x10 != 0 ? 4 : 0)
    guard end - start >= length else { return nil }
    let number = bytes.u16(start + 2)
    // Source routes lie between this header and what it carries; version 1 is PPTP's, with other fields.
    guard flags & 0x40 == 0, bytes[start + 1] & 7 == 0 else {
      return Header(end: start + length, limit: end, next: nil)
    }
    let next: LayerID? =
      switch number {
      case EtherType.transparentEthernet: EtherLayer.kind(bytes, start + length, end)
      case 0x88be: ERSPANI.kind(bytes, start + length, end, hasSequence: flags & 0x10 != 0)
      case 0x22eb: .erspanIII
      default: EtherType.layer(number)
      }
    return Header(end: start + length, limit: end, next: next)
  }
}
