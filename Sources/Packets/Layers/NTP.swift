/// Network time (RFC 5905 section 7.3). Times are seconds with 32 bits after the point; none is the clock of this machine.
enum NTP: LayerType {
  static let name = "NTPHeader"
  static let fields: [Field] = [
    .int("leap", 2), .int("version", 3, 4), .int("mode", 3, 3), .int("stratum", 8, 2), .int("poll", 8, 10),
    .int("precision", 8), Field("delay", .fixedPoint(16), .bits(32)), Field("dispersion", .fixedPoint(16), .bits(32)),
    Field("id", .ipv4, .bits(32), IP.localhost).when { $0.u8(1) > 1 },
    Field("ref_id", .bytes, .bits(32), .bytes([])).when { $0.u8(1) < 2 },
    Field("ref", .fixedPoint(32), .bits(64)), Field("orig", .fixedPoint(32), .bits(64)),
    Field("recv", .fixedPoint(32), .bits(64)), Field("sent", .fixedPoint(32), .bits(64)),
  ]

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    // Modes 6 and 7 are for control, with other fields.
    guard end - start >= 48, bytes[start] & 7 < 6 else { return nil }
    return Header(end: start + 48, limit: end, next: nil)
  }
}
