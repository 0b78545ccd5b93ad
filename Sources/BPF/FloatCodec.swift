/// Floating-point numbers of IEEE 754, little-endian. BTF knows 2, 4, 8, 12 and 16 bytes; `float` and `double` are had.
enum FloatCodec {
  static func decode(_ bytes: ArraySlice<UInt8>) -> BTFValue {
    let bits = bytes.reversed().reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    switch bytes.count {
    case 4: return .float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
    case 8: return .float(Double(bitPattern: UInt64(truncatingIfNeeded: bits)))
    default: return .bytes([UInt8](bytes))
    }
  }

  static func encode(_ value: BTFValue, as type: BTFType) throws(BTFCodecError) -> [UInt8] {
    let number: Double?
    switch value {
    case .float(let given): number = given
    case .integer(let given): number = Double(given)
    case .unsigned(let given): number = Double(given)
    case .text(let given): number = Double(given)
    default: number = nil
    }
    guard let number else {
      throw BTFCodecError(message: "\(value) given, where \(type.declaration) takes a floating-point number")
    }
    switch type.size {
    case 4: return withUnsafeBytes(of: Float(number).bitPattern.littleEndian) { [UInt8]($0) }
    case 8: return withUnsafeBytes(of: number.bitPattern.littleEndian) { [UInt8]($0) }
    default:
      throw BTFCodecError(
        message: "\(type.declaration) has \(type.size) bytes, and only 4 and 8 are known: give { hex: … }")
    }
  }
}
