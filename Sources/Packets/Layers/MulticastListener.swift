/// Multicast listener discovery (RFC 2710), query.
enum ICMPv6MLQuery: ICMPv6Layer {
  static let name = "ICMPv6MLQuery"
  static let fields = body(130, mrd: 10_000)

  static func body(_ type: UInt64, mrd: UInt64 = 0) -> [Field] {
    ICMPv6Message.fields(type: type, [.int("mrd", 16, mrd), .int("reserved", 16), .ipv6("mladdr")])
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    end - start >= 24 ? Header(end: start + 24, limit: end, next: nil) : nil
  }
}

/// Multicast listener discovery (RFC 2710), report.
enum ICMPv6MLReport: ICMPv6Layer {
  static let name = "ICMPv6MLReport"
  static let fields = ICMPv6MLQuery.body(131)
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    ICMPv6MLQuery.dissect(bytes, start, end)
  }
}

/// Multicast listener discovery (RFC 2710), done.
enum ICMPv6MLDone: ICMPv6Layer {
  static let name = "ICMPv6MLDone"
  static let fields = ICMPv6MLQuery.body(132)
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    ICMPv6MLQuery.dissect(bytes, start, end)
  }
}

/// Multicast listener discovery, version 2 (RFC 3810), query.
enum ICMPv6MLQuery2: ICMPv6Layer {
  static let name = "ICMPv6MLQuery2"
  static let fields =
    ICMPv6MLQuery.body(130, mrd: 10_000) + [
      .int("Resv", 4), .int("S", 1), .int("QRV", 3), .int("QQIC", 8), .length("sources_number", 16),
      Field("sources", .ipv6List, .bytes { 16 * $0.u16(26) }, .bytes([])),
    ]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(10, of: 11, unit: 16) }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 28 else { return nil }
    let length = 28 + 16 * Int(bytes.u16(start + 26))
    return length <= end - start ? Header(end: start + length, limit: end, next: nil) : nil
  }
}

/// Multicast listener discovery, version 2 (RFC 3810), report.
enum ICMPv6MLReport2: ICMPv6Layer {
  static let name = "ICMPv6MLReport2"
  static let fields: [Field] = [
    .int("type", 8, 143), .int("res", 8), .checksum("cksum"), .int("reserved", 16), .length("records_number", 16),
    Field("records", .layers(MulticastRecords.self), .rest, .bytes([])),
  ]

  static func prepare(_ values: inout [FieldValue?]) {
    if values[4] == nil {
      values[4] = .number(UInt64(MulticastRecords.split(values[5]?.bytes ?? [])?.count ?? 0) & 0xffff)
    }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { ICMPv6Message.whole(8, start, end) }
}

/// The records of a version 2 report (RFC 3810 section 5.2).
enum MulticastRecords: LayerList {
  static let noun = "a multicast address record"
  static func accepts(_ id: LayerID) -> Bool { id == .mldRecord }

  static func split(_ bytes: [UInt8]) -> [Layer]? {
    var layers: [Layer] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard rest.count >= 20 else { return nil }
      let at = rest.startIndex
      let length = 20 + 16 * (Int(rest[at + 2]) << 8 | Int(rest[at + 3])) + Int(rest[at + 1])
      guard length <= rest.count, let layer = Layer.item(.mldRecord, rest.prefix(length)) else { return nil }
      layers.append(layer)
      rest = rest.dropFirst(length)
    }
    return layers
  }
}

enum MulticastRecord: ItemType {
  static let name = "ICMPv6MLDMultAddrRec"
  static let fields: [Field] = [
    .int("rtype", 8, 4), .length("auxdata_len", 8), .length("sources_number", 16), .ipv6("dst"),
    Field("sources", .ipv6List, .bytes { 16 * $0.u16(2) }, .bytes([])), .rest("auxdata"),
  ]
  static func prepare(_ values: inout [FieldValue?]) {
    values.setLength(1, of: 5)
    values.setLength(2, of: 4, unit: 16)
  }
}
