/// Stream control transmission (RFC 9260): the header; chunks are layers on top of it.
enum SCTP: LayerType {
  static let name = "SCTP"
  static let fields: [Field] = [
    Field("sport", .decimal, .bits(16), 0, shown: true), Field("dport", .decimal, .bits(16), 0, shown: true),
    .hex("tag", 32), Field("chksum", .checksum, .bits(32), computed: true),
  ]

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    let start = Int(slot.start)
    guard !slot.isGiven(3) else { return }
    let crc = CRC32C.of(build.bytes[start..<build.bodyEnd])
    // The least significant byte goes first (RFC 9260 appendix A).
    for byte in 0..<4 { build.bytes[start + 8 + byte] = UInt8(truncatingIfNeeded: crc >> UInt32(8 * byte)) }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 12 else { return nil }
    return Header(end: start + 12, limit: end, next: SCTPChunk.layer(bytes, start + 12, end))
  }
}

/// CRC-32C, Castagnoli's polynomial (RFC 9260 appendix A).
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
  }

  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let table = table
    return ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(truncatingIfNeeded: ($0 ^ UInt32($1)) & 0xff)] }
  }
}

/// What all chunks share (RFC 9260 section 3.2): type, flags, length, and filling up to four bytes.
enum SCTPChunk {
  static let types: [UInt64: String] = [
    0: "data", 1: "init", 2: "init-ack", 3: "sack", 4: "heartbeat", 5: "heartbeat-ack", 6: "abort", 7: "shutdown",
    8: "shutdown-ack", 9: "error", 10: "cookie-echo", 11: "cookie-ack", 14: "shutdown-complete",
  ]

  static func layer(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    guard end - start >= 4 else { return nil }
    switch bytes[start] {
    case 0: return .sctpData
    case 1: return .sctpInit
    case 2: return .sctpInitAck
    case 3: return .sctpSACK
    case 4: return .sctpHeartbeat
    case 5: return .sctpHeartbeatAck
    case 6: return .sctpAbort
    case 7: return .sctpShutdown
    case 8: return .sctpShutdownAck
    case 9: return .sctpError
    case 10: return .sctpCookieEcho
    case 11: return .sctpCookieAck
    case 14: return .sctpShutdownComplete
    default: return nil
    }
  }

  static func dissect(_ minimum: Int, _ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 4 else { return nil }
    let length = Int(bytes.u16(start + 2))
    guard length >= minimum, length <= end - start else { return nil }
    let next = start + min(end - start, (length + 3) / 4 * 4)
    return Header(end: next, limit: end, next: layer(bytes, next, end))
  }

  static func head(_ type: UInt64) -> [Field] {
    [.names("type", 8, type, types), .hex("flags", 8), .length("len", 16)]
  }

  /// A chunk that is its header only, its flags being `reserved` and `TCB`.
  static func headWithTCB(_ type: UInt64) -> [Field] {
    [.names("type", 8, type, types), .int("reserved", 7), .int("TCB", 1)]
  }

  /// A run of bytes whose length the chunk's says, less what comes before it.
  static func data(_ name: String, _ before: Int) -> Field { .bytes(name) { $0.u16(2) - before } }

  static func parameters(_ before: Int) -> Field {
    Field("params", .layers(SCTPParameters.self), .bytes { $0.u16(2) - before }, .bytes([]))
  }
}

/// A chunk that may be as short as its head.
protocol SCTPPlainChunk: LayerType {}

extension SCTPPlainChunk {
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    SCTPChunk.dissect(4, bytes, start, end)
  }
}

/// User data (RFC 9260 section 3.3.1).
enum SCTPData: LayerType {
  static let name = "SCTPChunkData"
  static let alignment = 4
  static let fields: [Field] = [
    .names("type", 8, 0, SCTPChunk.types), .int("reserved", 4), .int("delay_sack", 1), .int("unordered", 1),
    .int("beginning", 1), .int("ending", 1), .length("len", 16), .hex("tsn", 32), .hex("stream_id", 16),
    .hex("stream_seq", 16), .int("proto_id", 32), SCTPChunk.data("data", 16),
  ]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(6, of: 11, plus: 16) }
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    SCTPChunk.dissect(16, bytes, start, end)
  }
}

/// Initiation (RFC 9260 section 3.3.2).
enum SCTPInit: LayerType {
  static let name = "SCTPChunkInit"
  static let fields = body(1)

  static func body(_ type: UInt64) -> [Field] {
    SCTPChunk.head(type) + [
      .hex("init_tag", 32), .int("a_rwnd", 32), .int("n_out_streams", 16), .int("n_in_streams", 16),
      .hex("init_tsn", 32), SCTPChunk.parameters(20),
    ]
  }

