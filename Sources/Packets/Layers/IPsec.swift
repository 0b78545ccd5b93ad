/// IP authentication header (RFC 4302).
enum AH: LayerType {
  static let name = "AH"
  static let fields: [Field] = [
    Field("nh", .names(IPProtocol.names, hex: false), .bits(8)), .length("payloadlen", 8), .int("reserved", 16),
    .hex("spi", 32, 1), .int("seq", 32), .rest("icv"),
  ]

  /// In units of four bytes, less two (RFC 4302 section 2.2).
  static func prepare(_ values: inout [FieldValue?]) {
    if values[1] == nil {
      values[1] = .number(UInt64(truncatingIfNeeded: (12 + (values[5]?.bytes.count ?? 0)) / 4 - 2))
    }
  }

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] { IPv6Next.overload(upper) }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 12 else { return nil }
    let length = (Int(bytes[start + 1]) + 2) * 4
    guard length >= 12, length <= end - start else { return nil }
    return Header(end: start + length, limit: end, next: IPv6Next.layer(bytes[start], bytes, start + length, end))
  }
}

/// IP encapsulating security payload (RFC 4303); what it holds is encrypted.
enum ESP: LayerType {
  static let name = "ESP"
  static let fields: [Field] = [.hex("spi", 32, 1), .int("seq", 32), .rest("data")]

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    end - start >= 8 ? Header(end: end, limit: end, next: nil) : nil
  }
}
