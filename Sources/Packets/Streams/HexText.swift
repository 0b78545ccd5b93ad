/// Bytes written as hexadecimal digits, with or without spaces, `:` or `-` between them.
enum HexText {
  /// The bytes. Throws with the column of what can't be.
  static func parse(_ text: some Collection<UInt8>) throws(PacketInputError) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count / 2)
    var high: UInt8?
    var column = 0
    var before: UInt8?
    for byte in text {
      // Continuation bytes of UTF-8 are no characters of their own.
      if byte & 0xc0 != 0x80 { column += 1 }
      defer { before = byte }
      switch (byte, digit(byte)) {
      case (_, let value?):
        if let first = high {
          out.append(first << 4 | value)
          high = nil
        } else {
          high = value
        }
      case (UInt8(ascii: "x"), _) where high == 0 && before == UInt8(ascii: "0"): high = nil
      case (UInt8(ascii: " "), _), (UInt8(ascii: ":"), _), (UInt8(ascii: "-"), _), (9...13, _), (UInt8(ascii: ","), _):
        if high != nil { throw PacketInputError("column \(column): a byte has two digits, and here is one") }
      default: throw PacketInputError("column \(column): \(name(byte)) is no hexadecimal digit")
      }
    }
    if high != nil { throw PacketInputError("column \(column): a byte has two digits, and the last has one") }
    return out
  }

  /// True when nothing but digits and what may stand between them is there.
  static func isLikely(_ text: some Sequence<UInt8>) -> Bool {
    text.allSatisfy { digit($0) != nil || [0x20, 0x3a, 0x2d, 0x2c, 0x78, 9, 10, 13].contains($0) }
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  private static func name(_ byte: UInt8) -> String {
    (0x21..<0x7f).contains(byte) ? "“\(Character(Unicode.Scalar(byte)))”" : "byte 0x\(ByteText.hex([byte]))"
  }
}
