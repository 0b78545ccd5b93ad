/// The options of hop-by-hop and destination headers (RFC 8200 section 4.2).
enum IPv6Options: LayerList {
  static let noun = "an IPv6 option"

  /// `autopad` says whether options are moved to where they must lie, and the header filled up to eight bytes.
  static let fields: [Field] = [
    IPv6Next.field, .length("len", 8), Field("autopad", .decimal, .phantom, 1),
    Field("options", .layers(IPv6Options.self), .rest, .bytes([])),
  ]

  static func accepts(_ id: LayerID) -> Bool {
    switch id {
    case .hbhUnknown, .pad1, .padN, .routerAlert, .rplOption, .jumbo, .hao: true
    default: false
    }
  }

  private static func type(_ kind: UInt8) -> LayerID {
    switch kind {
    case 0: .pad1
    case 1: .padN
    case 5: .routerAlert
    case 0x63: .rplOption
    case 0xc2: .jumbo
    case 0xc9: .hao
    default: .hbhUnknown
    }
  }

  static func split(_ bytes: [UInt8]) -> [Layer]? {
    var layers: [Layer] = []
    var rest = bytes[...]
    while let kind = rest.first {
      let length = kind == 0 ? 1 : 2 + Int(rest.dropFirst().first ?? 0)
      guard length <= rest.count, kind == 0 || rest.count >= 2,
        let layer = Layer.item([type(kind), .hbhUnknown], rest.prefix(length))
      else { return nil }
      layers.append(layer)
      rest = rest.dropFirst(length)
    }
    return layers
  }

  static func prepare(_ values: inout [FieldValue?]) {
    if values[2]?.number ?? 1 != 0, let options = split(values[3]?.bytes ?? []) {
      values[3] = .bytes(aligned(options))
    }
    if values[1] == nil {
      let count = values[3]?.bytes.count ?? 0
      values[1] = .number(UInt64(truncatingIfNeeded: max(0, (count + 2 + 7) / 8 - 1)))
    }
  }

  private static func aligned(_ options: [Layer]) -> [UInt8] {
    // Two bytes of the header come before the options.
    var out: [UInt8] = []
    for option in options {
      let (unit, offset) = alignment(option.id)
      while (out.count + 2) % unit != offset {
        pad(&out, ((offset - out.count - 2) % unit + unit) % unit)
      }
      out += option.encode(under: nil).bytes
    }
    pad(&out, (8 - (out.count + 2) % 8) % 8)
    return out
  }

  private static func pad(_ out: inout [UInt8], _ count: Int) {
    if count == 1 { out.append(0) }
    if count > 1 { out += [1, UInt8(truncatingIfNeeded: count - 2)] + Array(repeating: 0, count: count - 2) }
  }

  /// `unit * n + offset` (RFC 8200 section 4.2), counted from the start of the header.
  private static func alignment(_ id: LayerID) -> (unit: Int, offset: Int) {
    switch id {
    case .routerAlert, .rplOption: (2, 0)
    case .jumbo: (4, 2)
    case .hao: (8, 6)
    default: (1, 0)
    }
  }
}

/// An option that has no layer of its own.
enum HBHOptUnknown: ItemType {
  static let name = "HBHOptUnknown"
  static let fields: [Field] = [.int("otype", 8, 1), .length("optlen", 8), .rest("optdata")]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(1, of: 2) }
}

/// One byte of filling.
enum Pad1: ItemType {
  static let name = "Pad1"
  static let fields: [Field] = [.int("otype", 8, 0)]
}

/// Two and more bytes of filling.
enum PadN: ItemType {
  static let name = "PadN"
  static let fields: [Field] = [.int("otype", 8, 1), .length("optlen", 8), .rest("optdata")]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(1, of: 2) }
}

/// Router alert (RFC 2711).
enum RouterAlert: ItemType {
  static let name = "RouterAlert"
  static let fields: [Field] = [.int("otype", 8, 5), .int("optlen", 8, 2), .int("value", 16)]
}

/// RPL information (RFC 6553).
enum RplOption: ItemType {
  static let name = "RplOption"
  static let fields: [Field] = [
    .int("otype", 8, 0x63), .int("optlen", 8, 4), .int("Down", 1), .int("RankError", 1), .int("ForwardError", 1),
    .int("unused", 5), .hex("RplInstanceId", 8), .hex("SenderRank", 16),
  ]
}

/// A payload of more than 65535 bytes (RFC 2675).
enum Jumbo: ItemType {
  static let name = "Jumbo"
  static let fields: [Field] = [.int("otype", 8, 0xc2), .int("optlen", 8, 4), .int("jumboplen", 32)]
}

/// Home address (RFC 6275 section 6.3).
enum HAO: ItemType {
  static let name = "HAO"
  static let fields: [Field] = [.int("otype", 8, 0xc9), .int("optlen", 8, 16), .ipv6("hoa")]
}
