import BPF

/// How the bytes of a key, a value or a global are read and written: by BTF, or by size alone.
enum ValueType: Sendable {
  case btf(BTFType)
  /// Of a map that was defined by sizes only: an integer of that many bytes, an address, or raw bytes.
  case opaque(Int)
  /// All the bytes that there are, or the text in them up to the first NUL: of a record whose type isn't told.
  case rest(isText: Bool)

  /// Bytes; 0 for what is as long as it happens to be.
  var size: Int {
    switch self {
    case .btf(let type): type.size
    case .opaque(let size): size
    case .rest: 0
    }
  }

  /// The value's bytes from byte `offset` on; `nil` where there are too few.
  func slice(of bytes: [UInt8], at offset: Int) -> ArraySlice<UInt8>? {
    guard offset >= 0, offset <= bytes.count, size <= bytes.count - offset else { return nil }
    switch self {
    case .btf, .opaque: return bytes[offset..<(offset + size)]
    case .rest(let isText): return isText ? bytes[offset...].prefix { $0 != 0 } : bytes[offset...]
    }
  }

  var declaration: String {
    switch self {
    case .btf(let type): type.declaration
    case .opaque(let size): "\(size) bytes without a type"
    case .rest(let isText): isText ? "text" : "bytes"
    }
  }

  /// Encodes a value over the bytes that are there; members that it doesn't name stay as they are.
  func encode(_ value: BTFValue, over bytes: [UInt8]? = nil) throws(BTFCodecError) -> [UInt8] {
    switch self {
    case .btf(let type):
      var bytes = bytes ?? [UInt8](repeating: 0, count: type.size)
      try BTFCodec.write(value, as: type, to: &bytes, at: 0)
      return bytes
    case .opaque(let size): return try Self.encode(value, size: size)
    case .rest(let isText):
      switch value {
      case .bytes(let bytes): return bytes
      case .text(let text) where isText: return [UInt8](text.utf8)
      default:
        throw BTFCodecError(message: "\(value) given, where \(isText ? "a text" : "{ hex: … }") is wanted")
      }
    }
  }

  private static func encode(_ value: BTFValue, size: Int) throws(BTFCodecError) -> [UInt8] {
    switch value {
    case .integer(let number) where size <= 8:
      let bits = Int128(size * 8)
      guard number >= -(1 << (bits - 1)), number < 1 << bits else {
        throw BTFCodecError(message: "\(number) doesn't fit \(size) bytes")
      }
      return (0..<size).map { UInt8(truncatingIfNeeded: number >> Int128(8 * $0)) }
    case .bool(let flag) where (1...8).contains(size): return [flag ? 1 : 0] + [UInt8](repeating: 0, count: size - 1)
    case .bytes(let bytes) where bytes.count == size: return bytes
    case .text(let text):
      if let address = Address.bytes(text, size: size) { return address }
      let bytes = [UInt8](text.utf8)
      if bytes.count <= size, size > 8 { return bytes + [UInt8](repeating: 0, count: size - bytes.count) }
      fallthrough
    default:
      throw BTFCodecError(
        message: "\(value) given, and the map has no type for \(size) bytes: give a number, an address or { hex: … }")
    }
  }

  /// The integer that the bytes hold; `nil` when they hold something else.
  func integer(_ bytes: [UInt8], at offset: Int = 0) -> Int128? {
    switch self {
    case .btf(let type):
      switch type.resolved.kind {
      case .integer(_, _, let signed, _, _):
        return Self.load(bytes, offset, type.size, bigEndian: type.isBigEndian, signed: signed)
      case .enumeration(_, let signed): return Self.load(bytes, offset, type.size, bigEndian: false, signed: signed)
      case .pointer: return Self.load(bytes, offset, 8, bigEndian: false, signed: false)
      default: return nil
      }
    case .opaque(let size): return size <= 8 ? Self.load(bytes, offset, size, bigEndian: false, signed: false) : nil
    case .rest: return nil
    }
  }

  private static func load(_ bytes: [UInt8], _ offset: Int, _ size: Int, bigEndian: Bool, signed: Bool) -> Int128? {
    guard size > 0, size <= 16, offset >= 0, size <= bytes.count - offset else { return nil }
    var number: UInt128 = 0
    for index in 0..<size { number = number << 8 | UInt128(bytes[offset + (bigEndian ? index : size - 1 - index)]) }
    guard signed, size < 16, number >> UInt128(8 * size - 1) == 1 else { return Int128(truncatingIfNeeded: number) }
    return Int128(number) - (1 << Int128(8 * size))
  }

  /// Whether values of CPUs can be added up.
  var isSummable: Bool {
    switch self {
    case .btf(let type):
      if case .integer(_, _, _, _, let bool) = type.resolved.kind { return !bool }
      return false
    case .opaque(let size): return size <= 8
    case .rest: return false
    }
  }

  /// Whether its members or elements are told apart.
  var isCompound: Bool {
    guard case .btf(let type) = self else { return false }
    switch type.resolved.kind {
    case .structure, .union, .array: return true
    default: return false
    }
  }

  /// The bytes for people.
  func render(_ bytes: [UInt8]) -> String {
    switch self {
    case .btf(let type): return BTFCodec.render(bytes, as: type)
    case .opaque: return integer(bytes).map { "\($0)" } ?? BTFValue.bytes(bytes).description
    case .rest(let isText):
      guard isText, let text = String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self) else {
        return BTFValue.bytes(bytes).description
      }
      return BTFValue.text(text).description
    }
  }

  /// The bytes as text that a regular expression is matched with.
  func text(_ bytes: [UInt8]) -> String {
    if case .btf(let type) = self, case .text(let text)? = try? BTFCodec.decode(bytes, as: type) { return text }
    if case .rest(true) = self { return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    return render(bytes)
  }
}
