/// The options of an IPv4 header (RFC 791 section 3.1).
extension ItemType {
  /// The first byte of an IPv4 option, by Scapy's names.
  static func head(_ copy: UInt64, _ kind: UInt64, class group: UInt64 = 0) -> [Field] {
    [.int("copy_flag", 1, copy), .int("optclass", 2, group), .int("option", 5, kind)]
  }
}

/// The list of options.
enum IPOptions: LayerList {
  static let noun = "an IP option"

  static func accepts(_ id: LayerID) -> Bool { id.isIPOption }

  /// The option type for a kind, the low five bits of its first byte.
  static func type(of kind: UInt8) -> LayerID {
    switch kind {
    case 0: .ipOptionEOL
    case 1: .ipOptionNOP
    case 2: .ipOptionSecurity
    case 3: .ipOptionLSRR
    case 4: .ipOptionTimestamp
    case 7: .ipOptionRR
    case 8: .ipOptionStreamID
    case 9: .ipOptionSSRR
    case 11: .ipOptionMTUProbe
    case 12: .ipOptionMTUReply
    case 18: .ipOptionTraceroute
    case 19: .ipOptionAddressExtension
    case 20: .ipOptionRouterAlert
    case 21: .ipOptionSDBM
    default: .ipOption
    }
  }

  /// The options that make up exactly these bytes, or `nil` when there is no such list.
  static func split(_ bytes: [UInt8]) -> [Layer]? {
    var options: [Layer] = []
    var rest = bytes[...]
    while let first = rest.first {
      let special = type(of: first & 31)
      let isSingle = special == .ipOptionEOL || special == .ipOptionNOP
      let length = isSingle ? 1 : Int(rest.dropFirst().first ?? 0)
      guard length >= (isSingle ? 1 : 2), length <= rest.count else { return nil }
      let run = rest.prefix(length)
      guard let option = Layer.item([special, .ipOption], run) else { return nil }
      options.append(option)
      rest = rest.dropFirst(length)
    }
    return options
  }
}

enum IPOption: ItemType {
  static let name = "IPOption"
  static let fields = head(0, 0) + [.length("length", 8), .rest("value")]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(3, of: 4, plus: 2) }
}

enum IPOptionEOL: ItemType {
  static let name = "IPOption_EOL"
  static let fields = head(0, 0)
}

enum IPOptionNOP: ItemType {
  static let name = "IPOption_NOP"
  static let fields = head(0, 1)
}

enum IPOptionSecurity: ItemType {
  static let name = "IPOption_Security"
  static let fields =
    head(1, 2) + [
      .int("length", 8, 11), .int("security", 16), .int("compartment", 16), .int("handling_restrictions", 16),
      Field("transmission_control_code", .bytes, .bits(24), .bytes(Array("xxx".utf8))),
    ]
}

enum IPOptionRR: ItemType {
  static let name = "IPOption_RR"
  static let fields = head(0, 7) + route
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(3, of: 5, plus: 3) }
  static let route: [Field] = [
    .length("length", 8), .int("pointer", 8, 4), Field("routers", .ipv4List, .rest, .bytes([])),
  ]
}

enum IPOptionLSRR: ItemType {
  static let name = "IPOption_LSRR"
  static let fields = head(1, 3) + IPOptionRR.route
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(3, of: 5, plus: 3) }
}

enum IPOptionSSRR: ItemType {
  static let name = "IPOption_SSRR"
  static let fields = head(1, 9) + IPOptionRR.route
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(3, of: 5, plus: 3) }
}

enum IPOptionStreamID: ItemType {
  static let name = "IPOption_Stream_Id"
  static let fields = head(1, 8) + [.int("length", 8, 4), .int("security", 16)]
}

enum IPOptionMTUProbe: ItemType {
  static let name = "IPOption_MTU_Probe"
  static let fields = head(0, 11) + [.int("length", 8, 4), .int("mtu", 16)]
}

enum IPOptionMTUReply: ItemType {
  static let name = "IPOption_MTU_Reply"
  static let fields = head(0, 12) + [.int("length", 8, 4), .int("mtu", 16)]
}

enum IPOptionTraceroute: ItemType {
  static let name = "IPOption_Traceroute"
  static let fields =
    head(0, 18) + [
      .int("length", 8, 12), .int("id", 16), .int("outbound_hops", 16), .int("return_hops", 16),
      Field("originator_ip", .ipv4, .bits(32), .bytes([0, 0, 0, 0])),
    ]
}

enum IPOptionTimestamp: ItemType {
  static let name = "IPOption_Timestamp"
  static let fields =
    head(0, 4, class: 2) + [
      .length("length", 8), .int("pointer", 8, 9), .int("oflw", 4), .int("flg", 4, 1),
      Field("internet_address", .ipv4, .bits(32), .bytes([0, 0, 0, 0])).when { $0.u8(3) & 15 != 0 },
      .int("timestamp", 32),
    ]
  static func prepare(_ values: inout [FieldValue?]) {
    if values[3] == nil { values[3] = values[6]?.number == 0 ? 8 : 12 }
  }
}

enum IPOptionAddressExtension: ItemType {
  static let name = "IPOption_Address_Extension"
  static let fields =
    head(1, 19) + [
      .int("length", 8, 10), Field("src_ext", .ipv4, .bits(32), .bytes([0, 0, 0, 0])),
      Field("dst_ext", .ipv4, .bits(32), .bytes([0, 0, 0, 0])),
    ]
}

enum IPOptionRouterAlert: ItemType {
  static let name = "IPOption_Router_Alert"
  static let fields = head(1, 20) + [.int("length", 8, 4), .int("alert", 16)]
}

enum IPOptionSDBM: ItemType {
  static let name = "IPOption_SDBM"
  static let fields = head(1, 21) + [.length("length", 8), Field("addresses", .ipv4List, .rest, .bytes([]))]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(3, of: 4, plus: 2) }
}
