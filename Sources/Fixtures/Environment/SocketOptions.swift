import Glibc
import Spelling
import TestPlan

/// Reads socket options by their names, which tell the level too.
struct SocketOptions {
  /// Options that are asked for in tests of BPF programs. Others are given by number. Numbers are Linux' on x86 and ARM:
  /// include/uapi/asm-generic/socket.h, linux/in.h, linux/in6.h, linux/tcp.h, linux/udp.h.
  static let known: [(name: String, level: Int32, option: Int32)] = [
    ("SO_REUSEADDR", 1, 2), ("SO_TYPE", 1, 3), ("SO_ERROR", 1, 4), ("SO_BROADCAST", 1, 6), ("SO_SNDBUF", 1, 7),
    ("SO_RCVBUF", 1, 8), ("SO_KEEPALIVE", 1, 9), ("SO_PRIORITY", 1, 12), ("SO_LINGER", 1, 13), ("SO_REUSEPORT", 1, 15),
    ("SO_PASSCRED", 1, 16), ("SO_RCVLOWAT", 1, 18), ("SO_BINDTODEVICE", 1, 25), ("SO_TIMESTAMP", 1, 29),
    ("SO_MARK", 1, 36), ("SO_PROTOCOL", 1, 38), ("SO_BUSY_POLL", 1, 46), ("SO_MAX_PACING_RATE", 1, 47),
    ("SO_COOKIE", 1, 57), ("SO_ZEROCOPY", 1, 60), ("SO_BINDTOIFINDEX", 1, 62),
    ("IP_TOS", 0, 1), ("IP_TTL", 0, 2), ("IP_HDRINCL", 0, 3), ("IP_OPTIONS", 0, 4), ("IP_RECVTTL", 0, 12),
    ("IP_TRANSPARENT", 0, 19), ("IP_BIND_ADDRESS_NO_PORT", 0, 24),
    ("IPV6_UNICAST_HOPS", 41, 16), ("IPV6_V6ONLY", 41, 26), ("IPV6_TCLASS", 41, 67), ("IPV6_TRANSPARENT", 41, 75),
    ("TCP_NODELAY", 6, 1), ("TCP_MAXSEG", 6, 2), ("TCP_CORK", 6, 3), ("TCP_KEEPIDLE", 6, 4), ("TCP_KEEPINTVL", 6, 5),
    ("TCP_KEEPCNT", 6, 6), ("TCP_SYNCNT", 6, 7), ("TCP_DEFER_ACCEPT", 6, 9), ("TCP_WINDOW_CLAMP", 6, 10),
    ("TCP_INFO", 6, 11), ("TCP_QUICKACK", 6, 12), ("TCP_CONGESTION", 6, 13), ("TCP_USER_TIMEOUT", 6, 18),
    ("TCP_FASTOPEN", 6, 23), ("TCP_NOTSENT_LOWAT", 6, 25), ("TCP_SAVE_SYN", 6, 27), ("TCP_SAVED_SYN", 6, 28),
    ("UDP_CORK", 17, 1), ("UDP_SEGMENT", 17, 103), ("UDP_GRO", 17, 104),
  ]

  static let levels: [(name: String, level: Int32)] = [
    ("SOL_SOCKET", 1), ("SOL_IP", 0), ("IPPROTO_IP", 0), ("SOL_IPV6", 41), ("IPPROTO_IPV6", 41), ("SOL_TCP", 6),
    ("IPPROTO_TCP", 6), ("SOL_UDP", 17), ("IPPROTO_UDP", 17),
  ]

  /// Bytes asked for when the fixture says nothing: a number's, or a name's (`TCP_CA_NAME_MAX`, `IFNAMSIZ`).
  static func usualSize(_ level: Int32, _ option: Int32) -> UInt32 {
    level == 6 && option == 13 || level == 1 && option == 25 ? 16 : level == 1 && option == 57 ? 8 : 4
  }

  let complaints: Complaints

  /// `option`, and `level` where the option is a number.
  func numbers(_ fields: Fields, _ position: Position) -> (level: Int32, option: Int32)? {
    guard let node = fields["option"] else {
      complaints.add(position, "no `option` is named")
      return nil
    }
    let level = fields["level"].flatMap(self.level)
    if let name = node.text, let found = Self.known.first(where: { $0.name == name }) {
      return (level ?? found.level, found.option)
    }
    if case .integer(let number) = node.scalar, let option = Int32(exactly: number) {
      if let level { return (level, option) }
      if fields["level"] == nil { complaints.add(node.position, "an option by number needs its `level`") }
      return nil
    }
    complaints.add(
      node.position, "no socket option \(node.kind)",
      hint: node.text.flatMap { suggestion(for: $0, among: Self.known.map(\.name)) })
    return nil
  }

  /// A mapping from options to their values.
  func options(_ node: YAMLNode?) -> [SocketOption] {
    guard let node else { return [] }
    guard let entries = node.entries else {
      complaints.add(node.position, "`options` must be a mapping from socket options to values")
      return []
    }
    return entries.compactMap { entry in
      guard let name = entry.key.text, let found = Self.known.first(where: { $0.name == name }) else {
        complaints.add(
          entry.key.position, "no socket option \(entry.key.kind)",
          hint: entry.key.text.flatMap { suggestion(for: $0, among: Self.known.map(\.name)) })
        return nil
      }
      return value(entry.value).map { SocketOption(level: found.level, option: found.option, value: $0) }
    }
  }

  /// A number is an `int`, a text its bytes, `{ hex: … }` any bytes.
  func value(_ node: YAMLNode) -> Bytes? {
    switch node.scalar {
    case .integer(let number):
      if let value = Int32(exactly: number) ?? UInt32(exactly: number).map({ Int32(bitPattern: $0) }) {
        return Bytes(withUnsafeBytes(of: value) { [UInt8]($0) })
      }
    case .bool(let flag): return Bytes([flag ? 1 : 0, 0, 0, 0])
    case .text(let text): return Bytes(text.utf8)
    case .null, nil:
      if let entries = node.entries, entries.count == 1, entries[0].key.isWord("hex"),
        let bytes = entries[0].value.text.flatMap({ Bytes(hex: $0) })
      {
        return bytes
      }
    }
    complaints.add(
      node.position,
      "the value of a socket option is a number of 32 bits, a text or { hex: … }, and here is \(node.kind)")
    return nil
  }

  private func level(_ node: YAMLNode) -> Int32? {
    if case .integer(let number) = node.scalar, let level = Int32(exactly: number) { return level }
    if let name = node.text, let found = Self.levels.first(where: { $0.name == name }) { return found.level }
    complaints.add(
      node.position, "no level \(node.kind)",
      hint: node.text.flatMap { suggestion(for: $0, among: Self.levels.map(\.name)) })
    return nil
  }
}
