/// The headers of QUIC (RFC 9000 section 17). What follows them is encrypted, the packet number too on a real wire.
enum QUIC {
  static func connectionIDs(_ version: UInt64) -> [Field] {
    [
      .hex("Version", 32, version), .length("DstConnIDLen", 8), .bytes("DstConnID") { $0.u8(5) },
      .length("SrcConnIDLen", 8), .bytes("SrcConnID") { $0.u8($0.position - 1) },
    ]
  }

  static func long(_ type: UInt64, version: UInt64) -> [Field] {
    [
      .int("HeaderForm", 1, 1), .int("FixedBit", 1, 1), .int("LongPacketType", 2, type), .int("Reserved", 2),
      .length("PacketNumberLen", 2),
    ] + connectionIDs(version)
  }

  static let packetNumber = Field("PacketNumber", .hex, .bytes { ($0.u8(0) & 3) + 1 }, 0)

  /// Lengths of connection IDs and of the packet number, in the order of `long`.
  static func prepare(_ values: inout [FieldValue?], number: Int) {
    values.setLength(6, of: 7)
    values.setLength(8, of: 9)
    setNumberLength(&values, 4, number)
  }

  static func setNumberLength(_ values: inout [FieldValue?], _ index: Int, _ number: Int) {
    guard values[index] == nil else { return }
    let value = values[number]?.number ?? 0
    values[index] = value < 0x100 ? 0 : value < 0x1_0000 ? 1 : value < 0x100_0000 ? 2 : 3
  }

  /// The layer of a datagram on one of QUIC's ports. A short header is not told from anything else but by its fixed bit.
  static func layer(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    guard end > start else { return nil }
    let first = bytes[start]
    if first & 0xc0 == 0x40 { return .quicShort }
    guard first & 0x80 != 0 else { return nil }
    if end - start >= 5, (1...4).allSatisfy({ bytes[start + $0] == 0 }) { return .quicVersion }
    switch first >> 4 & 3 {
    case 0: return .quicInitial
    case 1: return .quic0RTT
    case 2: return .quicHandshake
    default: return .quicRetry
    }
  }

  /// Where the connection IDs end, when they are there.
  static func afterIDs(_ bytes: ByteView, _ start: Int, _ end: Int) -> Int? {
    guard end - start >= 6 else { return nil }
    let second = start + 6 + Int(bytes[start + 5])
    guard second < end else { return nil }
    let after = second + 1 + Int(bytes[second])
    return after <= end ? after : nil
  }

  /// Where a number of variable length ends, and the number.
  static func varint(_ bytes: ByteView, _ start: Int, _ end: Int) -> (end: Int, value: Int)? {
    guard start < end else { return nil }
    let size = 1 << Int(bytes[start] >> 6)
    guard start + size <= end else { return nil }
    let value = (1..<size).reduce(UInt64(bytes[start] & 63)) { $0 << 8 | UInt64(bytes[start + $1]) }
    return (start + size, Int(truncatingIfNeeded: min(value, 1 << 32)))
  }

  static func numberEnd(_ bytes: ByteView, _ start: Int, _ at: Int, _ end: Int) -> Header? {
    let after = at + Int(bytes[start] & 3) + 1
    return after <= end ? Header(end: after, limit: end, next: nil) : nil
  }
}

/// Version negotiation.
enum QUICVersion: LayerType {
  static let name = "QUIC_Version"
  static let fields: [Field] =
    [.int("HeaderForm", 1, 1), .int("Unused", 7)] + QUIC.connectionIDs(0) + [
      Field("SupportedVersions", .numbers(4), .rest, .bytes([]))
    ]

  static func prepare(_ values: inout [FieldValue?]) {
    values.setLength(3, of: 4)
    values.setLength(5, of: 6)
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    QUIC.afterIDs(bytes, start, end) == nil ? nil : Header(end: end, limit: end, next: nil)
  }
}

/// The first packets of a connection.
enum QUICInitial: LayerType {
  static let name = "QUIC_Initial"
  static let fields: [Field] =
    QUIC.long(0, version: 1) + [
      Field("TokenLen", .decimal, .varint, computed: true),
      .bytes("Token") { $0.u8($0.position - 1) & 0xc0 == 0 ? $0.u8($0.position - 1) : tokenLength($0) },
      Field("Length", .decimal, .varint), QUIC.packetNumber,
    ]

  /// A token of 64 bytes or more has a length of two bytes.
  private static func tokenLength(_ header: HeaderSoFar) -> Int { header.u16(header.position - 2) & 0x3fff }

  static func prepare(_ values: inout [FieldValue?]) {
    QUIC.prepare(&values, number: 13)
    values.setLength(10, of: 11)
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard let ids = QUIC.afterIDs(bytes, start, end), let token = QUIC.varint(bytes, ids, end),
      token.end + token.value <= end, let length = QUIC.varint(bytes, token.end + token.value, end)
    else { return nil }
    return QUIC.numberEnd(bytes, start, length.end, end)
  }
}

/// Data before the handshake is done.
enum QUIC0RTT: LayerType {
  static let name = "QUIC_0RTT"
  static let fields: [Field] = QUIC.long(1, version: 1) + [Field("Length", .decimal, .varint), QUIC.packetNumber]
  static func prepare(_ values: inout [FieldValue?]) { QUIC.prepare(&values, number: 11) }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard let ids = QUIC.afterIDs(bytes, start, end), let length = QUIC.varint(bytes, ids, end) else { return nil }
    return QUIC.numberEnd(bytes, start, length.end, end)
  }
}

/// The rest of the handshake.
enum QUICHandshake: LayerType {
  static let name = "QUIC_Handshake"
  static let fields: [Field] = QUIC.long(2, version: 1) + [Field("Length", .decimal, .varint), QUIC.packetNumber]
  static func prepare(_ values: inout [FieldValue?]) { QUIC.prepare(&values, number: 11) }
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { QUIC0RTT.dissect(bytes, start, end) }
}

/// A server's demand for an address check; the token is the payload.
enum QUICRetry: LayerType {
  static let name = "QUIC_Retry"
  static let fields: [Field] =
    [.int("HeaderForm", 1, 1), .int("FixedBit", 1, 1), .int("LongPacketType", 2, 3), .int("Unused", 4)]
    + QUIC.connectionIDs(1)

  static func prepare(_ values: inout [FieldValue?]) {
    values.setLength(5, of: 6)
    values.setLength(7, of: 8)
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    QUIC.afterIDs(bytes, start, end).map { Header(end: $0, limit: end, next: nil) }
  }
}

/// The short header. The connection ID has no length on the wire, so it counts as payload, as in Scapy.
enum QUICShort: LayerType {
  static let name = "QUIC_1RTT"
  static let fields: [Field] = [
    .int("HeaderForm", 1, 0), .int("FixedBit", 1, 1), .int("SpinBit", 1), .int("Reserved", 2), .int("KeyPhase", 1),
    .length("PacketNumberLen", 2), QUIC.packetNumber,
  ]
  static func prepare(_ values: inout [FieldValue?]) { QUIC.setNumberLength(&values, 5, 6) }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    QUIC.numberEnd(bytes, start, start + 1, end)
  }
}
