/// Generic network virtualization encapsulation (RFC 8926).
enum Geneve: LayerType {
  static let name = "GENEVE"
  static let fields: [Field] = [
    .int("version", 2), .length("optionlen", 6), .int("oam", 1), .int("critical", 1), .int("reserved", 6),
    EtherType.field("proto", 0), .hex("vni", 24), .hex("reserved2", 8),
    Field("options", .layers(GeneveOptionList.self), .rest, .bytes([])),
  ]

  static func prepare(_ values: inout [FieldValue?]) { values.setLength(1, of: 8, unit: 4) }

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    switch upper {
    case .ether: [(5, .number(UInt64(EtherType.transparentEthernet)))]
    case .ip, .ipv6: [(5, .number(UInt64(EtherType.number(of: upper) ?? 0)))]
    default: []
    }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 8 else { return nil }
    let length = 8 + 4 * Int(bytes[start] & 63)
    guard length <= end - start else { return nil }
    let next: LayerID? =
      switch bytes.u16(start + 2) {
      case EtherType.transparentEthernet: EtherLayer.kind(bytes, start + length, end)
      case EtherType.ip: .ip
      case EtherType.ipv6: .ipv6
      default: nil
      }
    return Header(end: start + length, limit: end, next: next)
  }
}

/// The options of a Geneve header (RFC 8926 section 3.5).
enum GeneveOptionList: LayerList {
  static let noun = "a Geneve option"
  static func accepts(_ id: LayerID) -> Bool { id == .geneveOption }

  static func split(_ bytes: [UInt8]) -> [Layer]? {
    var layers: [Layer] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard rest.count >= 4 else { return nil }
      let length = 4 + 4 * Int(rest[rest.startIndex + 3] & 31)
      guard length <= rest.count, let layer = Layer.item(.geneveOption, rest.prefix(length)) else { return nil }
      layers.append(layer)
      rest = rest.dropFirst(length)
    }
    return layers
  }
}

enum GeneveOption: ItemType {
  static let name = "GeneveOptions"
  static let fields: [Field] = [
    .hex("classid", 16), .hex("type", 8), .int("reserved", 3), .length("length", 5), .rest("data"),
  ]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(3, of: 4, unit: 4) }
}
