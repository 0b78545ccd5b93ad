extension LayerID {
  /// The extension headers that a checksum looks through (RFC 8200 section 4).
  var isIPv6Extension: Bool {
    switch self {
    case .hopByHop, .destinationOptions, .routing, .segmentRouting, .fragment: true
    default: false
    }
  }
}

/// The numbers of next headers (RFC 8200) and the layers behind them, in both directions.
enum IPv6Next {
  static let field = Field("nh", .names(IPProtocol.names, hex: false), .bits(8), .number(59))

  static func layer(_ number: UInt8, _ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    switch number {
    case 0: .hopByHop
    case 43: end - start >= 3 && bytes[start + 2] == 4 ? .segmentRouting : .routing
    case 44: .fragment
    case 58: .icmpv6(bytes, start, end)
    case 60: .destinationOptions
    default: IPProtocol.layer(number)
    }
  }

  static func number(of layer: LayerID) -> UInt64? {
    switch layer {
    case .hopByHop: 0
    case .routing, .segmentRouting: 43
    case .fragment: 44
    case .destinationOptions: 60
    default: layer.isICMPv6 ? 58 : IPProtocol.number(of: layer)
    }
  }

  static func overload(_ upper: LayerID) -> [(Int, FieldValue)] {
    number(of: upper).map { [(0, .number($0))] } ?? []
  }

  /// Where the address lies that a routing header makes the last destination.
  static func finalDestination(_ slot: Slot, _ build: Build) -> Int? {
    let start = Int(slot.start)
    let end = Int(slot.end)
    guard slot.id == .routing || slot.id == .segmentRouting, end - start >= 24 else { return nil }
    if slot.isGiven(3), build.bytes[start + 3] == 0 { return nil }
    // A segment list is in reverse order (RFC 8754 section 2).
    return slot.id == .segmentRouting ? start + 8 : start + 8 + (end - start - 8) / 16 * 16 - 16
  }

  /// Where the home address lies that stands for the source (RFC 6275 section 6.3), when it is the only option.
  static func homeAddress(_ slot: Slot, _ build: Build) -> Int? {
    guard slot.id == .destinationOptions else { return nil }
    let (start, end) = (Int(slot.start), Int(slot.end))
    for at in [start + 2, start + 6] where at + 18 <= end && build.bytes[at] == 0xc9 && build.bytes[at + 1] == 16 {
      return at + 2
    }
    return nil
  }

  /// An extension header whose second byte is its length in units of eight bytes, the first not counted.
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 8 else { return nil }
    let length = 8 + 8 * Int(bytes[start + 1])
    guard length <= end - start else { return nil }
    return Header(
      end: start + length, limit: end, next: layer(bytes[start], bytes, start + length, end))
  }
}

/// Hop-by-hop options (RFC 8200 section 4.3).
enum HopByHop: LayerType {
  static let name = "IPv6ExtHdrHopByHop"
  static let fields = IPv6Options.fields
  static func prepare(_ values: inout [FieldValue?]) { IPv6Options.prepare(&values) }
  static func overload(under upper: LayerID) -> [(Int, FieldValue)] { IPv6Next.overload(upper) }
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { IPv6Next.dissect(bytes, start, end) }
}

/// Destination options (RFC 8200 section 4.6).
enum DestinationOptions: LayerType {
  static let name = "IPv6ExtHdrDestOpt"
  static let fields = IPv6Options.fields
  static func prepare(_ values: inout [FieldValue?]) { IPv6Options.prepare(&values) }
  static func overload(under upper: LayerID) -> [(Int, FieldValue)] { IPv6Next.overload(upper) }
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { IPv6Next.dissect(bytes, start, end) }
}

/// A routing header of any type but segment routing (RFC 8200 section 4.4).
enum Routing: LayerType {
  static let name = "IPv6ExtHdrRouting"
  static let fields: [Field] = [
    IPv6Next.field, .length("len", 8), .int("type", 8), .length("segleft", 8), .int("reserved", 32),
    Field("addresses", .ipv6List, .rest, .bytes([])),
  ]

  static func prepare(_ values: inout [FieldValue?]) {
    values.setLength(1, of: 5, unit: 8)
    values.setLength(3, of: 5, unit: 16)
  }

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] { IPv6Next.overload(upper) }
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { IPv6Next.dissect(bytes, start, end) }
}

/// A fragment header (RFC 8200 section 4.5).
enum Fragment: LayerType {
  static let name = "IPv6ExtHdrFragment"
  static let fields: [Field] = [
    IPv6Next.field, .int("res1", 8), .int("offset", 13), .int("res2", 2), .int("m", 1), .int("id", 32),
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] { IPv6Next.overload(upper) }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 8 else { return nil }
    let isLater = bytes.u16(start + 2) >> 3 != 0
    return Header(
      end: start + 8, limit: end, next: isLater ? nil : IPv6Next.layer(bytes[start], bytes, start + 8, end),
      reason: isLater ? .fragment : .none)
  }
}
