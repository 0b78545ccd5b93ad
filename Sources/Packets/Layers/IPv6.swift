/// Internet protocol version 6 (RFC 8200).
enum IPv6Layer: LayerType {
  static let name = "IPv6"
  static let localhost: FieldValue = .bytes(Array(repeating: 0, count: 15) + [1])
  static let fields: [Field] = [
    .int("version", 4, 6),
    .int("tc", 8),
    .int("fl", 20),
    .length("plen", 16),
    Field("nh", .names(IPProtocol.names, hex: false), .bits(8), .number(59)),
    .int("hlim", 8, 64),
    Field("src", .ipv6, .bits(128), localhost, shown: true),
    Field("dst", .ipv6, .bits(128), localhost, shown: true),
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    if let (destination, hops) = NeighborDiscovery.address(upper) {
      return [(4, 58), (5, .number(hops))] + (destination.map { [(7, .bytes($0))] } ?? [])
    }
    return IPv6Next.number(of: upper).map { [(4, .number($0))] } ?? []
  }

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    if !slot.isGiven(3) { try build.setLength(Int(slot.start) + 4, build.bodyEnd - Int(slot.end), slot, 3) }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 40 else { return nil }
    let number = bytes[start + 6]
    let plen = Int(bytes.u16(start + 4))
    let next = IPv6Next.layer(number, bytes, start + 40, min(end, start + 40 + plen))
    return Header(end: start + 40, limit: start + 40 + plen, next: next)
  }
}
