/// An option of an IPv4 header (RFC 791 section 3.1): written inside `IP(options=[…])`, never between slashes.
protocol IPOptionType: LayerType {}

extension IPOptionType {
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { nil }

  /// The first byte, by Scapy's names.
  static func head(_ copy: UInt64, _ kind: UInt64, class group: UInt64 = 0) -> [Field] {
    [.int("copy_flag", 1, copy), .int("optclass", 2, group), .int("option", 5, kind)]
  }
}

/// Reading and writing the list of options.
enum IPOptions {
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

  /// The bytes of one option, its length computed unless given.
  static func encode(_ option: Layer) -> [UInt8] {
    var (bytes, given) = option.encode(under: nil)
    if let length = option.id.type.fields.firstIndex(where: { $0.name == "length" && $0.isComputed }),
      given >> UInt64(length) & 1 == 0, bytes.count > 1
    {
      bytes[1] = UInt8(truncatingIfNeeded: bytes.count)
    }
    return bytes
  }

  /// The options that make up exactly these bytes, or `nil` when there is no such list.
  static func decode(_ bytes: [UInt8]) -> [Layer]? {
    var options: [Layer] = []
    var rest = bytes[...]
    while let first = rest.first {
      let special = type(of: first & 31)
      let isSingle = special == .ipOptionEOL || special == .ipOptionNOP
      let length = isSingle ? 1 : Int(rest.dropFirst().first ?? 0)
      guard length >= (isSingle ? 1 : 2), length <= rest.count else { return nil }
      let run = rest.prefix(length)
      guard let option = [special, .ipOption].lazy.compactMap({ layer($0, run) }).first else { return nil }
      options.append(option)
      rest = rest.dropFirst(length)
    }
    return options
  }

  /// The shortest way to write an option of this type; `nil` when it doesn't come out as the same bytes.
  private static func layer(_ id: LayerID, _ bytes: ArraySlice<UInt8>) -> Layer? {
    var option = Layer(id)
    for placed in Layer.decode(id, bytes) { option.values[placed.index] = placed.value }
    let wanted = Array(bytes)
    guard encode(option) == wanted else { return nil }
    for index in option.values.indices {
      let value = option.values[index]
      option.values[index] = nil
      if encode(option) != wanted { option.values[index] = value }
    }
    return option
  }
}

enum IPOption: IPOptionType {
  static let name = "IPOption"
  static let fields = head(0, 0) + [.length("length", 8), .rest("value")]
}

enum IPOptionEOL: IPOptionType {
  static let name = "IPOption_EOL"
  static let fields = head(0, 0)
}

enum IPOptionNOP: IPOptionType {
  static let name = "IPOption_NOP"
  static let fields = head(0, 1)
}

enum IPOptionSecurity: IPOptionType {
  static let name = "IPOption_Security"
  static let fields =
    head(1, 2) + [
      .int("length", 8, 11), .int("security", 16), .int("compartment", 16), .int("handling_restrictions", 16),
      Field("transmission_control_code", .bytes, .bits(24), .bytes(Array("xxx".utf8))),
    ]
}

enum IPOptionRR: IPOptionType {
  static let name = "IPOption_RR"
  static let fields = head(0, 7) + route
  static let route: [Field] = [
    .length("length", 8), .int("pointer", 8, 4), Field("routers", .ipv4List, .rest, .bytes([])),
  ]
}

enum IPOptionLSRR: IPOptionType {
  static let name = "IPOption_LSRR"
  static let fields = head(1, 3) + IPOptionRR.route
}

enum IPOptionSSRR: IPOptionType {
  static let name = "IPOption_SSRR"
  static let fields = head(1, 9) + IPOptionRR.route
}

enum IPOptionStreamID: IPOptionType {
  static let name = "IPOption_Stream_Id"
  static let fields = head(1, 8) + [.int("length", 8, 4), .int("security", 16)]
}

enum IPOptionMTUProbe: IPOptionType {
  static let name = "IPOption_MTU_Probe"
  static let fields = head(0, 11) + [.int("length", 8, 4), .int("mtu", 16)]
}

enum IPOptionMTUReply: IPOptionType {
  static let name = "IPOption_MTU_Reply"
  static let fields = head(0, 12) + [.int("length", 8, 4), .int("mtu", 16)]
}

enum IPOptionTraceroute: IPOptionType {
  static let name = "IPOption_Traceroute"
  static let fields =
    head(0, 18) + [
      .int("length", 8, 12), .int("id", 16), .int("outbound_hops", 16), .int("return_hops", 16),
      Field("originator_ip", .ipv4, .bits(32), .bytes([0, 0, 0, 0])),
    ]
}

enum IPOptionTimestamp: IPOptionType {
  static let name = "IPOption_Timestamp"
  static let fields =
    head(0, 4, class: 2) + [
      .length("length", 8), .int("pointer", 8, 9), .int("oflw", 4), .int("flg", 4, 1),
      Field("internet_address", .ipv4, .bits(32), .bytes([0, 0, 0, 0])).when { $0.u8(3) & 15 != 0 },
      .int("timestamp", 32),
    ]
}

enum IPOptionAddressExtension: IPOptionType {
  static let name = "IPOption_Address_Extension"
  static let fields =
    head(1, 19) + [
      .int("length", 8, 10), Field("src_ext", .ipv4, .bits(32), .bytes([0, 0, 0, 0])),
      Field("dst_ext", .ipv4, .bits(32), .bytes([0, 0, 0, 0])),
    ]
}

enum IPOptionRouterAlert: IPOptionType {
  static let name = "IPOption_Router_Alert"
  static let fields = head(1, 20) + [.int("length", 8, 4), .int("alert", 16)]
}

enum IPOptionSDBM: IPOptionType {
  static let name = "IPOption_SDBM"
  static let fields = head(1, 21) + [.length("length", 8), Field("addresses", .ipv4List, .rest, .bytes([]))]
}
