import Glibc

/// Network addresses in their usual notation, as bytes in network order.
public enum Address {
  /// Four bytes of a dotted quad; `nil` when it isn't one. The C function is `inet_pton`.
  public static func ipv4(_ text: String) -> [UInt8]? { parse(AF_INET, text, length: 4) }

  /// Sixteen bytes of an IPv6 address; `nil` when it isn't one. The C function is `inet_pton`.
  public static func ipv6(_ text: String) -> [UInt8]? { parse(AF_INET6, text, length: 16) }

  /// Six bytes of `aa:bb:cc:dd:ee:ff` (or with `-`); `nil` when it isn't one.
  public static func mac(_ text: String) -> [UInt8]? {
    let parts = text.split(whereSeparator: { $0 == ":" || $0 == "-" })
    guard parts.count == 6, text.utf8.count <= 17 else { return nil }
    let bytes = parts.compactMap { $0.count <= 2 ? UInt8($0, radix: 16) : nil }
    return bytes.count == 6 ? bytes : nil
  }

  /// An address and how many bits of it are the network's: `10.0.0.1/24`, `fd00::1/64`; all of them where there is no `/`.
  public static func withPrefix(_ text: String) -> (bytes: [UInt8], prefixLength: UInt8)? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 2, let bytes = ipv4(parts[0]) ?? ipv6(parts[0]) else { return nil }
    let bits = UInt8(8 * bytes.count)
    guard let length = parts.count == 2 ? UInt8(parts[1]) : bits, length <= bits else { return nil }
    return (bytes, length)
  }

  /// The bytes of any address that is `size` bytes long.
  public static func bytes(_ text: String, size: Int) -> [UInt8]? {
    switch size {
    case 4: ipv4(text)
    case 6: mac(text)
    case 16: ipv6(text)
    default: nil
    }
  }

  /// What kind of address it is and how many bytes it has; an address with a prefix length counts as that address.
  static func kind(_ text: String) -> (name: String, size: Int)? {
    if let (bytes, _) = withPrefix(text) { return bytes.count == 4 ? ("an IPv4 address", 4) : ("an IPv6 address", 16) }
    return mac(text) == nil ? nil : ("a MAC address", 6)
  }

  /// Notation for four, six or sixteen bytes; `nil` for any other count.
  public static func text(_ bytes: [UInt8]) -> String? {
    switch bytes.count {
    case 4: bytes.map(String.init).joined(separator: ".")
    case 6: bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    case 16:
      bytes.withUnsafeBytes { raw in
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { out in
          inet_ntop(AF_INET6, raw.baseAddress!, out.baseAddress!, socklen_t(out.count)).map { String(cString: $0) }
        }
      }
    default: nil
    }
  }

  private static func parse(_ family: Int32, _ text: String, length: Int) -> [UInt8]? {
    // To C the text would end there.
    guard !text.utf8.contains(0) else { return nil }
    var bytes = [UInt8](repeating: 0, count: length)
    return inet_pton(family, text, &bytes) == 1 ? bytes : nil
  }
}
