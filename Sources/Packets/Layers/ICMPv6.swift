extension LayerID {
  /// All of them go under `nh=58`.
  var isICMPv6: Bool {
    rawValue >= LayerID.icmpv6DestUnreach.rawValue && rawValue <= LayerID.icmpv6Unknown.rawValue
  }

  /// The layer of an ICMPv6 message by its type (RFC 4443, 4861, 2710, 3810).
  static func icmpv6(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID {
    guard end > start else { return .icmpv6Unknown }
    switch bytes[start] {
    case 1: return .icmpv6DestUnreach
    case 2: return .icmpv6PacketTooBig
    case 3: return .icmpv6TimeExceeded
    case 4: return .icmpv6ParamProblem
    case 128: return .icmpv6EchoRequest
    case 129: return .icmpv6EchoReply
    case 130: return end - start >= 28 ? .icmpv6MLQuery2 : .icmpv6MLQuery
    case 131: return .icmpv6MLReport
    case 132: return .icmpv6MLDone
    case 133: return .icmpv6NDRS
    case 134: return .icmpv6NDRA
    case 135: return .icmpv6NDNS
    case 136: return .icmpv6NDNA
    case 137: return .icmpv6NDRedirect
    case 143: return .icmpv6MLReport2
    default: return .icmpv6Unknown
    }
  }
}

/// What all ICMPv6 messages share: type, code and a checksum over a pseudo-header.
enum ICMPv6Message {
  static let types: [UInt64: String] = [
    1: "Destination unreachable", 2: "Packet too big", 3: "Time exceeded", 4: "Parameter problem",
    128: "Echo Request", 129: "Echo Reply", 130: "MLD Query", 131: "MLD Report", 132: "MLD Done",
    133: "Router Solicitation", 134: "Router Advertisement", 135: "Neighbor Solicitation",
    136: "Neighbor Advertisement", 137: "Redirect Message", 143: "MLD Report Version 2",
  ]

  static func fields(type: UInt64, _ more: [Field]) -> [Field] {
    [Field("type", .names(types, hex: false), .bits(8), .number(type)), .int("code", 8), .checksum("cksum")] + more
  }

  /// A message whose last field is everything that is left.
  static func whole(_ minimum: Int, _ start: Int, _ end: Int) -> Header? {
    end - start >= minimum ? Header(end: end, limit: end, next: nil) : nil
  }

  /// A message of 8 bytes that quotes a packet.
  static func error(_ start: Int, _ end: Int) -> Header? {
    end - start >= 8 ? Header(end: start + 8, limit: end, next: .ipv6) : nil
  }
}

/// A message of ICMPv6: its third field is the checksum.
protocol ICMPv6Layer: LayerType {}

extension ICMPv6Layer {
  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    let start = Int(slot.start)
    if !slot.isGiven(2), let pseudo = build.pseudoHeader(under: index, protocol: 58) {
      build.set16(start + 2, Checksum.finish(pseudo + build.sum(start..<build.bodyEnd)))
    }
  }
}

/// A message that has no layer of its own.
enum ICMPv6Unknown: ICMPv6Layer {
  static let name = "ICMPv6Unknown"
  static let fields = ICMPv6Message.fields(type: 1, [.rest("msgbody")])
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { ICMPv6Message.whole(4, start, end) }
}

/// Echo request (RFC 4443 section 4.1).
enum ICMPv6EchoRequestLayer: ICMPv6Layer {
  static let name = "ICMPv6EchoRequest"
  static let fields = ICMPv6Message.fields(type: 128, [.hex("id", 16), .hex("seq", 16), .rest("data")])
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { ICMPv6Message.whole(8, start, end) }
}

/// Echo reply (RFC 4443 section 4.2).
enum ICMPv6EchoReplyLayer: ICMPv6Layer {
  static let name = "ICMPv6EchoReply"
  static let fields = ICMPv6Message.fields(type: 129, [.hex("id", 16), .hex("seq", 16), .rest("data")])
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { ICMPv6Message.whole(8, start, end) }
}

/// Destination unreachable (RFC 4443 section 3.1, RFC 4884 for `length`).
enum ICMPv6DestUnreach: ICMPv6Layer {
  static let name = "ICMPv6DestUnreach"
  static let fields = ICMPv6Message.fields(type: 1, [.int("length", 8), .hex("unused", 24)])
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { ICMPv6Message.error(start, end) }
}

/// Packet too big (RFC 4443 section 3.2).
enum ICMPv6PacketTooBig: ICMPv6Layer {
  static let name = "ICMPv6PacketTooBig"
  static let fields = ICMPv6Message.fields(type: 2, [.int("mtu", 32, 1280)])
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { ICMPv6Message.error(start, end) }
}

/// Time exceeded (RFC 4443 section 3.3).
enum ICMPv6TimeExceeded: ICMPv6Layer {
  static let name = "ICMPv6TimeExceeded"
  static let fields = ICMPv6Message.fields(type: 3, [.int("length", 8), .hex("unused", 24)])
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { ICMPv6Message.error(start, end) }
}

/// Parameter problem (RFC 4443 section 3.4).
enum ICMPv6ParamProblem: ICMPv6Layer {
  static let name = "ICMPv6ParamProblem"
  static let fields = ICMPv6Message.fields(type: 4, [.int("ptr", 32, 6)])
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { ICMPv6Message.error(start, end) }
}