  static func prepare(_ values: inout [FieldValue?]) { values.setLength(2, of: 8, plus: 20) }
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    SCTPChunk.dissect(20, bytes, start, end)
  }
}

/// Acknowledged initiation (RFC 9260 section 3.3.3).
enum SCTPInitAck: LayerType {
  static let name = "SCTPChunkInitAck"
  static let fields = SCTPInit.body(2)
  static func prepare(_ values: inout [FieldValue?]) { SCTPInit.prepare(&values) }
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { SCTPInit.dissect(bytes, start, end) }
}

/// Selective acknowledgement (RFC 9260 section 3.3.4).
enum SCTPSACK: LayerType {
  static let name = "SCTPChunkSACK"
  static let fields: [Field] =
    SCTPChunk.head(3) + [
      .hex("cumul_tsn_ack", 32), .int("a_rwnd", 32), .length("n_gap_ack", 16), .length("n_dup_tsn", 16),
      Field("gap_ack_list", .pairs, .bytes { 4 * $0.u16(12) }, .bytes([])),
      Field("dup_tsn_list", .numbers(4), .bytes { 4 * $0.u16(14) }, .bytes([])),
    ]

  static func prepare(_ values: inout [FieldValue?]) {
    let lists = (values[7]?.bytes.count ?? 0) + (values[8]?.bytes.count ?? 0)
    if values[2] == nil { values[2] = .number(UInt64(truncatingIfNeeded: 16 + lists)) }
    values.setLength(5, of: 7, unit: 4)
    values.setLength(6, of: 8, unit: 4)
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    SCTPChunk.dissect(16, bytes, start, end)
  }
}

/// Heartbeat (RFC 9260 section 3.3.5).
enum SCTPHeartbeat: SCTPPlainChunk {
  static let name = "SCTPChunkHeartbeatReq"
  static let fields = SCTPChunk.head(4) + [SCTPChunk.parameters(4)]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(2, of: 3, plus: 4) }
}

/// Acknowledged heartbeat (RFC 9260 section 3.3.6).
enum SCTPHeartbeatAck: SCTPPlainChunk {
  static let name = "SCTPChunkHeartbeatAck"
  static let fields = SCTPChunk.head(5) + [SCTPChunk.parameters(4)]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(2, of: 3, plus: 4) }
}

/// Abort (RFC 9260 section 3.3.7).
enum SCTPAbort: SCTPPlainChunk {
  static let name = "SCTPChunkAbort"
  static let alignment = 4
  static let fields = SCTPChunk.headWithTCB(6) + [.length("len", 16), SCTPChunk.data("error_causes", 4)]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(3, of: 4, plus: 4) }
}

/// Shutdown (RFC 9260 section 3.3.8).
enum SCTPShutdown: LayerType {
  static let name = "SCTPChunkShutdown"
  static let fields: [Field] = [
    .names("type", 8, 7, SCTPChunk.types), .hex("flags", 8), .int("len", 16, 8), .hex("cumul_tsn_ack", 32),
  ]
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    SCTPChunk.dissect(8, bytes, start, end)
  }
}

/// Acknowledged shutdown (RFC 9260 section 3.3.9).
enum SCTPShutdownAck: SCTPPlainChunk {
  static let name = "SCTPChunkShutdownAck"
  static let fields: [Field] = [.names("type", 8, 8, SCTPChunk.types), .hex("flags", 8), .int("len", 16, 4)]
}

/// An error in operation (RFC 9260 section 3.3.10).
enum SCTPError: SCTPPlainChunk {
  static let name = "SCTPChunkError"
  static let alignment = 4
  static let fields = SCTPChunk.head(9) + [SCTPChunk.data("error_causes", 4)]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(2, of: 3, plus: 4) }
}

/// The cookie sent back (RFC 9260 section 3.3.11).
enum SCTPCookieEcho: SCTPPlainChunk {
  static let name = "SCTPChunkCookieEcho"
  static let alignment = 4
  static let fields = SCTPChunk.head(10) + [SCTPChunk.data("cookie", 4)]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(2, of: 3, plus: 4) }
}

/// The cookie accepted (RFC 9260 section 3.3.12).
enum SCTPCookieAck: SCTPPlainChunk {
  static let name = "SCTPChunkCookieAck"
  static let fields: [Field] = [.names("type", 8, 11, SCTPChunk.types), .hex("flags", 8), .int("len", 16, 4)]
}

/// The end of a shutdown (RFC 9260 section 3.3.13).
enum SCTPShutdownComplete: SCTPPlainChunk {
  static let name = "SCTPChunkShutdownComplete"
  static let fields: [Field] = SCTPChunk.headWithTCB(14) + [.int("len", 16, 4)]
}
