/// GPRS tunnelling, user plane (3GPP TS 29.281).
enum GTPU: LayerType {
  static let name = "GTP_U_Header"
  static let fields: [Field] = [
    .int("version", 3, 1), .int("PT", 1, 1), .int("reserved", 1), .int("E", 1), .int("S", 1), .int("PN", 1),
    .int("gtp_type", 8), .length("length", 16), .int("teid", 32),
    Field.hex("seq", 16).when { hasMore($0) }, Field.int("npdu", 8).when { hasMore($0) },
    Field.int("next_ex", 8).when { hasMore($0) },
  ]

  private static func hasMore(_ header: HeaderSoFar) -> Bool { header.u8(0) & 7 != 0 }

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    switch upper {
    case .ip, .ipv6: [(6, 255)]  // G-PDU
    case .gtpSession: [(3, 1), (6, 255), (11, 0x85)]
    default: []
    }
  }

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    let start = Int(slot.start)
    if !slot.isGiven(7) { try build.setLength(start + 2, build.bodyEnd - start - 8, slot, 7) }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 8 else { return nil }
    let length = bytes[start] & 7 != 0 ? 12 : 8
    guard end - start >= length, bytes[start] >> 5 == 1 else { return nil }
    let limit = start + 8 + Int(bytes.u16(start + 2))
    let isData = bytes[start + 1] == 255
    if bytes[start] & 4 != 0, bytes[start + 11] != 0 {
      return Header(end: start + length, limit: limit, next: bytes[start + 11] == 0x85 ? .gtpSession : nil)
    }
    return Header(end: start + length, limit: limit, next: isData ? payload(bytes, start + length, end) : nil)
  }

  /// A tunnelled packet has no type; its version tells.
  static func payload(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    guard end > start else { return nil }
    switch bytes[start] >> 4 {
    case 4: return .ip
    case 6: return .ipv6
    default: return nil
    }
  }
}

/// The PDU session container of 5G (3GPP TS 38.415), without its optional parts.
enum GTPSession: LayerType {
  static let name = "GTPPDUSessionContainer"
  static let fields: [Field] = [
    .int("ExtHdrLen", 8, 1), .int("type", 4), .int("QMP", 1), .int("dlDelayInd", 1).when { isUplink($0) },
    .int("ulDelayInd", 1).when { isUplink($0) }, .int("SNP", 1), .int("N3N9DelayInd", 1).when { isUplink($0) },
    .hex("spareUl1", 1).when { isUplink($0) }, .hex("spareDl1", 2).when { !isUplink($0) },
    .int("PPP", 1).when { !isUplink($0) }, .int("RQI", 1).when { !isUplink($0) },
    .int("QFI", 6), .int("NextExtHdr", 8),
  ]

  private static func isUplink(_ header: HeaderSoFar) -> Bool { header.u8(1) >> 4 == 1 }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    // Longer ones hold times and counters; they are left as they are.
    guard end - start >= 4, bytes[start] == 1 else { return nil }
    return Header(
      end: start + 4, limit: end, next: bytes[start + 3] == 0 ? GTPU.payload(bytes, start + 4, end) : nil)
  }
}
