/// Transmission control (RFC 9293).
enum TCPLayer: LayerType {
  static let name = "TCP"
  static let alignment = 4
  static let fields: [Field] = [
    Services.field("sport", 20),
    Services.field("dport", 80),
    .int("seq", 32),
    .int("ack", 32),
    .length("dataofs", 4),
    .int("reserved", 3),
    Field("flags", .flags(["F", "S", "R", "P", "A", "U", "E", "C", "N"]), .bits(9), .number(2)),
    .int("window", 16, 8192),
    .checksum("chksum"),
    .int("urgptr", 16),
    Field("options", .tcpOptions, .rest, .bytes([])),
  ]
  private static let (dataofs, chksum) = (4, 8)

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    switch upper {
    case .tls: [(1, 443)]
    case .dnsOverTCP: [(0, 53)]
    default: []
    }
  }

  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {
    let slot = build.slots[index]
    let start = Int(slot.start)
    if !slot.isGiven(dataofs) {
      let length = Int(slot.end) - start
      guard length <= 60 else {
        throw PacketBuildError(
          layer: .tcp, field: 10, problem: "take \(length - 20) bytes, and a header has room for 40")
      }
      build.bytes[start + 12] |= UInt8(length / 4) << 4
    }
    if !slot.isGiven(chksum), let pseudo = build.pseudoHeader(under: index, protocol: 6) {
      build.set16(start + 16, Checksum.finish(pseudo + build.sum(start..<build.bodyEnd)))
    }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 20 else { return nil }
    let length = Int(bytes[start + 12] >> 4) * 4
    guard length >= 20, length <= end - start else {
      return Header(end: start + 20, limit: end, next: nil, reason: .badHeaderLength)
    }
    return Header(end: start + length, limit: end, next: layer(bytes, start, start + length, end))
  }

  /// The layer behind the ports, where a whole one lies at the beginning of the segment.
  private static func layer(_ bytes: ByteView, _ start: Int, _ payload: Int, _ end: Int) -> LayerID? {
    let ports = (bytes.u16(start), bytes.u16(start + 2))
    if ports.0 == 443 || ports.1 == 443 { return TLS.layer(bytes, payload, end) }
    if ports.0 == 53 || ports.1 == 53 {
      return DNSOverTCP.dissect(bytes, payload, end) == nil ? nil : .dnsOverTCP
    }
    return nil
  }
}

/// Well-known ports (IANA, service-names-port-numbers) that may be written by name.
enum Services {
  static let names: [UInt64: String] = [
    20: "ftp_data", 21: "ftp", 22: "ssh", 23: "telnet", 25: "smtp", 53: "domain", 67: "bootps", 68: "bootpc",
    69: "tftp", 80: "http", 110: "pop3", 123: "ntp", 143: "imap2", 161: "snmp", 179: "bgp", 389: "ldap", 443: "https",
    445: "microsoft_ds", 514: "syslog", 587: "submission", 636: "ldaps", 853: "domain_s", 993: "imaps", 995: "pop3s",
    3306: "mysql", 5060: "sip", 5432: "postgresql", 6379: "redis", 8080: "http_alt",
  ]

  static func field(_ name: String, _ initial: UInt64) -> Field {
    Field(name, .names(names, hex: false), .bits(16), .number(initial), shown: true)
  }
}
