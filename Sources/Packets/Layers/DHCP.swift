/// The fixed part of a DHCP message (RFC 951, RFC 2131).
enum BOOTP: LayerType {
  static let name = "BOOTP"
  /// What options begin with (RFC 2131 section 3).
  static let magic: [UInt8] = [0x63, 0x82, 0x53, 0x63]
  static let fields: [Field] = [
    .names("op", 8, 1, [1: "BOOTREQUEST", 2: "BOOTREPLY"]), .int("htype", 8, 1), .int("hlen", 8, 6), .int("hops", 8),
    .hex("xid", 32), .int("secs", 16), .hex("flags", 16), .ipv4("ciaddr"), .ipv4("yiaddr"), .ipv4("siaddr"),
    .ipv4("giaddr"), Field("chaddr", .mac, .bits(128), .bytes([])), .fixed("sname", 64), .fixed("file", 128),
    .rest("options"),
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] { upper == .dhcp ? [(14, .bytes(magic))] : [] }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 236 else { return nil }
    let hasMagic = end - start >= 240 && (0..<4).allSatisfy { bytes[start + 236 + $0] == magic[$0] }
    return hasMagic
      ? Header(end: start + 240, limit: end, next: .dhcp) : Header(end: end, limit: end, next: nil)
  }
}

/// The options of a DHCP message (RFC 2132).
enum DHCP: LayerType {
  static let name = "DHCP"
  static let fields: [Field] = [Field("options", .dhcpOptions, .rest, .bytes([]))]

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    Header(end: end, limit: end, next: nil)
  }
}

/// Numbers, names and values of DHCP's options, by Scapy's names.
enum DHCPOptions {
  enum Value: Sendable {
    case address
    /// Of so many bytes.
    case number(Int)
    case text, bytes
  }

  struct Kind: Sendable {
    let number: UInt8
    let name: String
    let value: Value
  }

  static let messageTypes = [
    "", "discover", "offer", "request", "decline", "ack", "nak", "release", "inform", "force_renew", "lease_query",
    "lease_unassigned", "lease_unknown", "lease_active",
  ]

  static let kinds: [Kind] = [
    Kind(number: 1, name: "subnet_mask", value: .address), Kind(number: 2, name: "time_zone", value: .number(4)),
    Kind(number: 3, name: "router", value: .address), Kind(number: 4, name: "time_server", value: .address),
    Kind(number: 6, name: "name_server", value: .address), Kind(number: 7, name: "log_server", value: .address),
    Kind(number: 12, name: "hostname", value: .text), Kind(number: 13, name: "boot-size", value: .number(2)),
    Kind(number: 15, name: "domain", value: .text), Kind(number: 17, name: "root_disk_path", value: .text),
    Kind(number: 22, name: "max_dgram_reass_size", value: .number(2)),
    Kind(number: 23, name: "default_ttl", value: .number(1)),
    Kind(number: 26, name: "interface-mtu", value: .number(2)),
    Kind(number: 28, name: "broadcast_address", value: .address),
    Kind(number: 33, name: "static-routes", value: .address),
    Kind(number: 40, name: "NIS_domain", value: .text), Kind(number: 41, name: "NIS_server", value: .address),
    Kind(number: 42, name: "NTP_server", value: .address), Kind(number: 43, name: "vendor_specific", value: .text),
    Kind(number: 50, name: "requested_addr", value: .address), Kind(number: 51, name: "lease_time", value: .number(4)),
    Kind(number: 53, name: "message-type", value: .number(1)), Kind(number: 54, name: "server_id", value: .address),
    Kind(number: 55, name: "param_req_list", value: .bytes), Kind(number: 56, name: "error_message", value: .text),
    Kind(number: 57, name: "max_dhcp_size", value: .number(2)),
    Kind(number: 58, name: "renewal_time", value: .number(4)),
    Kind(number: 59, name: "rebinding_time", value: .number(4)),
    Kind(number: 60, name: "vendor_class_id", value: .text),
    Kind(number: 61, name: "client_id", value: .text), Kind(number: 66, name: "TFTP_server_name", value: .text),
    Kind(number: 67, name: "boot-file-name", value: .text),
  ]

  /// The options as an expression; `nil` when the bytes are no list of options.
  static func text(_ bytes: [UInt8]) -> String? {
    var items: [String] = []
    var rest = bytes[...]
    while let number = rest.first {
      if number == 0 || number == 255 {
        items.append(number == 0 ? "\"pad\"" : "\"end\"")
        rest = rest.dropFirst()
        continue
      }
      guard let length = rest.dropFirst().first.map(Int.init), rest.count >= 2 + length else { return nil }
      let value = Array(rest.dropFirst(2).prefix(length))
      items.append(item(number, value))
      rest = rest.dropFirst(2 + length)
    }
    return "[\(items.joined(separator: ", "))]"
  }

  private static func item(_ number: UInt8, _ value: [UInt8]) -> String {
    guard let kind = kinds.first(where: { $0.number == number }) else {
      return "(\(number), \(ByteText.literal(value, always: true)))"
    }
    var parts: [String]?
    switch kind.value {
    case .address where !value.isEmpty && value.count % 4 == 0:
      parts = stride(from: 0, to: value.count, by: 4).map { "\"\(AddressText.ipv4(Array(value[$0..<$0 + 4])))\"" }
    case .number(let width) where value.count == width:
      let number = value.reduce(0) { $0 << 8 | UInt64($1) }
      let isKnown = kind.number == 53 && (1..<UInt64(messageTypes.count)).contains(number)
      parts = [isKnown ? "\"\(messageTypes[Int(number)])\"" : String(number)]
    case .text: parts = [ByteText.literal(value)]
    case .bytes: parts = ["[\(value.map(String.init).joined(separator: ", "))]"]
    default: break
    }
    guard let parts else { return "(\(number), \(ByteText.literal(value, always: true)))" }
    return "(\"\(kind.name)\", \(parts.joined(separator: ", ")))"
  }
}
