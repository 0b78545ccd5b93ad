import Glibc

/// Where a socket is or goes to: a `sockaddr` and its usual notation.
///
/// `10.0.0.1:80`, `[fd00::1]:80`, a path, or `@name` for Linux' abstract unix sockets.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// The `sockaddr_in`, `sockaddr_in6`, `sockaddr_un` or `sockaddr_ll`, as bind(2) takes it.
  public var bytes: [UInt8]

  /// A `sockaddr` as the kernel gave it.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// Four or sixteen bytes of address in network order, and a port in host order; `nil` for any other count.
  public init?(address: [UInt8], port: UInt16) {
    let portBytes = [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
    switch address.count {
    // struct sockaddr_in: family, port, address, eight bytes of nothing.
    case 4: bytes = Self.family(AF_INET) + portBytes + address + [UInt8](repeating: 0, count: 8)
    // struct sockaddr_in6: family, port, flow label, address, scope.
    case 16: bytes = Self.family(AF_INET6) + portBytes + [0, 0, 0, 0] + address + [0, 0, 0, 0]
    default: return nil
    }
  }

  /// A unix socket's path, or `@name`; `nil` when it is empty or longer than the 107 bytes that a path may have.
  public init?(unix path: String) {
    var name = [UInt8](path.utf8)
    guard !name.isEmpty, name.count < 108 else { return nil }
    if name[0] == UInt8(ascii: "@") {
      // In the abstract namespace the name's length is the address' (unix(7)).
      name[0] = 0
    } else {
      name.append(0)
    }
    bytes = Self.family(AF_UNIX) + name
  }

  /// A device, by its index, for packets of every protocol: `struct sockaddr_ll` (packet(7)).
  public init(device index: UInt32) {
    // ETH_P_ALL, 3, in network order.
    bytes = Self.family(AF_PACKET) + [0, 3] + withUnsafeBytes(of: index) { [UInt8]($0) }
    bytes += [UInt8](repeating: 0, count: 12)
  }

  /// `10.0.0.1:80` or `[fd00::1]:80`; `nil` when it is neither.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    let host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      guard let address = Address.ipv6(String(host.dropFirst().dropLast())) else { return nil }
      self.init(address: address, port: port)
    } else {
      guard let address = Address.ipv4(String(host)) else { return nil }
      self.init(address: address, port: port)
    }
  }

  private static func family(_ family: Int32) -> [UInt8] {
    withUnsafeBytes(of: sa_family_t(truncatingIfNeeded: family)) { [UInt8]($0) }
  }

  /// `AF_*`; `AF_UNSPEC` when there are too few bytes to tell.
  public var family: Int32 {
    bytes.count >= 2 ? bytes.withUnsafeBytes { Int32($0.loadUnaligned(as: sa_family_t.self)) } : AF_UNSPEC
  }

  /// In host order; `nil` for families without ports.
  public var port: UInt16? {
    guard family == AF_INET || family == AF_INET6, bytes.count >= 4 else { return nil }
    return UInt16(bytes[2]) << 8 | UInt16(bytes[3])
  }

  /// Four or sixteen bytes in network order; `nil` for other families.
  public var address: [UInt8]? {
    switch family {
    case AF_INET where bytes.count >= 8: [UInt8](bytes[4..<8])
    case AF_INET6 where bytes.count >= 24: [UInt8](bytes[8..<24])
    default: nil
    }
  }

  public var description: String {
    if let address, let port, let text = Address.text(address) {
      return address.count == 4 ? "\(text):\(port)" : "[\(text)]:\(port)"
    }
    if family == AF_UNIX {
      let name = bytes.dropFirst(2)
      guard let first = name.first else { return "unnamed" }
      return first == 0
        ? "@" + String(decoding: name.dropFirst(), as: UTF8.self)
        : String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    }
    if family == AF_PACKET, bytes.count >= 8 {
      return "device \(bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self) })"
    }
    return "family \(family)"
  }
}
