/// Segment routing over IPv6 (RFC 8754).
enum SegmentRouting: LayerType {
  static let name = "IPv6ExtHdrSegmentRouting"
  static let fields: [Field] = [
    IPv6Next.field, .length("len", 8), .int("type", 8, 4), .length("segleft", 8), .length("lastentry", 8),
    .int("unused1", 1), .int("protected", 1), .int("oam", 1), .int("alert", 1), .int("hmac", 1), .int("unused2", 3),
    .int("tag", 16),
    Field(
      "addresses", .ipv6List, .bytes { min(16 * ($0.u8(4) + 1), $0.rest.count / 16 * 16) },
      .bytes(IPv6Layer.localhost.bytes)),
    Field("tlv_objects", .layers(SegmentRoutingTLVs.self), .rest, .bytes([])),
  ]

  static func prepare(_ values: inout [FieldValue?]) {
    let addresses = values[12] ?? IPv6Layer.localhost
    let last = max(0, addresses.bytes.count / 16 - 1)
    if values[1] == nil {
      var tlvs = values[13]?.bytes ?? []
      // Filled up to eight bytes with a Pad1 or PadN.
      let missing = (8 - (addresses.bytes.count + tlvs.count) % 8) % 8
      if missing == 1 { tlvs.append(0) }
      if missing > 1 { tlvs += [4, UInt8(missing - 2)] + Array(repeating: 0, count: missing - 2) }
      values[13] = .bytes(tlvs)
      values[1] = .number(UInt64(truncatingIfNeeded: (addresses.bytes.count + tlvs.count) / 8))
    }
    if values[3] == nil { values[3] = .number(UInt64(last)) }
    if values[4] == nil { values[4] = .number(UInt64(last)) }
  }

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] { IPv6Next.overload(upper) }
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { IPv6Next.dissect(bytes, start, end) }
}

/// The objects after the segment list (RFC 8754 section 2.1).
enum SegmentRoutingTLVs: LayerList {
  static let noun = "a segment routing TLV"

  static func accepts(_ id: LayerID) -> Bool {
    switch id {
    case .srTLV, .srPad1, .srPadN, .srHMAC: true
    default: false
    }
  }

  static func split(_ bytes: [UInt8]) -> [Layer]? {
    var layers: [Layer] = []
    var rest = bytes[...]
    while let kind = rest.first {
      let length = kind == 0 ? 1 : 2 + Int(rest.dropFirst().first ?? 0)
      let special: LayerID =
        switch kind {
        case 0: .srPad1
        case 4: .srPadN
        default: .srTLV
        }
      guard length <= rest.count, kind == 0 || rest.count >= 2,
        let layer = Layer.item([special, .srTLV], rest.prefix(length))
      else { return nil }
      layers.append(layer)
      rest = rest.dropFirst(length)
    }
    return layers
  }
}

enum SegmentRoutingTLV: ItemType {
  static let name = "IPv6ExtHdrSegmentRoutingTLV"
  static let fields: [Field] = [.int("type", 8), .int("len", 8), .rest("value")]
}

enum SegmentRoutingPad1: ItemType {
  static let name = "IPv6ExtHdrSegmentRoutingTLVPad1"
  static let fields: [Field] = [.int("type", 8, 0)]
}

enum SegmentRoutingPadN: ItemType {
  static let name = "IPv6ExtHdrSegmentRoutingTLVPadN"
  static let fields: [Field] = [
    .int("type", 8, 4), .length("len", 8), Field("padding", .bytes, .rest, .bytes([0])),
  ]

  static func prepare(_ values: inout [FieldValue?]) {
    if values[1] == nil { values[1] = .number(UInt64(truncatingIfNeeded: values[2]?.bytes.count ?? 1)) }
  }
}

/// A keyed digest of the header (RFC 8754 section 2.1.2). Scapy adds 48 to its length, as here.
enum SegmentRoutingHMAC: ItemType {
  static let name = "IPv6ExtHdrSegmentRoutingTLVHMAC"
  static let fields: [Field] = [
    .int("type", 8, 5), .length("len", 8), .int("D", 1), .int("reserved", 15), .int("hmackeyid", 32), .rest("hmac"),
  ]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(1, of: 5, plus: 48) }
}
