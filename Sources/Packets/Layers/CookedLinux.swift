/// The header that Linux makes up for captures of any interface (tcpdump.org, LINKTYPE_LINUX_SLL).
enum CookedLinux: FixedLayer {
  static let name = "CookedLinux"
  static let size = 16
  static let fields: [Field] = [
    .names("pkttype", 16, 0, packetTypes), .hex("lladdrtype", 16, 512), .int("lladdrlen", 16), .fixed("src", 8),
    EtherType.field("proto", 0x800),
  ]
  static let packetTypes: [UInt64: String] = [
    0: "unicast", 1: "broadcast", 2: "multicast", 3: "unicast-to-another-host", 4: "sent-by-us",
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    EtherType.number(of: upper).map { [(4, .number(UInt64($0)))] } ?? []
  }

  static func next(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? { EtherType.layer(bytes.u16(start + 14)) }
}

/// The second version of that header, with the interface (tcpdump.org, LINKTYPE_LINUX_SLL2).
enum CookedLinuxV2: FixedLayer {
  static let name = "CookedLinuxV2"
  static let size = 20
  static let fields: [Field] = [
    EtherType.field("proto", 0x800), .int("reserved", 16), .int("ifindex", 32), .hex("lladdrtype", 16, 512),
    .names("pkttype", 8, 0, CookedLinux.packetTypes), .int("lladdrlen", 8), .fixed("src", 8),
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    EtherType.number(of: upper).map { [(0, .number(UInt64($0)))] } ?? []
  }

  static func next(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? { EtherType.layer(bytes.u16(start)) }
}
