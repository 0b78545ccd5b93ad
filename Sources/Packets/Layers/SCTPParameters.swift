/// The parameters of INIT and HEARTBEAT chunks (RFC 9260 section 3.2.1).
enum SCTPParameters: LayerList {
  static let noun = "an SCTP chunk parameter"

  static func accepts(_ id: LayerID) -> Bool { id == .raw || (id.type is any SCTPParameterType.Type) }

  private static func type(_ number: Int) -> LayerID {
    switch number {
    case 1: .sctpHeartbeatInfo
    case 5: .sctpIPv4
    case 6: .sctpIPv6
    case 7: .sctpStateCookie
    case 8: .sctpUnrecognized
    case 9: .sctpPreservative
    case 11: .sctpHostname
    case 12: .sctpAddressTypes
    case 0x8000: .sctpECN
    case 0x8008: .sctpExtensions
    case 0xc000: .sctpForwardTSN
    case 0xc006: .sctpAdaptation
    default: .raw
    }
  }

  static func split(_ bytes: [UInt8]) -> [Layer]? {
    var layers: [Layer] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard rest.count >= 4 else { return nil }
      let at = rest.startIndex
      let length = (Int(rest[at + 2]) << 8 | Int(rest[at + 3]) + 3) / 4 * 4
      let kind = type(Int(rest[at]) << 8 | Int(rest[at + 1]))
      guard length >= 4, length <= rest.count, let layer = Layer.item([kind, .raw], rest.prefix(length)) else {
        return nil
      }
      layers.append(layer)
      rest = rest.dropFirst(length)
    }
    return layers
  }
}

/// A parameter: type, length, value, filling up to four bytes.
protocol SCTPParameterType: ItemType {}

extension SCTPParameterType {
  static var alignment: Int { 4 }

  static func head(_ type: UInt64) -> [Field] { [.int("type", 16, type), .length("len", 16)] }

  static func value(_ name: String) -> Field { .bytes(name) { $0.u16(2) - 4 } }

  static func prepare(_ values: inout [FieldValue?]) {
    if values.count > 2 { values.setLength(1, of: 2, plus: 4) }
    if values.count == 2, values[1] == nil { values[1] = 4 }
  }
}

enum SCTPHeartbeatInfo: SCTPParameterType {
  static let name = "SCTPChunkParamHeartbeatInfo"
  static let fields = head(1) + [value("data")]
}

enum SCTPIPv4: SCTPParameterType {
  static let name = "SCTPChunkParamIPv4Addr"
  static let fields = [.int("type", 16, 5), .int("len", 16, 8), Field("addr", .ipv4, .bits(32), IP.localhost)]
  static func prepare(_ values: inout [FieldValue?]) {}
}

enum SCTPIPv6: SCTPParameterType {
  static let name = "SCTPChunkParamIPv6Addr"
  static let fields = [.int("type", 16, 6), .int("len", 16, 20), Field("addr", .ipv6, .bits(128), IPv6Layer.localhost)]
  static func prepare(_ values: inout [FieldValue?]) {}
}

enum SCTPStateCookie: SCTPParameterType {
  static let name = "SCTPChunkParamStateCookie"
  static let fields = head(7) + [value("cookie")]
}

/// Spelt as in Scapy.
enum SCTPUnrecognized: SCTPParameterType {
  static let name = "SCTPChunkParamUnrocognizedParam"
  static let fields = head(8) + [value("param")]
}

enum SCTPPreservative: SCTPParameterType {
  static let name = "SCTPChunkParamCookiePreservative"
  static let fields: [Field] = [.int("type", 16, 9), .int("len", 16, 8), .hex("sug_cookie_inc", 32)]
  static func prepare(_ values: inout [FieldValue?]) {}
}

enum SCTPHostname: SCTPParameterType {
  static let name = "SCTPChunkParamHostname"
  static let fields = head(11) + [value("hostname")]
}

enum SCTPAddressTypes: SCTPParameterType {
  static let name = "SCTPChunkParamSupportedAddrTypes"
  static let fields =
    head(12) + [Field("addr_type_list", .numbers(2), .bytes { $0.u16(2) - 4 }, .bytes([0, 5]))]

  static func prepare(_ values: inout [FieldValue?]) {
    if values[1] == nil { values[1] = .number(UInt64(truncatingIfNeeded: 4 + (values[2]?.bytes.count ?? 2))) }
  }
}

enum SCTPECN: SCTPParameterType {
  static let name = "SCTPChunkParamECNCapable"
  static let fields: [Field] = [.int("type", 16, 0x8000), .int("len", 16, 4)]
}

enum SCTPExtensions: SCTPParameterType {
  static let name = "SCTPChunkParamSupportedExtensions"
  /// Authentication, address configuration and its acknowledgement (RFC 5061 section 4.2.7).
  static let usual: [UInt8] = [15, 0xc1, 0x80]
  static let fields =
    head(0x8008) + [Field("supported_extensions", .numbers(1), .bytes { $0.u16(2) - 4 }, .bytes(usual))]

  static func prepare(_ values: inout [FieldValue?]) {
    if values[1] == nil { values[1] = .number(UInt64(truncatingIfNeeded: 4 + (values[2]?.bytes ?? usual).count)) }
  }
}

enum SCTPForwardTSN: SCTPParameterType {
  static let name = "SCTPChunkParamFwdTSN"
  static let fields: [Field] = [.int("type", 16, 0xc000), .int("len", 16, 4)]
}

enum SCTPAdaptation: SCTPParameterType {
  static let name = "SCTPChunkParamAdaptationLayer"
  static let fields: [Field] = [.int("type", 16, 0xc006), .int("len", 16, 8), .hex("indication", 32)]
  static func prepare(_ values: inout [FieldValue?]) {}
}
