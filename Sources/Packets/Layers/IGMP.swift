extension LayerID {
  /// All of them go under `proto=2`.
  var isIGMP: Bool { rawValue >= LayerID.igmp.rawValue && rawValue <= LayerID.igmpv3MR.rawValue }

  /// The layer of a message by its type; a query of twelve bytes or more is of version 3 (RFC 3376 section 7.1).
  static func igmp(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    guard end - start >= 8 else { return .igmp }
    switch bytes[start] {
    case 0x11: return end - start >= 12 ? .igmpv3MQ : .igmp
    case 0x22: return .igmpv3MR
    default: return .igmp
    }
  }
}

/// Group management (RFC 1112, RFC 2236).
enum IGMP: LayerType {
  static let name = "IGMP"
  /// The option that the IP header below gets unless it has others (RFC 2113).
  static let routerAlert: [UInt8] = [0x94, 4, 0, 0]
  static let types: [UInt64: String] = [
    0x11: "Group Membership Query", 0x12: "Version 1 - Membership Report", 0x16: "Version 2 - Membership Report",
    0x17: "Leave Group", 0x22: "Version 3 - Membership Report",
  ]
  static let fields: [Field] = [
    .names("type", 8, 0x11, types, hex: true), .int("mrcode", 8, 20), .checksum("chksum"), .ipv4("gaddr", shown: true),
  ]

  /// Only a query has a time to respond in.
  static func prepare(_ values: inout [FieldValue?]) {
    if values[1] == nil, let type = values[0]?.number, type != 0x11 { values[1] = 0 }
  }

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    let start = Int(slot.start)
    if !slot.isGiven(2) { build.set16(start + 2, Checksum.finish(build.sum(start..<build.bodyEnd))) }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    end - start >= 8 ? Header(end: start + 8, limit: end, next: nil) : nil
  }
}

/// A query of version 3 (RFC 3376 section 4.1). `mrcode` is the byte on the wire.
enum IGMPv3MQ: LayerType {
  static let name = "IGMPv3_MQ"
  static let fields: [Field] = [
    .names("type", 8, 0x11, IGMP.types, hex: true), .int("mrcode", 8, 20), .checksum("chksum"),
    .ipv4("gaddr", shown: true), .int("flags", 4), .int("s", 1), .int("qrv", 3), .int("qqic", 8), .length("numsrc", 16),
    Field("srcaddrs", .ipv4List, .bytes { 4 * $0.u16(10) }, .bytes([])),
  ]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(8, of: 9, unit: 4) }
  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) { try IGMP.finish(index, build) }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 12 else { return nil }
    let length = 12 + 4 * Int(bytes.u16(start + 10))
    return length <= end - start ? Header(end: start + length, limit: end, next: nil) : nil
  }
}

/// A report of version 3 (RFC 3376 section 4.2).
enum IGMPv3MR: LayerType {
  static let name = "IGMPv3_MR"
  static let fields: [Field] = [
    .names("type", 8, 0x22, IGMP.types, hex: true), .int("reserved", 8), .checksum("chksum"), .hex("flags", 16),
    .length("numgrp", 16), Field("records", .layers(IGMPRecords.self), .rest, .bytes([])),
  ]

  static func prepare(_ values: inout [FieldValue?]) {
    if values[4] == nil {
      values[4] = .number(UInt64(IGMPRecords.split(values[5]?.bytes ?? [])?.count ?? 0) & 0xffff)
    }
  }

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) { try IGMP.finish(index, build) }
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { ICMPv6Message.whole(8, start, end) }
}

/// The records of a version 3 report.
enum IGMPRecords: LayerList {
  static let noun = "a group record"
  static func accepts(_ id: LayerID) -> Bool { id == .igmpRecord }

  static func split(_ bytes: [UInt8]) -> [Layer]? {
    var layers: [Layer] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard rest.count >= 8 else { return nil }
      let length = 8 + 4 * (Int(rest[rest.startIndex + 2]) << 8 | Int(rest[rest.startIndex + 3]))
      guard length <= rest.count, let layer = Layer.item(.igmpRecord, rest.prefix(length)) else { return nil }
      layers.append(layer)
      rest = rest.dropFirst(length)
    }
    return layers
  }
}

enum IGMPRecord: ItemType {
  static let name = "IGMPv3_MR_Group"
  static let fields: [Field] = [
    .int("rtype", 8, 4), .int("auxdlen", 8), .length("numsrc", 16), .ipv4("maddr"),
    Field("srcaddrs", .ipv4List, .rest, .bytes([])),
  ]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(2, of: 4, unit: 4) }
}
