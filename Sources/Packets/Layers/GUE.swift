/// Generic UDP encapsulation, variant 0 (draft-ietf-intarea-gue, the kernel's `fou` module). Scapy has no such layer.
enum GUE: LayerType {
  static let name = "GUE"
  static let fields: [Field] = [
    .int("version", 2), .int("control", 1), .length("hlen", 5),
    Field("proto", .names(IPProtocol.names, hex: false), .bits(8)), .hex("flags", 16), .rest("data"),
  ]

  static func prepare(_ values: inout [FieldValue?]) { values.setLength(2, of: 5, unit: 4) }

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    IPv6Next.number(of: upper).map { [(3, .number($0))] } ?? []
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 4, bytes[start] >> 6 == 0 else { return nil }
    let length = 4 + 4 * Int(bytes[start] & 31)
    guard length <= end - start else { return nil }
    let isControl = bytes[start] & 0x20 != 0
    return Header(
      end: start + length, limit: end,
      next: isControl ? nil : IPv6Next.layer(bytes[start + 1], bytes, start + length, end))
  }
}
