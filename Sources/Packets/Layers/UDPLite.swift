/// Datagrams whose checksum may leave out the end (RFC 3828). Scapy has no such layer; the names are as in `UDP`, and
/// `cov` is how many bytes the checksum covers, 0 for all.
enum UDPLite: LayerType {
  static let name = "UDPLite"
  static let fields: [Field] = [
    Services.field("sport", 53), Services.field("dport", 53), .int("cov", 16), .checksum("chksum"),
  ]

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    let start = Int(slot.start)
    guard !slot.isGiven(3), let pseudo = build.pseudoHeader(under: index, protocol: 136) else { return }
    let cov = Int(build.u16(start + 4))
    let covered = cov >= 8 ? min(build.bodyEnd, start + cov) : build.bodyEnd
    let sum = Checksum.finish(pseudo + build.sum(start..<covered))
    // Zero isn't allowed here at all.
    build.set16(start + 6, sum == 0 ? 0xffff : sum)
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 8 else { return nil }
    let next = Ports.layer(bytes.u16(start), bytes.u16(start + 2), bytes, start + 8, end)
    return Header(end: start + 8, limit: end, next: next)
  }
}
