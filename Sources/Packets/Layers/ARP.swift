/// Address resolution (RFC 826) with addresses of any length.
enum ARPLayer: LayerType {
  static let name = "ARP"
  static let fields: [Field] = [
    .hex("hwtype", 16, 1),
    EtherType.field("ptype", 0x0800),
    .int("hwlen", 8, 6),
    .int("plen", 8, 4),
    Field("op", .names(operations, hex: false), .bits(16), .number(1)),
    Field("hwsrc", .mac, .bytes { $0.u8(4) }, EtherLayer.zero, shown: true),
    Field("psrc", .ipv4, .bytes { $0.u8(5) }, .bytes([0, 0, 0, 0]), shown: true),
    Field("hwdst", .mac, .bytes { $0.u8(4) }, EtherLayer.zero, shown: true),
    Field("pdst", .ipv4, .bytes { $0.u8(5) }, .bytes([0, 0, 0, 0]), shown: true),
  ]

  static let operations: [UInt64: String] = [
    1: "who-has", 2: "is-at", 3: "RARP-req", 4: "RARP-rep", 5: "Dyn-RARP-req", 6: "Dyn-RAR-rep", 7: "Dyn-RARP-err",
    8: "InARP-req", 9: "InARP-rep",
  ]

  /// Lengths that were not given follow the addresses that were, and the kind of address when none was.
  static func prepare(_ values: inout [FieldValue?]) {
    if values[2] == nil, let given = values[5] ?? values[7] {
      values[2] = .number(UInt64(given.bytes.count & 0xff))
    }
    if values[3] == nil {
      if let given = values[6] ?? values[8] {
        values[3] = .number(UInt64(given.bytes.count & 0xff))
      } else if values[1]?.number == UInt64(EtherType.ipv6) {
        values[3] = .number(16)
      }
    }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 8 else { return nil }
    let length = 8 + 2 * (Int(bytes[start + 4]) + Int(bytes[start + 5]))
    guard end - start >= length else { return nil }
    // Whatever fills the frame up is no payload.
    return Header(end: start + length, limit: start + length, next: nil)
  }
}
