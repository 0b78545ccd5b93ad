/// A label of multiprotocol label switching (RFC 3032).
enum MPLS: FixedLayer {
  static let name = "MPLS"
  static let size = 4
  static let fields: [Field] = [.int("label", 20, 3), .int("cos", 3), .int("s", 1, 1), .int("ttl", 8)]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    switch upper {
    case .mpls: [(2, 0)]
    case .ip: [(0, 0)]
    case .ipv6: [(0, 2)]
    default: []
    }
  }

  /// Nothing says what follows the last label but its first bits.
  static func next(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    guard bytes[start + 2] & 1 == 1 else { return .mpls }
    guard end - start > 4 else { return nil }
    switch bytes[start + 4] >> 4 {
    case 4: return .ip
    case 6: return .ipv6
    default: return end - start >= 18 ? EtherLayer.kind(bytes, start + 4, end) : nil
    }
  }
}
