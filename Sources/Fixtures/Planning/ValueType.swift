import BPF

/// How the bytes of a key, a value or a global are read and written: by BTF, or by size alone.
enum ValueType: Sendable {
  case btf(BTFType)
  /// Of a map that was defined by sizes only: an integer of that many bytes, an address, or raw bytes.
  case opaque(Int)
  /// All that there is from a place on: of a record whose type isn't told, and behind a struct.
  case rest(Rest)

  enum Rest: Sendable {
    case bytes
    /// Text up to the first NUL.
    case text
    /// As many elements as there are, as in a flexible array.
    case elements(of: BTFType)
  }

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
    case .rest(.text): return bytes[offset...].prefix { $0 != 0 }
    case .rest(.elements(let type)) where type.isCharacter: return Self.trimmed(bytes[offset...])
    case .rest: return bytes[offset...]
    }
  }

  var declaration: String {
    switch self {
    case .btf(let type): type.declaration
    case .opaque(let size): "\(size) bytes without a type"
    case .rest(.bytes): "bytes"
    case .rest(.text): "text"
    case .rest(.elements(let type)): "\(type.declaration)[]"
    }
  }

  /// What was sent of an array that a record ends in, and the same with the zeros behind it that the array would hold;
  /// `nil` where it isn't so.
  func cutShort(_ bytes: [UInt8], at offset: Int) -> (sent: ArraySlice<UInt8>, padded: [UInt8])? {
    guard case .btf(let type) = self, type.array != nil, offset >= 0, offset <= bytes.count,
      size > bytes.count - offset
    else { return nil }
    let sent = bytes[offset...]
    return (sent, sent + [UInt8](repeating: 0, count: size - sent.count))
  }

  /// What is shown of an array that a record ends in.
  func render(cutShort sent: ArraySlice<UInt8>) -> String {
    guard case .btf(let type) = self, let (element, _) = type.array else { return render([UInt8](sent)) }
    if element.isCharacter { return BTFCodec.render(characters: sent) }
    return (try? BTFCodec.decodeElements(sent, of: element))?.description ?? BTFValue.bytes([UInt8](sent)).description
  }

  /// Text may be sent with a NUL behind it, or without.
  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes[..<(bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? bytes.startIndex)]
  }

  /// Encodes a value over the bytes that are there; members that it doesn't name stay as they are.
  func encode(_ value: BTFValue, over bytes: [UInt8]? = nil) throws(BTFCodecError) -> [UInt8] {
    switch self {
    case .btf(let type):
      var bytes = bytes ?? [UInt8](repeating: 0, count: type.size)
      try BTFCodec.write(value, as: type, to: &bytes, at: 0)
      return bytes
    case .opaque(let size): return try BTFCodec.encode(value, size: size)
    case .rest(.elements(let type)):
      let bytes = try BTFCodec.elements(value, of: type)
      return type.isCharacter ? [UInt8](Self.trimmed(bytes[...])) : bytes
    case .rest(let rest): return try Self.encode(value, as: rest)
    }
  }

  private static func encode(_ value: BTFValue, as rest: Rest) throws(BTFCodecError) -> [UInt8] {
    switch value {
    case .bytes(let bytes): return bytes
    case .text(let text): if case .text = rest { return [UInt8](text.utf8) }
    case .list(let items):
      let bytes = items.compactMap { $0.integer.flatMap { UInt8(exactly: $0) } }
      if bytes.count == items.count { return bytes }
    case .fields(let fields):
      if fields.count == 1, fields[0].name == "text", case .text(let text) = fields[0].value {
        return [UInt8](text.utf8)
      }
    default: break
    }
    let wanted = if case .text = rest { "a text" } else { "{ hex: … }, { text: … } or a list of bytes" }
    throw BTFCodecError(message: "\(value) given, where \(wanted) is wanted")
  }

  /// The integer that the bytes hold, 2¹²⁷ - 1 for all that are larger; `nil` when they hold something else.
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
    if !signed, number > UInt128(Int128.max) { return .max }
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
    case .opaque:
      let hex = BTFValue.bytes(bytes).description
      // Nobody knows whether it is a number: a larger one may as well be an address.
      return integer(bytes).map { $0 < 256 ? "\($0)" : "\($0) ({ hex: \(hex.dropFirst(2)) })" } ?? hex
    case .rest(.text):
      guard let text = String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self) else {
        return BTFValue.bytes(bytes).description
      }
      return BTFValue.text(text).description
    case .rest(.elements(let type)):
      if type.isCharacter { return BTFCodec.render(characters: bytes[...]) }
      return (try? BTFCodec.decodeElements(bytes[...], of: type))?.description ?? BTFValue.bytes(bytes).description
    case .rest(.bytes): return BTFValue.bytes(bytes).description
    }
  }

  /// The bytes as text that a regular expression is matched with.
  func text(_ bytes: [UInt8]) -> String {
    if case .btf(let type) = self, case .text(let text)? = try? BTFCodec.decode(bytes, as: type) { return text }
    switch self {
    case .rest(.text): return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    case .rest(.elements(let type)) where type.isCharacter:
      return String(decoding: Self.trimmed(bytes[...]), as: UTF8.self)
    default: break
    }
    return render(bytes)
  }
}
