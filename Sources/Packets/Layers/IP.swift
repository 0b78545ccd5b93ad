/// IP protocol numbers (IANA, protocol-numbers) and the layers behind them, in both directions.
enum IPProtocol {
  static let names: [UInt64: String] = [
    0: "hopopt", 1: "icmp", 2: "igmp", 4: "ipencap", 6: "tcp", 17: "udp", 41: "ipv6", 43: "ipv6_route",
    44: "ipv6_frag", 47: "gre", 50: "esp", 51: "ah", 58: "ipv6_icmp", 59: "ipv6_nonxt", 60: "ipv6_opts", 89: "ospf",
    112: "vrrp", 132: "sctp", 136: "udplite",
  ]

  static func layer(_ number: UInt8) -> LayerID? {
    switch number {
    case 6: .tcp
    case 17: .udp
    case 4: .ip
    case 41: .ipv6
    case 47: .gre
    case 50: .esp
    case 51: .ah
    case 132: .sctp
    case 136: .udpLite
    case 137: .mpls
    default: nil
    }
  }

  static func number(of layer: LayerID) -> UInt64? {
    switch layer {
    case .tcp: 6
    case .udp: 17
    case .ip: 4
    case .ipv6: 41
    case .gre: 47
    case .esp: 50
    case .ah: 51
    case .sctp: 132
    case .udpLite: 136
    case .mpls: 137
    default: nil
    }
  }
}

/// Internet protocol version 4 (RFC 791).
enum IP: LayerType {
  static let name = "IP"
  static let alignment = 4
  static let localhost: FieldValue = .bytes([127, 0, 0, 1])
  static let fields: [Field] = [
    .int("version", 4, 4),
    .length("ihl", 4),
    .hex("tos", 8),
    .length("len", 16),
    .int("id", 16, 1),
    Field("flags", .flags(["MF", "DF", "evil"]), .bits(3)),
    .int("frag", 13),
    .int("ttl", 8, 64),
    Field("proto", .names(IPProtocol.names, hex: false), .bits(8)),
    .checksum("chksum"),
    Field("src", .ipv4, .bits(32), localhost, shown: true),
    Field("dst", .ipv4, .bits(32), localhost, shown: true),
    Field("options", .layers(IPOptions.self), .rest, .bytes([])),
  ]
  static let len = 3
  private static let (ihl, chksum) = (1, 9)

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    switch upper {
    case .icmp: return [(6, 0), (8, 1)]
    case _ where upper.isIGMP: return [(2, 0xc0), (7, 1), (8, 2), (12, .bytes(IGMP.routerAlert))]
    default: return IPProtocol.number(of: upper).map { [(8, .number($0))] } ?? []
    }
  }

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    let start = Int(slot.start)
    let length = Int(slot.end) - start
    if !slot.isGiven(ihl) {
      guard length <= 60 else {
        throw PacketBuildError(
          layer: .ip, field: 12, problem: "take \(length - 20) bytes, and a header has room for 40")
      }
      build.bytes[start] |= UInt8(length / 4)
    }
    if !slot.isGiven(len) { try build.setLength(start + 2, build.bodyEnd - start, slot, len) }
    if !slot.isGiven(chksum) {
      build.set16(start + 10, Checksum.finish(build.sum(slot.range)))
    }
  }

  static func pseudoHeader(_ slot: Slot, _ build: Build, protocol number: UInt8, length: Int) -> UInt64 {
    let start = Int(slot.start)
    // A length that was given wrong on purpose counts here too, as it does in Scapy.
    var length = length
    if slot.isGiven(len) {
      let header = slot.isGiven(ihl) ? Int(build.bytes[start] & 15) * 4 : Int(slot.end) - start
      length = max(0, Int(build.u16(start + 2)) - header)
    }
    let destination = finalDestination(slot, build) ?? start + 16
    return build.sum(start + 12..<start + 16) + build.sum(destination..<destination + 4) + UInt64(number)
      + UInt64(length)
  }

  /// With source routing the checksum is for the last hop of the route (RFC 791 section 3.1): where that address is.
  private static func finalDestination(_ slot: Slot, _ build: Build) -> Int? {
    guard slot.end - slot.start > 20 else { return nil }
    var found: Int?
    var routes = 0
    var at = Int(slot.start) + 20
    let end = Int(slot.end)
    while at < end {
      let kind = build.bytes[at] & 31
      if kind <= 1 {
        at += 1
        continue
      }
      guard at + 1 < end else { break }
      let length = Int(build.bytes[at + 1])
      guard length >= 2, at + length <= end else { break }
      if kind == 3 || kind == 9, length % 4 == 3 {
        routes += 1
        found = length >= 7 ? at + 3 + (length - 3) / 4 * 4 - 4 : nil
      }
      at += length
    }
    return routes == 1 ? found : nil
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 20 else { return nil }
    let length = Int(bytes[start] & 15) * 4
    guard length >= 20, length <= end - start else {
      return Header(end: start + 20, limit: end, next: nil, reason: .badHeaderLength)
    }
    let limit = start + Int(bytes.u16(start + 2))
    let number = bytes[start + 9]
    let isLaterFragment = bytes.u16(start + 6) & 0x1fff != 0
    let next =
      switch number {
      case 1: LayerID.icmp
      case 2: LayerID.igmp(bytes, start + length, min(end, limit))
      default: IPProtocol.layer(number)
      }
    return Header(
      end: start + length, limit: limit, next: isLaterFragment ? nil : next,
      reason: isLaterFragment ? .fragment : .none)
  }
}
