/// A value that goes over the wire between host and guest agent. What its bytes are is said where it conforms, once for
/// each direction; nothing on the wire names a field or a type, so both sides must be of one build (`Frame.revision`).
///
/// ```
/// Bool                   1 byte: 0 or 1
/// unsigned integer       LEB128: 7 bits a byte, the lowest first, the top bit set in all bytes but the last
/// signed integer         the same of its zigzag: 0, -1, 1, -2 … are 0, 1, 2, 3 …
/// Double                 8 bytes, IEEE 754, little endian
/// String, Bytes          count of bytes, the bytes; text is UTF-8
/// Optional               1 byte: 0, or 1 and the value
/// Array                  count of elements, the elements
/// [String: UInt32]       count of entries, each a key and its value, sorted by key
/// struct                 its fields, in order
/// enum                   1 byte for the case, its values
/// steps, what came of    see `WireRun`
/// ```
///
/// LEB128 and zigzag are those of Protocol Buffers and, for unsigned numbers, of DWARF 5, section 7.6.
///
/// A guest under emulation pays for every piece of code that is new to it, and this runs in it before anything else. Hence
/// no Codable, and nothing here is generic, boxed or looked up at run time: the optimiser makes of all that follows calls
/// of a few small functions. Those are never inlined, so that there is one of each.
protocol WireValue {
  /// Reads a value. After a fault it may be any value: `WireReader.finish` is asked before it is used.
  init(from wire: inout WireReader)
  func write(to wire: inout WireWriter)
}

extension Bool: WireValue {
  init(from wire: inout WireReader) { self = wire.bool() }
  func write(to wire: inout WireWriter) { wire.byte(self ? 1 : 0) }
}

extension UInt8: WireValue {
  init(from wire: inout WireReader) { self = UInt8(truncatingIfNeeded: wire.number(atMost: UInt64(UInt8.max))) }
  func write(to wire: inout WireWriter) { wire.number(UInt64(self)) }
}

extension UInt32: WireValue {
  init(from wire: inout WireReader) { self = UInt32(truncatingIfNeeded: wire.number(atMost: UInt64(UInt32.max))) }
  func write(to wire: inout WireWriter) { wire.number(UInt64(self)) }
}

extension UInt64: WireValue {
  init(from wire: inout WireReader) { self = wire.number() }
  func write(to wire: inout WireWriter) { wire.number(self) }
}

extension Int32: WireValue {
  init(from wire: inout WireReader) {
    // The zigzag of 32 bits is a number of 32 bits.
    let zigzag = wire.number(atMost: UInt64(UInt32.max))
    self = Int32(truncatingIfNeeded: Int64(zigzag: zigzag))
  }
  func write(to wire: inout WireWriter) { wire.number(Int64(self).zigzag) }
}

extension Int64: WireValue {
  init(from wire: inout WireReader) { self.init(zigzag: wire.number()) }
  func write(to wire: inout WireWriter) { wire.number(zigzag) }

  init(zigzag: UInt64) { self = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1) }
  var zigzag: UInt64 { UInt64(bitPattern: self << 1 ^ self >> 63) }
}

extension Int: WireValue {
  init(from wire: inout WireReader) { self = Int(Int64(zigzag: wire.number())) }
  func write(to wire: inout WireWriter) { wire.number(Int64(self).zigzag) }
}

extension Double: WireValue {
  init(from wire: inout WireReader) { self.init(bitPattern: wire.word()) }
  func write(to wire: inout WireWriter) { wire.word(bitPattern) }
}

extension String: WireValue {
  init(from wire: inout WireReader) { self = wire.text() }
  func write(to wire: inout WireWriter) { wire.text(self) }
}

extension Bytes: WireValue {
  init(from wire: inout WireReader) { self.init(wire.bytes()) }
  func write(to wire: inout WireWriter) { wire.bytes(array) }
}

extension Optional: WireValue where Wrapped: WireValue {
  init(from wire: inout WireReader) { self = wire.bool() ? wire.read() as Wrapped : nil }

  func write(to wire: inout WireWriter) {
    guard let value = self else { return wire.byte(0) }
    wire.byte(1)
    wire.write(value)
  }
}

extension Array: WireValue where Element: WireValue {
  // Most are empty, which costs no more than a count.

  @inline(__always)
  init(from wire: inout WireReader) {
    let count = wire.count()
    self = count == 0 ? [] : Self(count, from: &wire)
  }

  @inline(__always)
  func write(to wire: inout WireWriter) {
    wire.number(UInt64(count))
    if !isEmpty { writeElements(to: &wire) }
  }

  @inline(never)
  private init(_ count: Int, from wire: inout WireReader) {
    self.init(unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, !wire.hasFailed {
        buffer.initializeElement(at: filled, to: wire.read())
        filled += 1
      }
    }
  }

  @inline(never)
  private func writeElements(to wire: inout WireWriter) {
    for element in self { wire.write(element) }
  }
}

extension [String: UInt32]: WireValue {
  @inline(never)
  init(from wire: inout WireReader) {
    self = [:]
    for _ in 0..<wire.count() where !wire.hasFailed {
      let key: String = wire.read()
      if updateValue(wire.read(), forKey: key) != nil { wire.fail(.repeatsAKey) }
    }
  }

  @inline(never)
  func write(to wire: inout WireWriter) {
    wire.number(UInt64(count))
    guard !isEmpty else { return }
    for (key, value) in sorted(by: { $0.key < $1.key }) {
      wire.text(key)
      wire.write(value)
    }
  }
}
