/// What text stands for where BTF, or the size of a value, tells: characters where the type is an array of `char`, else an
/// address of exactly that size. Nothing is ever taken for the other: a dotted quad that doesn't fit must not become text.
enum BTFText {
  /// Whether text is the characters of a value. Of one that an array of `char` has no room for it is looked at as an address.
  static func areCharacters(_ text: String, _ type: BTFType) -> Bool {
    guard let (element, count) = type.array else { return false }
    return element.isCharacter && text.utf8.count <= count
  }

  /// The text of `{ text: "…" }`, which means characters whatever the bytes are declared as.
  static func given(_ fields: [BTFValue.Field]) -> String? {
    guard fields.count == 1, fields[0].name == "text", case .text(let text) = fields[0].value else { return nil }
    return text
  }

  /// Characters with zeros behind them.
  static func characters(_ text: String, _ declaration: String, size: Int) throws(BTFCodecError) -> [UInt8] {
    let bytes = [UInt8](text.utf8)
    guard bytes.count <= size else {
      throw BTFCodecError(message: "\"\(text)\" takes \(bytes.count) bytes, and \(declaration) holds \(size)")
    }
    return bytes + [UInt8](repeating: 0, count: size - bytes.count)
  }

  static func misfit(_ text: String, _ type: BTFType) -> BTFCodecError {
    misfit(text, type.declaration, size: type.size, takesText: type.array?.element.size == 1)
  }

  /// Why text is no value of a type, with both sizes.
  static func misfit(_ text: String, _ declaration: String, size: Int, takesText: Bool = false) -> BTFCodecError {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if let (kind, length) = Address.kind(text) {
      // The key of an LPM trie begins with a length of four bytes.
      if parts.count == 2 {
        let mapped = length == 4 && size == 20 ? UInt8(parts[1]).map { "::ffff:\(parts[0])/\(Int($0) + 96)" } : nil
        return BTFCodecError(
          message: "\"\(text)\" is a prefix length and \(kind), \(length + 4) bytes, and \(declaration) takes \(size)",
          suggestion: mapped)
      }
      return BTFCodecError(
        message: "\"\(text)\" is \(kind) of \(length) bytes, and \(declaration) takes \(size)",
        suggestion: length == 4 && size == 16 ? "::ffff:\(text)" : nil)
    }
    let advice = takesText ? "; { text: … } says that characters are meant" : ""
    return BTFCodecError(
      message:
        "\"\(text)\" has \(text.utf8.count) bytes as text and is no address, and \(declaration), of \(size) bytes, "
        + "is no array of char\(advice)")
  }
}

extension BTFCodec {
  /// Encodes a value of which only the size is known: a number of up to eight bytes in the machine's order, a truth value,
  /// an address of exactly that size, bytes, or `{ text: … }`.
  public static func encode(_ value: BTFValue, size: Int) throws(BTFCodecError) -> [UInt8] {
    switch value {
    case .integer(let number) where (1...8).contains(size):
      let bits = Int128(size * 8)
      guard number >= -(1 << (bits - 1)), number < 1 << bits else {
        throw BTFCodecError(message: "\(number) doesn't fit \(size) bytes")
      }
      return (0..<size).map { UInt8(truncatingIfNeeded: number >> Int128(8 * $0)) }
    case .bool(let flag) where (1...8).contains(size): return [flag ? 1 : 0] + [UInt8](repeating: 0, count: size - 1)
    case .bytes(let bytes):
      guard bytes.count == size else {
        throw BTFCodecError(message: "\(bytes.count) bytes given, and \(size) are wanted")
      }
      return bytes
    case .text(let text):
      if let address = Address.bytes(text, size: size) { return address }
      throw BTFText.misfit(text, "a value without a type", size: size, takesText: true)
    case .fields(let fields):
      if let text = BTFText.given(fields) { return try BTFText.characters(text, "a value without a type", size: size) }
    default: break
    }
    throw BTFCodecError(
      message:
        "\(value) given, and nothing is known of the \(size) bytes but their number: give a number, an address or "
        + "{ hex: … }")
  }
}
