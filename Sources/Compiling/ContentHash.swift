import CXXHash

/// Names contents: XXH3-128, which is quick enough to check them anew at every start.
package enum ContentHash {
  /// 32 hexadecimal digits.
  package static func of(_ bytes: [UInt8]) -> String {
    let hash = bytes.withUnsafeBytes { XXH3_128bits($0.baseAddress, $0.count) }
    return digits(hash.high64) + digits(hash.low64)
  }

  /// The hash of several strings, which no other list of strings gives.
  package static func of(_ parts: [String]) -> String {
    of(parts.flatMap { part in withUnsafeBytes(of: UInt64(part.utf8.count)) { [UInt8]($0) } + [UInt8](part.utf8) })
  }

  private static func digits(_ number: UInt64) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
