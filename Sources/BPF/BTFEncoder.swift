/// Turns values into the memory layout that BTF describes, and back.
public enum BTFCodec {
  /// Encodes `value` as `type`, `type.size` bytes long; members and elements that aren't given are zero.
  ///
  /// Integers for `__be16`, `__be32` and `__be64` are given in host order and stored in network order. A dotted quad,
  /// an IPv6 address or a MAC fills a type of 4, 16 or 6 bytes; `10.0.0.0/8` fills the key of an LPM trie
  /// (`struct bpf_lpm_trie_key`: a prefix length, then the address). Throws `BTFCodecError` with the path inside `value`.
  public static func encode(_ value: BTFValue, as type: BTFType) throws(BTFCodecError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: type.size)
    try write(value, as: type, to: &bytes, at: 0)
    return bytes
  }

  /// Encodes `value` as `type` into `bytes` at byte `offset`, leaving alone what `value` doesn't name.
  public static func write(
    _ value: BTFValue, as type: BTFType, to bytes: inout [UInt8], at offset: Int
  ) throws(BTFCodecError) {
    let size = type.size
    guard offset >= 0, size <= bytes.count - offset else {
      throw BTFCodecError(message: "\(type.declaration) at byte \(offset) lies outside \(bytes.count) bytes")
    }
    if case .null = value {
      throw BTFCodecError(message: "there is no value here, and \(type.declaration) takes one")
    }
    if case .bytes(let raw) = value {
      guard raw.count == size else {
        throw BTFCodecError(message: "\(raw.count) bytes given for \(type.declaration), which takes \(size)")
      }
      bytes.replaceSubrange(offset..<(offset + size), with: raw)
      return
    }
    if case .text(let text) = value, !isNumber(type), !BTFText.areCharacters(text, type),
      let address = Address.bytes(text, size: size)
    {
      bytes.replaceSubrange(offset..<(offset + size), with: address)
      return
    }
    switch type.resolved.kind {
    case .integer(let bits, _, let signed, _, let bool):
      if size == 16, !signed, let number = large(value) {
        store(number, size: size, bigEndian: false, &bytes, offset)
        return
      }
      let number = try integer(value, as: type, size: size)
      let width = bool ? 1 : min(bits, size * 8)
      store(
        try fit(number, bits: width, signed: signed, type: type), size: size, bigEndian: type.isBigEndian, &bytes,
        offset)
    case .enumeration(let enumerators, let signed):
      let number = try enumerator(value, among: enumerators, type: type)
      store(
        try fit(number, bits: size * 8, signed: signed || number < 0, type: type), size: size, bigEndian: false, &bytes,
        offset)
    case .pointer:
      let number = try integer(value, as: type, size: 8)
      store(try fit(number, bits: 64, signed: false, type: type), size: 8, bigEndian: false, &bytes, offset)
    case .array(let element, let count):
      try writeArray(value, of: type.other(element), count: count, as: type, to: &bytes, at: offset)
    case .structure, .union:
      try writeFields(value, as: type, to: &bytes, at: offset)
    case .float:
      bytes.replaceSubrange(offset..<(offset + size), with: try FloatCodec.encode(value, as: type))
    default:
      throw BTFCodecError(message: "a value of type \(type.declaration) can't be written")
    }
  }

  private static func isNumber(_ type: BTFType) -> Bool {
    if case .enumeration = type.resolved.kind { return true }
    return false
  }

  private static func integer(
    _ value: BTFValue, as type: BTFType, size: Int
  ) throws(BTFCodecError) -> Int128 {
    switch value {
    case .integer(let number): return number
    case .bool(let flag): return flag ? 1 : 0
    case .text(let text):
      if let number = number(text) { return number }
      if let found = type.btf.enumerator(text) { return found.value }
      if type.isCharacter, text.utf8.count == 1, let byte = text.utf8.first { return Int128(byte) }
      if large(value) != nil {
        throw BTFCodecError(message: "\(text) doesn't fit \(type.declaration), of \(size) bytes")
      }
      if Address.kind(text) != nil { throw BTFText.misfit(text, type.declaration, size: size) }
      throw BTFCodecError(message: "\"\(text)\" is not a number, and \(type.declaration) takes one")
    case .unsigned(let number):
      throw BTFCodecError(message: "\(number) doesn't fit \(type.declaration), of \(size) bytes")
    default: throw BTFCodecError(message: "\(value) given, where \(type.declaration) takes a number")
    }
  }

  /// Decimal or `0x…`.
  private static func number(_ text: String) -> Int128? {
    text.hasPrefix("0x") ? Int128(text.dropFirst(2), radix: 16) : Int128(text)
  }

  /// A number of 2¹²⁷ or more.
  private static func large(_ value: BTFValue) -> UInt128? {
    switch value {
    case .unsigned(let number): return number
    case .text(let text):
      let number = text.hasPrefix("0x") ? UInt128(text.dropFirst(2), radix: 16) : UInt128(text)
      return number.flatMap { $0 > UInt128(Int128.max) ? $0 : nil }
    default: return nil
    }
  }

  private static func enumerator(
    _ value: BTFValue, among enumerators: [BTFEnumerator], type: BTFType
  ) throws(BTFCodecError) -> Int128 {
    switch value {
    case .integer(let number): return number
    case .text(let name):
      if let found = enumerators.first(where: { $0.name == name }) { return found.value }
      if let number = number(name) { return number }
      throw BTFCodecError(
        message: "\(type.declaration) has no value `\(name)`",
        suggestion: nearestName(to: name, among: enumerators.map(\.name)))
    default: throw BTFCodecError(message: "\(value) given, where \(type.declaration) takes a name or a number")
    }
  }

  private static func fit(
    _ number: Int128, bits: Int, signed: Bool, type: BTFType
  ) throws(BTFCodecError) -> UInt128 {
    guard bits > 0 else { throw BTFCodecError(message: "\(type.declaration) has no bits") }
    let least: Int128 = !signed ? 0 : bits > 127 ? .min : -(1 << Int128(bits - 1))
    // What is beyond an `Int128` has been dealt with before.
    let most: Int128 = bits > 127 || !signed && bits > 126 ? .max : (1 << Int128(signed ? bits - 1 : bits)) - 1
    guard (least...most).contains(number) else {
      let bound = !signed && bits > 127 ? "\(UInt128.max)" : "\(most)"
      throw BTFCodecError(message: "\(number) doesn't fit \(type.declaration), which holds \(least) to \(bound)")
    }
    return UInt128(truncatingIfNeeded: number)
  }

  private static func store(
    _ value: UInt128, size: Int, bigEndian: Bool, _ bytes: inout [UInt8], _ offset: Int
  ) {
    for index in 0..<size {
      let shift = UInt128(8 * (bigEndian ? size - 1 - index : index))
      bytes[offset + index] = UInt8(truncatingIfNeeded: value >> shift)
    }
  }

  private static func writeArray(
    _ value: BTFValue, of element: BTFType, count: Int, as type: BTFType, to bytes: inout [UInt8], at offset: Int
  ) throws(BTFCodecError) {
    switch value {
    case .text(let text):
      guard element.isCharacter else { throw BTFText.misfit(text, type) }
      let characters = try BTFText.characters(text, type.declaration, size: count)
      bytes.replaceSubrange(offset..<(offset + count), with: characters)
    case .list(let items):
      guard items.count <= count else {
        throw BTFCodecError(message: "\(items.count) elements given, and \(type.declaration) holds \(count)")
      }
      for (index, item) in items.enumerated() {
        do {
          try write(item, as: element, to: &bytes, at: offset + index * element.size)
        } catch {
          throw error.inside("[\(index)]")
        }
      }
    case .fields(let fields) where element.size == 1 && BTFText.given(fields) != nil:
      let characters = try BTFText.characters(BTFText.given(fields) ?? "", type.declaration, size: count)
      bytes.replaceSubrange(offset..<(offset + count), with: characters)
    case .fields(let fields):
      // `{ 6: { bytes: 1 } }`: some elements, by their indices.
      for field in fields {
        guard let index = Int(field.name), index >= 0, index < count else {
          throw BTFCodecError(
            message: "`\(field.name)` is no index of \(type.declaration), which has \(count) elements")
        }
        do {
          try write(field.value, as: element, to: &bytes, at: offset + index * element.size)
        } catch {
          throw error.inside("[\(index)]")
        }
      }
    default: throw BTFCodecError(message: "\(value) given, where \(type.declaration) takes a list or a string")
    }
  }

  private static func writeFields(
    _ value: BTFValue, as type: BTFType, to bytes: inout [UInt8], at offset: Int
  ) throws(BTFCodecError) {
    if case .text(let text) = value, let prefix = lpmKey(text, size: type.size) {
      bytes.replaceSubrange(offset..<(offset + type.size), with: prefix)
      return
    }
    if case .text(let text) = value, Address.kind(text) != nil { throw BTFText.misfit(text, type) }
    guard case .fields(let fields) = value else {
      throw BTFCodecError(
        message: "\(value) given, where \(type.declaration) takes its members: "
          + type.memberNames.prefix(8).joined(separator: ", "))
    }
    let shape = type.btf.shapes.shape(of: type)
    for (index, field) in fields.enumerated() {
      if case .integer(let number) = field.value, let place = shape?.member(field.name, near: index),
        case .number(let size, _, let bigEndian, let least, let most) = place.coding, least <= number, number <= most
      {
        BTFNumber.store(number, &bytes, offset + place.offset, size: size, bigEndian: bigEndian)
        continue
      }
      guard let member = type.member(field.name) else {
        throw BTFCodecError(
          message: "\(type.declaration) has no member `\(field.name)`",
          suggestion: nearestName(to: field.name, among: type.memberNames))
      }
      do {
        if member.bitFieldSize > 0 {
          try writeBitField(field.value, member, as: type.type(of: member), to: &bytes, at: offset)
        } else {
          try write(field.value, as: type.type(of: member), to: &bytes, at: offset + member.bitOffset / 8)
        }
      } catch {
        throw error.inside(field.name)
      }
    }
  }

  private static func writeBitField(
    _ value: BTFValue, _ member: BTFMember, as type: BTFType, to bytes: inout [UInt8], at offset: Int
  ) throws(BTFCodecError) {
    var whole = [UInt8](repeating: 0, count: type.size)
    try write(value, as: type, to: &whole, at: 0)
    var number = Int128(truncatingIfNeeded: whole.reversed().reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
    let (bits, width) = (Int128(type.size * 8), Int128(member.bitFieldSize))
    if type.isSigned, bits > 0, bits < 127, number >> (bits - 1) == 1 { number -= 1 << bits }
    let least: Int128 = type.isSigned && width > 0 ? -(1 << (width - 1)) : 0
    let most: Int128 = type.isSigned && width > 0 ? (1 << (width - 1)) - 1 : (1 << min(width, 126)) - 1
    guard (least...most).contains(number) else {
      throw BTFCodecError(
        message: "\(value) doesn't fit a bit-field of \(width) bits, which holds \(least) to \(most)")
    }
    for bit in 0..<member.bitFieldSize {
      let position = member.bitOffset + bit
      guard offset + position / 8 < bytes.count else { return }
      let mask = UInt8(1) << UInt8(position % 8)
      if number >> Int128(bit) & 1 == 1 {
        bytes[offset + position / 8] |= mask
      } else {
        bytes[offset + position / 8] &= ~mask
      }
    }
  }

  /// `10.0.0.0/8` or `fd00::/8` as an LPM trie's key; `nil` when the text or the size is of another kind.
  private static func lpmKey(_ text: String, size: Int) -> [UInt8]? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, size == 8 || size == 20, let length = UInt32(parts[1]),
      let address = Address.bytes(String(parts[0]), size: size - 4), Int(length) <= address.count * 8
    else { return nil }
    return withUnsafeBytes(of: length) { [UInt8]($0) } + address
  }
}
