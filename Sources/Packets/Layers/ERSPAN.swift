/// A mirrored frame in GRE, type I: no header at all (draft-foschiano-erspan).
enum ERSPANI: LayerType {
  static let name = "ERSPAN_I"
  static let fields: [Field] = []

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    Header(end: start, limit: end, next: EtherLayer.kind(bytes, start, end))
  }

  /// The type behind GRE's number 0x88be: II has a sequence number.
  static func kind(_ bytes: ByteView, _ start: Int, _ end: Int, hasSequence: Bool) -> LayerID {
    hasSequence && end > start && bytes[start] >> 4 == 1 ? .erspanII : .erspanI
  }
}

/// A mirrored frame in GRE, type II (draft-foschiano-erspan).
enum ERSPANII: FixedLayer {
  static let name = "ERSPAN_II"
  static let size = 8
  static let fields: [Field] = [
    .int("ver", 4, 1), .int("vlan", 12), .int("cos", 3), .int("en", 2), .int("t", 1), .int("session_id", 10),
    .int("reserved", 12), .int("index", 20),
  ]

  static func next(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? { EtherLayer.kind(bytes, start + 8, end) }
}

/// A mirrored frame in GRE, type III (draft-foschiano-erspan).
enum ERSPANIII: FixedLayer {
  static let name = "ERSPAN_III"
  static let size = 12
  static let fields: [Field] = [
    .int("ver", 4, 2), .int("vlan", 12), .int("cos", 3), .int("bso", 2), .int("t", 1), .int("session_id", 10),
    .hex("timestamp", 32), .hex("sgt_other", 16), .int("p", 1), .int("ft", 5), .int("hw", 6), .int("d", 1),
    .int("gra", 2), .int("o", 1),
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    switch upper {
    case .ether: [(13, 0)]
    case .erspanPlatform: [(13, 1)]
    default: []
    }
  }

  static func next(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    bytes[start + 11] & 1 == 1 ? .erspanPlatform : EtherLayer.kind(bytes, start + 12, end)
  }
}

/// What a platform adds to type III.
enum ERSPANPlatform: FixedLayer {
  static let name = "ERSPAN_PlatformSpecific"
  static let size = 8
  static let fields: [Field] = [.int("platf_id", 6), .int("info1", 26), .hex("info2", 32)]

  static func next(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? { EtherLayer.kind(bytes, start + 8, end) }
}
