/// Swift values as the bytes that they lie in memory as, and back.
///
/// Generated skeletons use it for what a C struct has and a Swift struct can't: unions, bit-fields, packed members.
public enum Layout {
  /// The memory of a value: `MemoryLayout.size` bytes.
  public static func bytes<Value: BitwiseCopyable>(of value: Value) -> [UInt8] {
    withUnsafeBytes(of: value) { [UInt8]($0) }
  }

  /// The value of these bytes; `nil` when they are not as many as it takes.
  public static func value<Value: BitwiseCopyable>(of bytes: [UInt8], as type: Value.Type) -> Value? {
    guard bytes.count == MemoryLayout<Value>.size else { return nil }
    return bytes.withUnsafeBytes { $0.loadUnaligned(as: Value.self) }
  }

  /// The part of `whole` that begins at byte `offset`. Generated code names only parts that lie inside.
  public static func load<Part: BitwiseCopyable>(
    _ type: Part.Type = Part.self, from whole: some BitwiseCopyable, at offset: Int
  ) -> Part {
    withUnsafeBytes(of: whole) { $0.loadUnaligned(fromByteOffset: offset, as: Part.self) }
  }

  /// Writes the part of `whole` that begins at byte `offset`.
  public static func store<Whole: BitwiseCopyable>(_ part: some BitwiseCopyable, to whole: inout Whole, at offset: Int)
  {
    withUnsafeMutableBytes(of: &whole) { $0.storeBytes(of: part, toByteOffset: offset, as: type(of: part)) }
  }

  /// The bit-field of so many bits from bit `offset` on, counted from the least significant bit of the first byte.
  public static func loadBits<Field: FixedWidthInteger>(
    _ type: Field.Type = Field.self, from whole: some BitwiseCopyable, at offset: Int, count: Int
  ) -> Field {
    withUnsafeBytes(of: whole) { bytes in
      var value: Field = 0
      for bit in 0..<count where bytes[(offset + bit) / 8] >> UInt8((offset + bit) % 8) & 1 == 1 {
        value |= 1 << Field(bit)
      }
      // A signed field's highest bit is its sign.
      if Field.isSigned, count < Field.bitWidth, value >> Field(count - 1) & 1 == 1 { value |= ~0 << Field(count) }
      return value
    }
  }

  /// Writes a bit-field. Of a value too wide for it the lowest bits are kept, as in C.
  public static func storeBits<Whole: BitwiseCopyable>(
    _ value: some FixedWidthInteger, to whole: inout Whole, at offset: Int, count: Int
  ) {
    withUnsafeMutableBytes(of: &whole) { bytes in
      for bit in 0..<count {
        let mask = UInt8(1) << UInt8((offset + bit) % 8)
        if value >> bit & 1 == 1 { bytes[(offset + bit) / 8] |= mask } else { bytes[(offset + bit) / 8] &= ~mask }
      }
    }
  }
}
