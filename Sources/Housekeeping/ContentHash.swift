import CXXHash
import Glibc

/// Names contents: XXH3-128, which is quick enough to check them anew at every start.
package enum ContentHash {
  /// 32 hexadecimal digits.
  package static func of(_ bytes: [UInt8]) -> String {
    digits(bytes.withUnsafeBytes { XXH3_128bits($0.baseAddress, $0.count) })
  }

  /// The hash of several strings, which no other list of strings gives.
  package static func of(_ parts: [String]) -> String {
    of(parts.flatMap { part in withUnsafeBytes(of: UInt64(part.utf8.count)) { [UInt8]($0) } + [UInt8](part.utf8) })
  }

  /// The hash of a file's contents, `nil` when it can't be read. It is read piece by piece: an agent is tens of megabytes,
  /// and memory for all of it takes longer to get than to hash.
  package static func of(file path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard let state = XXH3_createState() else { return nil }
    defer { XXH3_freeState(state) }
    XXH3_128bits_reset(state)
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? digits(XXH3_128bits_digest(state)) : nil }
      XXH3_128bits_update(state, piece, count)
    }
  }

  private static func digits(_ hash: XXH128_hash_t) -> String {
    [hash.high64, hash.low64].map { half in
      let text = String(half, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
  }
}
