/// User datagrams (RFC 768).
enum UDPLayer: LayerType {
  static let name = "UDP"
  static let fields: [Field] = [
    Services.field("sport", 53), Services.field("dport", 53), .length("len", 16), .checksum("chksum"),
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] { Ports.overload(upper) }

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    let start = Int(slot.start)
    if !slot.isGiven(2) { try build.setLength(start + 4, build.bodyEnd - start, slot, 2) }
    if !slot.isGiven(3), let pseudo = build.pseudoHeader(under: index, protocol: 17) {
      let sum = Checksum.finish(pseudo + build.sum(start..<build.bodyEnd))
      // Zero would say that there is no checksum.
      build.set16(start + 6, sum == 0 ? 0xffff : sum)
    }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 8 else { return nil }
    let (source, destination) = (bytes.u16(start), bytes.u16(start + 2))
    let limit = start + Int(bytes.u16(start + 4))
    let next = Ports.layer(source, destination, bytes, start + 8, min(end, limit))
    return Header(end: start + 8, limit: limit, next: next)
  }
}

/// UDP ports and the layers behind them, in both directions, as Scapy binds them.
enum Ports {
  static func overload(_ upper: LayerID) -> [(Int, FieldValue)] {
    switch upper {
    case .vxlan: [(0, 4789), (1, 4789)]  // RFC 7348
    case .gre: [(1, 4754)]  // RFC 8086
    case .mpls: [(1, 6635)]  // RFC 7510
    case .geneve: [(1, 6081)]  // RFC 8926
    case .gtpu: [(0, 2152), (1, 2152)]  // 3GPP TS 29.281
    case .gue: [(1, 6080)]  // draft-ietf-intarea-gue
    case .wireguard: [(0, 51820)]
    case .dns: [(0, 53)]
    case .bootp: [(0, 67), (1, 68)]
    case .ntp: [(0, 123), (1, 123)]
    default: []
    }
  }

  /// The layer behind a pair of ports: the destination's, or else the source's, that can read the bytes.
  static func layer(_ source: UInt16, _ destination: UInt16, _ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    let first = layer(destination, bytes, start, end)
    let second = layer(source, bytes, start, end)
    guard let first else { return second }
    guard let second, second != first, start < end else { return first }
    return first.type.dissect(bytes, start, end) == nil ? second : first
  }

  private static func layer(_ port: UInt16, _ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    switch port {
    case 4789, 4790, 6633, 8472, 48879: .vxlan
    case 4754: .gre
    case 6635: .mpls
    case 6081: .geneve
    case 2152: .gtpu
    case 6080: .gue
    case 51820: .wireguard
    case 53, 5353: .dns
    case 67, 68: .bootp
    case 123: .ntp
    case 443, 784, 853: QUIC.layer(bytes, start, end)
    default: nil
    }
  }
}
