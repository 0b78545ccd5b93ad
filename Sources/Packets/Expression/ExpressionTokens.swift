import Spelling

/// Names, numbers and strings, as Python writes them.
extension ExpressionParser {
  func peek(_ ahead: Int = 0) -> UInt8? { position + ahead < source.count ? source[position + ahead] : nil }

  /// What stands at the present place, for an error.
  var here: String {
    guard position < source.count else { return "the end" }
    let text = String(decoding: source[position..<min(source.count, position + 16)], as: UTF8.self)
    guard let first = text.unicodeScalars.first else { return "the end" }
    return first.properties.generalCategory == .control ? "a control character" : "‘\(first)’"
  }

  mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || (0x09...0x0d).contains(byte) { position += 1 }
  }

  /// Passes over white space and the sign, when the sign is next.
  mutating func take(_ sign: String) -> Bool {
    skipSpace()
    guard source[position...].starts(with: sign.utf8) else { return false }
    position += sign.utf8.count
    return true
  }

  func isNameStart(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "_")
  }

  mutating func name() -> String {
    let start = position
    while let byte = peek(), isNameStart(byte) || (0x30...0x39).contains(byte) { position += 1 }
    return String(decoding: source[start..<position], as: UTF8.self)
  }

  /// ` (did you mean …?)`, or nothing.
  func nearest(_ name: String, _ candidates: some Sequence<String>) -> String {
    nearestName(to: name, among: candidates).map { " (did you mean \($0)?)" } ?? ""
  }

  // MARK: Numbers

  mutating func number() throws(PacketExpressionError) -> Int128 {
    let at = position
    var radix: Int128 = 10
    if peek() == UInt8(ascii: "0"), let mark = peek(1) {
      switch mark {
      case UInt8(ascii: "x"), UInt8(ascii: "X"): radix = 16
      case UInt8(ascii: "o"), UInt8(ascii: "O"): radix = 8
      case UInt8(ascii: "b"), UInt8(ascii: "B"): radix = 2
      default: break
      }
      if radix != 10 { position += 2 }
    }
    var value: Int128 = 0
    var digits = 0
    while let byte = peek() {
      if byte == UInt8(ascii: "_"), digits > 0 {
        position += 1
        continue
      }
      guard isNameStart(byte) || (0x30...0x39).contains(byte) else { break }
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < radix else {
        throw error("‘\(Unicode.Scalar(byte))’ is no digit of a number in base \(radix)")
      }
      value = value * radix + Int128(digit)
      guard value <= Int128(UInt64.max) else { throw error("the number is too large", at: at) }
      digits += 1
      position += 1
    }
    guard digits > 0 else { throw error("a number without digits", at: at) }
    if peek() == UInt8(ascii: ".") { throw error("only whole numbers can stand here", at: at) }
    return value
  }

  // MARK: Strings

  /// True at a quote, or at `b`, `r`, `u`, `br`, `rb` before one.
  func startsString() -> Bool {
    for ahead in 0...2 {
      guard let byte = peek(ahead) else { return false }
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return true }
      guard "bBrRuU".utf8.contains(byte) else { return false }
    }
    return false
  }

  mutating func string() throws(PacketExpressionError) -> (run: [UInt8], isBytes: Bool) {
    let start = position
    var isBytes = false
    var isRaw = false
    while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "'") {
      if byte | 0x20 == UInt8(ascii: "b") { isBytes = true }
      if byte | 0x20 == UInt8(ascii: "r") { isRaw = true }
      position += 1
    }
    guard let quote = peek() else { throw error("a string without an end", at: start) }
    position += 1
    if peek() == quote, peek(1) == quote { throw error("strings in triple quotes are not read here", at: start) }
    var out: [UInt8] = []
    while let byte = peek() {
      if byte == quote {
        position += 1
        return (out, isBytes)
      }
      if byte == UInt8(ascii: "\\") {
        if isRaw {
          out.append(byte)
          position += 1
          if let next = peek() {
            out.append(next)
            position += 1
          }
        } else {
          try escape(into: &out, isBytes: isBytes)
        }
        continue
      }
      if isBytes, byte >= 0x80 { throw error("a bytes literal holds ASCII only: write \\x and two digits") }
      out.append(byte)
      position += 1
    }
    throw error("a string without an end", at: start)
  }

  private mutating func escape(into out: inout [UInt8], isBytes: Bool) throws(PacketExpressionError) {
    let at = position
    guard let letter = peek(1) else { throw error("a string without an end") }
    position += 2
    switch letter {
    case UInt8(ascii: "\n"): return
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): out.append(letter)
    case UInt8(ascii: "n"): out.append(0x0a)
    case UInt8(ascii: "r"): out.append(0x0d)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "a"): out.append(0x07)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0c)
    case UInt8(ascii: "v"): out.append(0x0b)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      var value = Int(letter - 0x30)
      var digits = 1
      while digits < 3, let next = peek(), (0x30...0x37).contains(next) {
        value = value * 8 + Int(next - 0x30)
        position += 1
        digits += 1
      }
      try append(value, to: &out, isBytes: isBytes, at: at)
    case UInt8(ascii: "x"): try append(try hexDigits(2, at), to: &out, isBytes: isBytes, at: at)
    case UInt8(ascii: "u") where !isBytes: try append(try hexDigits(4, at), to: &out, isBytes: false, at: at)
    case UInt8(ascii: "U") where !isBytes: try append(try hexDigits(8, at), to: &out, isBytes: false, at: at)
    case UInt8(ascii: "N") where !isBytes: throw error("characters by name are not read here", at: at)
    default: out += [UInt8(ascii: "\\"), letter]  // as Python has it
    }
  }

  private mutating func hexDigits(_ count: Int, _ at: Int) throws(PacketExpressionError) -> Int {
    var value = 0
    for _ in 0..<count {
      guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("expected \(count) hexadecimal digits after the backslash", at: at)
      }
      value = value << 4 | digit
      position += 1
    }
    return value
  }

  /// A bytes literal takes the number as a byte, a string as a character, which goes out as UTF-8.
  private func append(
    _ value: Int, to out: inout [UInt8], isBytes: Bool, at: Int
  ) throws(PacketExpressionError) {
    if isBytes {
      out.append(UInt8(truncatingIfNeeded: value))
    } else if let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: value)) {
      out += Array(UTF8.encode(scalar).map(Array.init) ?? [])
    } else {
      throw error("no character has this number", at: at)
    }
  }
}
