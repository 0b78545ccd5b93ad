/// The Internet checksum (RFC 1071): one's complement sum of 16-bit words in network order.
enum Checksum {
  /// Sum of the words; an odd last byte counts as a high byte. Good for 2^48 words before it overflows.
  @inline(__always)
  static func sum(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard let base = bytes.baseAddress else { return 0 }
    // The sum is the same in either byte order but for a swap at the end, so words are read as the machine does.
    let raw = UnsafeRawPointer(base)
    var total: UInt64 = 0
    var at = 0
    let count = bytes.count
    while at + 8 <= count {
      let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      total &+= (word & 0xffff_ffff) &+ (word >> 32)
      at += 8
    }
    while at + 2 <= count {
      total &+= UInt64(raw.loadUnaligned(fromByteOffset: at, as: UInt16.self))
      at += 2
    }
    if at < count { total &+= UInt64(UInt16(littleEndian: UInt16(base[at]))) }
    return UInt64(UInt16(fold(total)).bigEndian)
  }

  /// Adds the carries until 16 bits are left.
  @inline(__always)
  static func fold(_ sum: UInt64) -> UInt16 {
    var sum = sum
    while sum >> 16 != 0 { sum = (sum & 0xffff) &+ (sum >> 16) }
    return UInt16(truncatingIfNeeded: sum)
  }

  /// What goes into a header.
  @inline(__always)
  static func finish(_ sum: UInt64) -> UInt16 { ~fold(sum) }
}
