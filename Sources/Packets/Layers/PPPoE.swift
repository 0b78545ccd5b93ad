/// A session of PPP over Ethernet (RFC 2516).
enum PPPoE: LayerType {
  static let name = "PPPoE"
  static let fields: [Field] = [
    .int("version", 4, 1), .int("type", 4, 1), .int("code", 8, 0), .hex("sessionid", 16), .length("len", 16),
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] { upper == .ppp ? [(2, 0)] : [] }

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    if !slot.isGiven(4) { try build.setLength(Int(slot.start) + 4, build.bodyEnd - Int(slot.end), slot, 4) }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 6 else { return nil }
    let limit = start + 6 + Int(bytes.u16(start + 4))
    return Header(end: start + 6, limit: limit, next: bytes[start + 1] == 0 ? .ppp : nil)
  }
}

/// Discovery of PPP over Ethernet (RFC 2516).
enum PPPoED: LayerType {
  static let name = "PPPoED"
  static let fields: [Field] = [
    .int("version", 4, 1), .int("type", 4, 1), .names("code", 8, 0x09, codes, hex: true), .hex("sessionid", 16),
    .length("len", 16),
  ]

  static let codes: [UInt64: String] = [0x09: "PADI", 0x07: "PADO", 0x19: "PADR", 0x65: "PADS", 0xa7: "PADT"]

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) { try PPPoE.finish(index, build) }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 6 else { return nil }
    return Header(end: start + 6, limit: start + 6 + Int(bytes.u16(start + 4)), next: nil)
  }
}

/// The protocol number of the point-to-point protocol (RFC 1661 section 2), two bytes long.
enum PPP: FixedLayer {
  static let name = "PPP"
  static let size = 2
  static let fields: [Field] = [.names("proto", 16, 0x21, [0x21: "IPv4", 0x57: "IPv6", 0xc021: "LCP"], hex: true)]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    switch upper {
    case .ip: [(0, 0x21)]
    case .ipv6: [(0, 0x57)]
    default: []
    }
  }

  static func next(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    switch bytes.u16(start) {
    case 0x21: .ip
    case 0x57: .ipv6
    default: nil
    }
  }
}
