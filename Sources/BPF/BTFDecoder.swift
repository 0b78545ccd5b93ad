extension BTFCodec {
  /// Decodes a value of `type` from `bytes` at byte `offset`.
  ///
  /// Integers come in host order, enumerators by name where they have one, arrays of `char` that hold a
  /// NUL-terminated printable string as text, other arrays of bytes as bytes.
  /// Throws when the value reaches beyond the bytes, or its type has no value.
  public static func decode(
    _ bytes: [UInt8], as type: BTFType, at offset: Int = 0
  ) throws(BTFCodecError) -> BTFValue {
    try decode(bytes, as: type, at: offset, depth: 0)
  }

  private static func decode(
    _ bytes: [UInt8], as type: BTFType, at offset: Int, depth: Int
  ) throws(BTFCodecError) -> BTFValue {
    if let shape = type.btf.shapes.shape(of: type) {
      return try decode(bytes, as: type, shape, at: offset, depth: depth)
    }
    let size = type.size
    guard offset >= 0, size <= bytes.count - offset, depth < 32 else {
      throw BTFCodecError(
        message: "\(type.declaration) takes \(size) bytes at byte \(offset), and there are \(bytes.count)")
    }
    switch type.resolved.kind {
    case .integer(_, _, let signed, _, let bool):
      let number = load(bytes, offset, size, bigEndian: type.isBigEndian, signed: signed)
      // The highest bit of 128 is no sign here.
      if size == 16, !signed, number < 0 { return .unsigned(UInt128(truncatingIfNeeded: number)) }
      return bool ? .bool(number != 0) : .integer(number)
    case .enumeration(_, let signed): return named(load(bytes, offset, size, bigEndian: false, signed: signed), type)
    case .float: return FloatCodec.decode(bytes[offset..<(offset + size)])
    case .pointer:
      return .integer(load(bytes, offset, 8, bigEndian: false, signed: false))
    case .array(let elementID, let count):
      let element = type.other(elementID)
      if element.size == 1, case .integer = element.resolved.kind {
        return string(bytes[offset..<(offset + size)], isText: element.isCharacter)
      }
      var items: [BTFValue] = []
      for index in 0..<count {
        do {
          items.append(try decode(bytes, as: element, at: offset + index * element.size, depth: depth + 1))
        } catch {
          throw error.inside("[\(index)]")
        }
      }
      return .list(items)
    default:
      // What has no value of its own (a forward declaration, `void`) is shown as it lies there.
      return .bytes([UInt8](bytes[offset..<(offset + size)]))
    }
  }

  /// A bit-field of the struct that begins at the first byte.
  static func bitFieldValue(_ bytes: [UInt8], _ member: BTFMember, _ type: BTFType) -> BTFValue {
    named(bitField(bytes, 0, member, type), type)
  }

  /// An enumerator's name where the type has one of that value, otherwise the number.
  private static func named(_ number: Int128, _ type: BTFType) -> BTFValue {
    if case .integer(_, _, _, _, true) = type.resolved.kind { return .bool(number != 0) }
    return type.enumerators.first { $0.value == number }.map { .text($0.name) } ?? .integer(number)
  }

  private static func decode(
    _ bytes: [UInt8], as type: BTFType, _ shape: BTFShape, at offset: Int, depth: Int
  ) throws(BTFCodecError) -> BTFValue {
    guard offset >= 0, shape.size <= bytes.count - offset, depth < 32 else {
      throw BTFCodecError(
        message: "\(type.declaration) takes \(shape.size) bytes at byte \(offset), and there are \(bytes.count)")
    }
    var fields: [BTFValue.Field] = []
    fields.reserveCapacity(shape.members.count)
    for place in shape.members {
      let member = place.member
      let value: BTFValue
      switch place.coding {
      case .number(let size, let signed, let bigEndian, _, _):
        value = .integer(
          BTFNumber.load(bytes, offset + place.offset, size: size, signed: signed, bigEndian: bigEndian))
      case .text(let count):
        value = string(bytes[(offset + place.offset)..<(offset + place.offset + count)], isText: true)
      case .general:
        let memberType = type.other(member.type)
        do {
          value =
            member.bitFieldSize > 0
            ? named(bitField(bytes, offset, member, memberType), memberType)
            : try decode(bytes, as: memberType, at: offset + place.offset, depth: depth + 1)
        } catch {
          throw error.inside(member.name)
        }
      }
      if member.name.isEmpty, case .fields(let inner) = value {
        fields += inner
      } else {
        fields.append(.init(member.name, value))
      }
    }
    return .fields(fields)
  }

  /// The value of a bit-field member of the struct that begins at byte `offset`.
  static func bitField(_ bytes: [UInt8], _ offset: Int, _ member: BTFMember, _ type: BTFType) -> Int128 {
    var number: UInt128 = 0
    for bit in 0..<member.bitFieldSize {
      let position = member.bitOffset + bit
      guard offset + position / 8 < bytes.count else { break }
      number |= UInt128(bytes[offset + position / 8] >> UInt8(position % 8) & 1) << UInt128(bit)
    }
    if type.isSigned, number >> UInt128(member.bitFieldSize - 1) == 1 {
      return Int128(truncatingIfNeeded: number) - (1 << Int128(member.bitFieldSize))
    }
    return Int128(truncatingIfNeeded: number)
  }

  private static func load(_ bytes: [UInt8], _ offset: Int, _ size: Int, bigEndian: Bool, signed: Bool) -> Int128 {
    var number: UInt128 = 0
    for index in 0..<size {
      number = number << 8 | UInt128(bytes[offset + (bigEndian ? index : size - 1 - index)])
    }
    guard signed, size > 0, size < 16, number >> UInt128(8 * size - 1) == 1 else {
      return Int128(truncatingIfNeeded: number)
    }
    return Int128(number) - (1 << Int128(8 * size))
  }

  static func string(_ bytes: ArraySlice<UInt8>, isText: Bool) -> BTFValue {
    let text = bytes.prefix { $0 != 0 }
    let rest = bytes[text.endIndex...]
    guard isText, text.allSatisfy({ (0x20..<0x7f).contains($0) }), rest.allSatisfy({ $0 == 0 }), !bytes.isEmpty
    else { return .bytes([UInt8](bytes)) }
    return .text(String(decoding: text, as: UTF8.self))
  }

  /// A value for people to read: `{hits: 1, addr: 10.0.0.1}`; addresses in their notation, bytes that don't decode as hex.
  public static func render(_ bytes: [UInt8], as type: BTFType) -> String {
    guard let value = try? decode(bytes, as: type) else { return BTFValue.bytes(bytes).description }
    return render(value, bytes: bytes, as: type, at: 0)
  }

  /// Characters for people: as text where they are, with the NULs that stand between, else as bytes.
  public static func render(characters bytes: ArraySlice<UInt8>) -> String {
    let text = bytes[..<(bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? bytes.startIndex)]
    guard text.allSatisfy({ $0 == 0 || (0x20..<0x7f).contains($0) }) else {
      return BTFValue.bytes([UInt8](bytes)).description
    }
    return "\"" + text.map { $0 == 0 ? "\\0" : String(UnicodeScalar($0)) }.joined() + "\""
  }

  /// A number beyond 64 bits, in hexadecimal too: as such 128 bits are mostly written.
  private static func wide(_ value: BTFValue) -> String? {
    switch value {
    case .integer(let number) where number.magnitude > UInt128(UInt64.max):
      return "\(number) (0x\(String(UInt128(truncatingIfNeeded: number), radix: 16)))"
    case .unsigned(let number): return "\(number) (0x\(String(number, radix: 16)))"
    default: return nil
    }
  }

  static func render(_ value: BTFValue, bytes: [UInt8], as type: BTFType, at offset: Int) -> String {
    let size = type.size
    if type.isBigEndian, size == 4, offset + 4 <= bytes.count, case .integer(let number) = value {
      return "\(number) (\(Address.text([UInt8](bytes[offset..<(offset + 4)])) ?? ""))"
    }
    if size == 16, let number = wide(value) { return number }
    if case .bytes(let raw) = value, type.array?.element.isCharacter == true { return render(characters: raw[...]) }
    if case .bytes(let raw) = value, let address = Address.text(raw), raw.count > 4 { return address }
    if case .fields = value {
      let parts = type.members.map { member in
        let inner = type.other(member.type)
        let at = offset + member.bitOffset / 8
        let text: String
        if member.bitFieldSize > 0 {
          text = named(bitField(bytes, offset, member, inner), inner).description
        } else if let memberValue = try? decode(bytes, as: inner, at: at) {
          text = render(memberValue, bytes: bytes, as: inner, at: at)
        } else {
          text = "?"
        }
        return member.name.isEmpty ? text : "\(member.name): \(text)"
      }
      return "{\(parts.joined(separator: ", "))}"
    }
    return value.description
  }
}
