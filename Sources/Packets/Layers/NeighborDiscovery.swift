/// Neighbor discovery (RFC 4861): messages, and options as layers on top of them.
enum NeighborDiscovery {
  /// Where messages of a layer go unless the IPv6 layer says otherwise: address and hop limit.
  static func address(_ id: LayerID) -> (destination: [UInt8]?, hops: UInt64)? {
    func multicast(_ last: UInt8) -> [UInt8] { [0xff, 2] + Array(repeating: 0, count: 13) + [last] }
    return switch id {
    case .icmpv6NDRS: (multicast(2), 255)
    case .icmpv6NDRA, .icmpv6NDNS, .icmpv6NDNA, .icmpv6NDRedirect: (multicast(1), 255)
    case .icmpv6MLQuery, .icmpv6MLQuery2: (multicast(1), 1)
    case .icmpv6MLReport: (nil, 1)
    case .icmpv6MLDone: (multicast(2), 1)
    case .icmpv6MLReport2: (multicast(0x16), 1)
    default: nil
    }
  }

  /// The option that begins at `start`.
  static func option(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    guard end - start >= 2 else { return nil }
    switch (bytes[start], bytes[start + 1]) {
    case (1, 1): return .ndSource
    case (2, 1): return .ndTarget
    case (3, 4): return .ndPrefix
    case (5, 1): return .ndMTU
    case (25, _): return .ndRDNSS
    default: return .ndUnknown
    }
  }

  static func message(_ size: Int, _ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= size else { return nil }
    return Header(end: start + size, limit: end, next: option(bytes, start + size, end))
  }
}

/// An option: its second byte is its length in units of eight bytes.
protocol NeighborDiscoveryOption: LayerType {}

extension NeighborDiscoveryOption {
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 8 else { return nil }
    let length = 8 * Int(bytes[start + 1])
    guard length >= 8, length <= end - start else { return nil }
    return Header(end: start + length, limit: end, next: NeighborDiscovery.option(bytes, start + length, end))
  }
}

/// Router solicitation.
enum ICMPv6NDRS: ICMPv6Layer {
  static let name = "ICMPv6ND_RS"
  static let fields = ICMPv6Message.fields(type: 133, [.int("res", 32)])
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    NeighborDiscovery.message(8, bytes, start, end)
  }
}

/// Router advertisement.
enum ICMPv6NDRA: ICMPv6Layer {
  static let name = "ICMPv6ND_RA"
  static let fields = ICMPv6Message.fields(
    type: 134,
    [
      .int("chlim", 8), .int("M", 1), .int("O", 1), .int("H", 1), .int("prf", 2, 1), .int("P", 1), .int("res", 2),
      .int("routerlifetime", 16, 1800), .int("reachabletime", 32), .int("retranstimer", 32),
    ])
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    NeighborDiscovery.message(16, bytes, start, end)
  }
}

/// Neighbor solicitation.
enum ICMPv6NDNS: ICMPv6Layer {
  static let name = "ICMPv6ND_NS"
  static let fields = ICMPv6Message.fields(type: 135, [.int("res", 32), .ipv6("tgt")])
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    NeighborDiscovery.message(24, bytes, start, end)
  }
}

/// Neighbor advertisement.
enum ICMPv6NDNA: ICMPv6Layer {
  static let name = "ICMPv6ND_NA"
  static let fields = ICMPv6Message.fields(
    type: 136, [.int("R", 1, 1), .int("S", 1), .int("O", 1, 1), .hex("res", 29), .ipv6("tgt")])
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    NeighborDiscovery.message(24, bytes, start, end)
  }
}

/// Redirect.
enum ICMPv6NDRedirect: ICMPv6Layer {
  static let name = "ICMPv6ND_Redirect"
  static let fields = ICMPv6Message.fields(type: 137, [.hex("res", 32), .ipv6("tgt"), .ipv6("dst")])
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    NeighborDiscovery.message(40, bytes, start, end)
  }
}

/// An option that has no layer of its own.
enum NDOptUnknown: NeighborDiscoveryOption {
  static let name = "ICMPv6NDOptUnknown"
  static let fields: [Field] = [.int("type", 8), .length("len", 8), .rest("data")]

  /// Filled with zeros up to eight bytes.
  static func prepare(_ values: inout [FieldValue?]) {
    var data = values[2]?.bytes ?? []
    let over = (data.count + 2) % 8
    if over != 0 { data += Array(repeating: 0, count: 8 - over) }
    values[2] = .bytes(data)
    values.setLength(1, of: 2, plus: 2, unit: 8)
  }

}

/// Source link-layer address.
enum NDOptSource: NeighborDiscoveryOption {
  static let name = "ICMPv6NDOptSrcLLAddr"
  static let fields: [Field] = [.int("type", 8, 1), .int("len", 8, 1), .mac("lladdr")]
}

/// Target link-layer address.
enum NDOptTarget: NeighborDiscoveryOption {
  static let name = "ICMPv6NDOptDstLLAddr"
  static let fields: [Field] = [.int("type", 8, 2), .int("len", 8, 1), .mac("lladdr")]
}

/// Prefix information.
enum NDOptPrefix: NeighborDiscoveryOption {
  static let name = "ICMPv6NDOptPrefixInfo"
  static let fields: [Field] = [
    .int("type", 8, 3), .int("len", 8, 4), .int("prefixlen", 8, 64), .int("L", 1, 1), .int("A", 1, 1), .int("R", 1),
    .int("res1", 5), .hex("validlifetime", 32, 0xffff_ffff), .hex("preferredlifetime", 32, 0xffff_ffff),
    .hex("res2", 32), .ipv6("prefix"),
  ]
}

/// The link's MTU.
enum NDOptMTU: NeighborDiscoveryOption {
  static let name = "ICMPv6NDOptMTU"
  static let fields: [Field] = [.int("type", 8, 5), .int("len", 8, 1), .hex("res", 16), .int("mtu", 32, 1280)]
}

/// Recursive DNS servers (RFC 8106).
enum NDOptRDNSS: NeighborDiscoveryOption {
  static let name = "ICMPv6NDOptRDNSS"
  static let fields: [Field] = [
    .int("type", 8, 25), .length("len", 8), .int("res", 16), .int("lifetime", 32, 0xffff_ffff),
    Field("dns", .ipv6List, .rest, .bytes([])),
  ]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(1, of: 4, plus: 8, unit: 8) }
}
