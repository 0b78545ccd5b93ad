/// A run of bytes, kept apart from `[UInt8]` so that it travels in one piece and prints as hex.
public struct Bytes: Hashable, Sendable {
  public var array: [UInt8]

  public init(_ array: [UInt8] = []) { self.array = array }

  public init(_ bytes: some Sequence<UInt8>) { self.array = [UInt8](bytes) }

  public var count: Int { array.count }

  /// Lowercase hexadecimal, two digits a byte, nothing between them.
  public var hex: String {
    let digits = [UInt8]("0123456789abcdef".utf8)
    return String(unsafeUninitializedCapacity: array.count * 2) { out in
      for (index, byte) in array.enumerated() {
        out[2 * index] = digits[Int(byte >> 4)]
        out[2 * index + 1] = digits[Int(byte & 15)]
      }
      return array.count * 2
    }
  }

  /// Reads hexadecimal digits in pairs; white space and `:` between bytes are passed over. `nil` when it isn't hex.
  public init?(hex: some StringProtocol) {
    var bytes: [UInt8] = []
    var high: UInt8?
    for scalar in hex.unicodeScalars {
      if scalar.properties.isWhitespace || scalar == ":" {
        if high != nil { return nil }
        continue
      }
      guard scalar.isASCII, let digit = Character(scalar).hexDigitValue.map(UInt8.init) else { return nil }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    if high != nil { return nil }
    self.array = bytes
  }
}
