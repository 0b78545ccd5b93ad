/// MAC, IPv4 and IPv6 addresses as text.
enum AddressText {
  static func mac(_ bytes: [UInt8]) -> String { ByteText.hex(bytes, separator: UInt8(ascii: ":")) }

  static func ipv4(_ bytes: [UInt8]) -> String { bytes.map(String.init).joined(separator: ".") }

  /// RFC 5952: lower case, the longest run of two or more zero groups as `::`, the first of equals.
  static func ipv6(_ bytes: [UInt8]) -> String {
    let groups: [UInt16] = stride(from: 0, to: bytes.count - 1, by: 2).map { at in
      UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1])
    }
    var best = 0..<0
    var at = 0
    while at < groups.count {
      var end = at
      while end < groups.count, groups[end] == 0 { end += 1 }
      if end - at > max(1, best.count) { best = at..<end }
      at = max(end, at + 1)
    }
    func text(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    return best.isEmpty
      ? text(0..<groups.count) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<groups.count)
  }

  /// Six pairs of hexadecimal digits with `:` or `-` between.
  static func parseMAC(_ text: String) -> [UInt8]? {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
    guard parts.count == 6 else { return nil }
    var out: [UInt8] = []
    for part in parts {
      guard (1...2).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let byte = UInt8(part, radix: 16) else {
        return nil
      }
      out.append(byte)
    }
    return out
  }

  /// Four decimal numbers. Leading zeros are refused: some read them as octal.
  static func parseIPv4(_ text: some StringProtocol) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var out: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        part.utf8.count == 1 || part.utf8.first != 0x30, let byte = UInt8(part)
      else { return nil }
      out.append(byte)
    }
    return out
  }

  /// RFC 4291 section 2.2, an embedded IPv4 address at the end included.
  static func parseIPv6(_ text: String) -> [UInt8]? {
    guard text.utf8.count <= 45 else { return nil }
    let halves = split(text)
    guard let head = halves.first.flatMap({ groups($0, isLast: halves.count == 1) }) else { return nil }
    guard halves.count == 2 else { return halves.count == 1 && head.count == 16 ? head : nil }
    guard let tail = groups(halves[1], isLast: true), head.count + tail.count <= 14 else { return nil }
    return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  /// What stands on either side of the first `::`.
  private static func split(_ text: String) -> [Substring] {
    var at = text.startIndex
    while at < text.endIndex {
      let next = text.index(after: at)
      if next < text.endIndex, text[at] == ":", text[next] == ":" {
        return [text[..<at], text[text.index(after: next)...]]
      }
      at = next
    }
    return [text[...]]
  }

  private static func groups(_ text: Substring, isLast: Bool) -> [UInt8]? {
    if text.isEmpty { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var out: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if isLast, index == parts.count - 1, part.contains("."), let bytes = parseIPv4(part) {
        out += bytes
      } else {
        guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16)
        else { return nil }
        out += [UInt8(group >> 8), UInt8(group & 0xff)]
      }
    }
    return out.count <= 16 ? out : nil
  }
}
