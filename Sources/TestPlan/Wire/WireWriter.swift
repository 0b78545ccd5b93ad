/// Writes values one after the other, as `WireReader` reads them.
struct WireWriter {
  private(set) var payload: [UInt8] = []

  /// The payload that is this value and nothing else.
  static func payload(of value: some WireValue) -> [UInt8] {
    var wire = WireWriter()
    // As long as most messages.
    wire.payload.reserveCapacity(1024)
    value.write(to: &wire)
    return wire.payload
  }

  // MARK: - Values

  @inline(__always)
  mutating func write(_ value: some WireValue) { value.write(to: &self) }

  /// A case of an enumeration, and its values.
  @inline(__always)
  mutating func write(case tag: UInt8, _ one: some WireValue) {
    byte(tag)
    write(one)
  }

  @inline(__always)
  mutating func write(case tag: UInt8, _ one: some WireValue, _ two: some WireValue) {
    write(case: tag, one)
    write(two)
  }

  @inline(__always)
  mutating func write(case tag: UInt8, _ one: some WireValue, _ two: some WireValue, _ three: some WireValue) {
    write(case: tag, one, two)
    write(three)
  }

  @inline(__always)
  mutating func write(
    case tag: UInt8, _ one: some WireValue, _ two: some WireValue, _ three: some WireValue, _ four: some WireValue
  ) {
    write(case: tag, one, two, three)
    write(four)
  }

  // MARK: - Pieces

  @inline(never)
  mutating func byte(_ byte: UInt8) { payload.append(byte) }

  /// LEB128.
  @inline(never)
  mutating func number(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      payload.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    payload.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Eight bytes, little endian.
  @inline(never)
  mutating func word(_ word: UInt64) {
    withUnsafeBytes(of: word.littleEndian) { payload.append(contentsOf: $0) }
  }

  @inline(never)
  mutating func bytes(_ bytes: [UInt8]) {
    number(UInt64(bytes.count))
    payload.append(contentsOf: bytes)
  }

  @inline(never)
  mutating func text(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      number(UInt64(bytes.count))
      payload.append(contentsOf: bytes)
    }
  }

  // MARK: - Taking back

  /// Drops all that was written from this byte on.
  mutating func drop(from position: Int) { payload.removeLast(payload.count - position) }

  /// Whether what was written from `start` on is what stands at `range`.
  @inline(never)
  func repeats(_ range: Range<Int>, from start: Int) -> Bool {
    guard payload.count - start == range.count else { return false }
    return payload.withUnsafeBytes { bytes in
      for index in 0..<range.count where bytes[start + index] != bytes[range.lowerBound + index] { return false }
      return true
    }
  }
}
