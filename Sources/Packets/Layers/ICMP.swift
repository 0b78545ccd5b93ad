/// Internet control messages (RFC 792, RFC 4884 for `length`). Which fields there are depends on `type`.
enum ICMPLayer: LayerType {
  static let name = "ICMP"
  static let fields: [Field] = [
    Field("type", .names(types, hex: false), .bits(8), .number(8)),
    .int("code", 8),
    .checksum("chksum"),
    .hex("id", 16).when { withID.contains($0.u8(0)) },
    .hex("seq", 16).when { withID.contains($0.u8(0)) },
    .int("ts_ori", 32).when { [13, 14].contains($0.u8(0)) },
    .int("ts_rx", 32).when { [13, 14].contains($0.u8(0)) },
    .int("ts_tx", 32).when { [13, 14].contains($0.u8(0)) },
    Field("gw", .ipv4, .bits(32), .bytes([0, 0, 0, 0])).when { $0.u8(0) == 5 },
    .int("ptr", 8).when { $0.u8(0) == 12 },
    .int("reserved", 8).when { [3, 11].contains($0.u8(0)) },
    .int("length", 8).when { [3, 11, 12].contains($0.u8(0)) },
    Field("addr_mask", .ipv4, .bits(32), .bytes([0, 0, 0, 0])).when { [17, 18].contains($0.u8(0)) },
    .int("nexthopmtu", 16).when { $0.u8(0) == 3 },
    Field(
      "unused", .decimal, .bytes { unusedBytes($0.u8(0)) }, .number(0)),
  ]

  static let types: [UInt64: String] = [
    0: "echo-reply", 3: "dest-unreach", 4: "source-quench", 5: "redirect", 8: "echo-request",
    9: "router-advertisement", 10: "router-solicitation", 11: "time-exceeded", 12: "parameter-problem",
    13: "timestamp-request", 14: "timestamp-reply", 15: "information-request", 16: "information-response",
    17: "address-mask-request", 18: "address-mask-reply", 30: "traceroute", 31: "datagram-conversion-error",
    32: "mobile-host-redirect", 33: "ipv6-where-are-you", 34: "ipv6-i-am-here", 35: "mobile-registration-request",
    36: "mobile-registration-reply", 37: "domain-name-request", 38: "domain-name-reply", 39: "skip", 40: "photuris",
  ]

  private static let withID: Set<Int> = [0, 8, 13, 14, 15, 16, 17, 18, 37, 38]

  private static func unusedBytes(_ type: Int) -> Int {
    switch type {
    case 11, 12: 2
    case 0, 3, 5, 8, 13...18: 0
    default: 4
    }
  }

  private static func length(_ type: Int) -> Int {
    switch type {
    case 13, 14: 20
    case 17, 18, 37, 38: 12
    default: 8
    }
  }

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    let start = Int(slot.start)
    if !slot.isGiven(2) {
      build.set16(start + 2, Checksum.finish(build.sum(start..<build.bodyEnd)))
    }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end > start else { return nil }
    let type = Int(bytes[start])
    let length = length(type)
    guard end - start >= length else { return nil }
    // These quote the packet that they complain about.
    let quotes = [3, 4, 5, 11, 12].contains(type)
    return Header(end: start + length, limit: end, next: quotes ? .ip : nil)
  }
}
