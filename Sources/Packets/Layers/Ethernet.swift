/// Ethernet II (IEEE 802.3 clause 3). Addresses not given are broadcast and zero, whatever the machine's interfaces are.
enum EtherLayer: LayerType {
  static let name = "Ether"
  static let broadcast: FieldValue = .bytes(Array(repeating: 0xff, count: 6))
  static let zero: FieldValue = .bytes(Array(repeating: 0, count: 6))
  static let fields: [Field] = [
    Field("dst", .mac, .bits(48), broadcast, shown: true),
    Field("src", .mac, .bits(48), zero, shown: true),
    EtherType.field("type", 0x9000),
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    EtherType.number(of: upper).map { [(2, .number(UInt64($0)))] } ?? []
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 14 else { return nil }
    return Header(end: start + 14, limit: end, next: EtherType.layer(bytes.u16(start + 12)))
  }

  /// The layer that an Ethernet frame begins with: up to 1500 the type is a length (IEEE 802.3 clause 3.2.6).
  static func kind(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID {
    end - start >= 14 && bytes.u16(start + 12) <= 1500 ? .dot3 : .ether
  }
}

/// IEEE 802.3 with a length where Ethernet II has a type.
enum Dot3: LayerType {
  static let name = "Dot3"
  static let fields: [Field] = [
    Field("dst", .mac, .bits(48), EtherLayer.broadcast, shown: true),
    Field("src", .mac, .bits(48), EtherLayer.zero, shown: true),
    .length("len", 16),
  ]

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    if !slot.isGiven(2) {
      try build.setLength(Int(slot.start) + 12, build.bodyEnd - Int(slot.end), slot, 2)
    }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 14 else { return nil }
    return Header(end: start + 14, limit: start + 14 + Int(bytes.u16(start + 12)), next: .llc)
  }
}

/// Logical link control (IEEE 802.2).
enum LLC: LayerType {
  static let name = "LLC"
  static let fields: [Field] = [.hex("dsap", 8), .hex("ssap", 8), .int("ctrl", 8)]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    upper == .snap ? [(0, 0xaa), (1, 0xaa), (2, 3)] : []
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 3 else { return nil }
    let isSNAP = bytes[start] == 0xaa && bytes[start + 1] == 0xaa && bytes[start + 2] == 3
    return Header(end: start + 3, limit: end, next: isSNAP ? .snap : nil)
  }
}

/// Subnetwork access protocol (IEEE 802).
enum SNAP: LayerType {
  static let name = "SNAP"
  static let fields: [Field] = [.hex("OUI", 24), EtherType.field("code", 0)]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    guard upper != .llc, let number = EtherType.number(of: upper) else { return [] }
    return [(1, .number(UInt64(number)))]
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 5 else { return nil }
    let next = EtherType.layer(bytes.u16(start + 3))
    return Header(end: start + 5, limit: end, next: next == .llc ? nil : next)
  }
}

/// A VLAN tag (IEEE 802.1Q).
enum Dot1QLayer: LayerType {
  static let name = "Dot1Q"
  static let fields: [Field] = [
    .int("prio", 3), .int("dei", 1), .int("vlan", 12, 1), EtherType.field("type", 0),
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    EtherType.number(of: upper).map { [(3, .number(UInt64($0)))] } ?? []
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 4 else { return nil }
    let type = bytes.u16(start + 2)
    if type == 0 { return Header(end: start + 4, limit: end, next: nil) }
    if let next = EtherType.layer(type), next != .llc { return Header(end: start + 4, limit: end, next: next) }
    if type <= 1500 { return Header(end: start + 4, limit: start + 4 + Int(type), next: .llc) }
    return Header(end: start + 4, limit: end, next: EtherType.layer(type))
  }
}

/// A provider's VLAN tag (IEEE 802.1ad), the outer one of QinQ.
enum Dot1ADLayer: LayerType {
  static let name = "Dot1AD"
  static let fields: [Field] = Dot1QLayer.fields

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] { Dot1QLayer.overload(under: upper) }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { Dot1QLayer.dissect(bytes, start, end) }
}
