/// Virtual extensible LAN (RFC 7348) with the generic protocol and group policy extensions.
enum VXLANLayer: LayerType {
  static let name = "VXLAN"
  static let fields: [Field] = [
    Field("flags", .flags(["OAM", "R", "NextProtocol", "Instance", "V1", "V2", "R", "G"]), .bits(8), .number(8)),
    Field.int("reserved0", 16).when { hasNext($0) },
    Field(
      "NextProtocol", .names([0: "NotDefined", 1: "IPv4", 2: "IPv6", 3: "Ethernet", 4: "NSH"], hex: false), .bits(8)
    )
    .when { hasNext($0) },
    Field.int("reserved1", 24).when { !hasPolicy($0) && !hasNext($0) },
    Field("gpflags", .flags(["R", "R", "R", "A", "R", "R", "D", "R"]), .bits(8)).when { hasPolicy($0) },
    Field.int("gpid", 16).when { hasPolicy($0) },
    .hex("vni", 24),
    .hex("reserved2", 8),
  ]

  private static func hasNext(_ header: HeaderSoFar) -> Bool { header.u8(0) & 0x04 != 0 }
  private static func hasPolicy(_ header: HeaderSoFar) -> Bool { header.u8(0) & 0x80 != 0 }

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    switch upper {
    case .ip: [(0, 12), (2, 1)]
    case .ipv6: [(0, 12), (2, 2)]
    case .ether: [(0, 12), (2, 3)]
    default: []
    }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 8 else { return nil }
    let flags = bytes[start]
    // Both extensions at once make a header of eleven bytes in Scapy; nothing on a wire has that.
    guard flags & 0x84 != 0x84 else { return nil }
    let next: LayerID? =
      if flags & 0x04 == 0 {
        .ether
      } else {
        switch bytes[start + 3] {
        case 0, 3: .ether
        case 1: .ip
        case 2: .ipv6
        default: nil
        }
      }
    return Header(
      end: start + 8, limit: end, next: next == .ether ? EtherLayer.kind(bytes, start + 8, end) : next)
  }
}
