/// Reads the part of Python's syntax in which Scapy packets are written. Nothing is executed.
struct ExpressionParser {
  let source: [UInt8]
  var position = 0
  private var depth = 0

  /// Brackets within brackets before it gives up.
  static let maximumDepth = 64
  /// Layers in one expression. More than the dissector ever finds, so that every printed packet can be read back.
  static let maximumLayers = 2 * Dissector.maximumDepth

  init(_ expression: String) { self.source = Array(expression.utf8) }

  func error(_ message: String, at offset: Int? = nil) -> PacketExpressionError {
    PacketExpressionError(message, at: offset ?? position, in: source)
  }

  /// Layers with slashes between them, up to the end.
  mutating func parse() throws(PacketExpressionError) -> [ExpressionNode] {
    let layers = try packet()
    guard position == source.count else { throw error("expected / and a layer, or the end, not \(here)") }
    return layers
  }

  private mutating func packet() throws(PacketExpressionError) -> [ExpressionNode] {
    var layers: [ExpressionNode] = []
    repeat {
      skipSpace()
      let at = position
      try deeper()
      if take("(") {
        layers += try packet()
        guard take(")") else { throw error("expected ) to close the bracket, not \(here)") }
      } else {
        let item = try primary()
        switch item.kind {
        case .call, .bytes: layers.append(item)
        default: throw error("expected a layer such as IP() or a string, not \(item.noun)", at: at)
        }
      }
      depth -= 1
      guard layers.count <= Self.maximumLayers else {
        throw error("more than \(Self.maximumLayers) layers", at: at)
      }
    } while take("/")
    return layers
  }

  // MARK: Values

  private mutating func deeper() throws(PacketExpressionError) {
    depth += 1
    guard depth <= Self.maximumDepth else { throw error("nested more than \(Self.maximumDepth) deep") }
  }

  private mutating func value() throws(PacketExpressionError) -> ExpressionNode {
    try deeper()
    defer { depth -= 1 }
    var left = try shift()
    while take("|") { left = try arithmetic(left, try shift(), "|") }
    return left
  }

  private mutating func shift() throws(PacketExpressionError) -> ExpressionNode {
    var left = try sum()
    while take("<<") { left = try arithmetic(left, try sum(), "<<") }
    return left
  }

  private mutating func sum() throws(PacketExpressionError) -> ExpressionNode {
    var left = try product()
    while true {
      if take("+") {
        left = try arithmetic(left, try product(), "+")
      } else if take("-") {
        left = try arithmetic(left, try product(), "-")
      } else {
        return left
      }
    }
  }

  private mutating func product() throws(PacketExpressionError) -> ExpressionNode {
    var left = try unary()
    while take("*") { left = try arithmetic(left, try unary(), "*") }
    return left
  }

  private mutating func unary() throws(PacketExpressionError) -> ExpressionNode {
    skipSpace()
    let at = position
    guard take("-") else { return try primary() }
    try deeper()
    defer { depth -= 1 }
    return try arithmetic(ExpressionNode(at: at, kind: .number(0)), try unary(), "-")
  }

  private func arithmetic(
    _ left: ExpressionNode, _ right: ExpressionNode, _ sign: String
  ) throws(PacketExpressionError) -> ExpressionNode {
    switch (left.kind, right.kind, sign) {
    case (.number(let a), .number(let b), _):
      let (result, overflow): (Int128, Bool) =
        switch sign {
        case "+": a.addingReportingOverflow(b)
        case "-": a.subtractingReportingOverflow(b)
        case "*": a.multipliedReportingOverflow(by: b)
        case "|": (a | b, false)
        default: b >= 0 && b < 64 && a >= 0 && a >> 60 == 0 ? (a << b, false) : (0, true)
        }
      guard !overflow else { throw error("the number is too large", at: left.at) }
      return ExpressionNode(at: left.at, kind: .number(result))
    case (.bytes(let run), .number(let count), "*"), (.number(let count), .bytes(let run), "*"):
      return ExpressionNode(
        at: left.at, kind: .bytes(try repeated(run, count, at: left.at)), isText: left.isText || right.isText)
    case (.bytes(let a), .bytes(let b), "+"):
      guard a.count + b.count <= Packet.maximumSize else { throw tooLong(left.at) }
      return ExpressionNode(at: left.at, kind: .bytes(a + b), isText: left.isText || right.isText)
    default:
      throw error("\(left.noun) \(sign) \(right.noun) makes no value", at: left.at)
    }
  }

  private func repeated(_ run: [UInt8], _ count: Int128, at: Int) throws(PacketExpressionError) -> [UInt8] {
    guard count > 0, !run.isEmpty else { return [] }
    guard count <= Int128(Packet.maximumSize / run.count) else { throw tooLong(at) }
    if run.count == 1 { return Array(repeating: run[0], count: Int(count)) }
    return Array((0..<Int(count)).lazy.map { _ in run }.joined())
  }

  private func tooLong(_ at: Int) -> PacketExpressionError {
    error("longer than a packet may be (\(Packet.maximumSize) bytes)", at: at)
  }

  private mutating func primary() throws(PacketExpressionError) -> ExpressionNode {
    skipSpace()
    let at = position
    guard let byte = peek() else { throw error("the expression ends where a value should be") }
    switch byte {
    case UInt8(ascii: "["):
      position += 1
      return ExpressionNode(at: at, kind: .list(try items(until: "]").items))
    case UInt8(ascii: "("):
      position += 1
      let (items, commas) = try items(until: ")")
      if items.count == 1, commas == 0 { return items[0] }
      return ExpressionNode(at: at, kind: .tuple(items))
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      return ExpressionNode(at: at, kind: .number(try number()))
    default:
      if startsString() {
        var run: [UInt8] = []
        var isText = false
        repeat {
          let (piece, isBytes) = try string()
          run += piece
          isText = isText || !isBytes
          guard run.count <= Packet.maximumSize else { throw tooLong(at) }
          skipSpace()
        } while startsString()
        return ExpressionNode(at: at, kind: .bytes(run), isText: isText)
      }
      guard isNameStart(byte) else { throw error("expected a value, not \(here)") }
      return try named(at)
    }
  }

  private mutating func items(
    until close: String
  ) throws(PacketExpressionError) -> (items: [ExpressionNode], commas: Int) {
    var items: [ExpressionNode] = []
    var commas = 0
    while !take(close) {
      if !items.isEmpty {
        guard take(",") else { throw error("expected , or \(close), not \(here)") }
        commas += 1
        if take(close) { break }
      }
      items.append(try value())
    }
    return (items, commas)
  }

  private mutating func named(_ at: Int) throws(PacketExpressionError) -> ExpressionNode {
    let name = self.name()
    switch name {
    case "None": return ExpressionNode(at: at, kind: .none)
    case "True": return ExpressionNode(at: at, kind: .number(1))
    case "False": return ExpressionNode(at: at, kind: .number(0))
    case "bytes": return ExpressionNode(at: at, kind: .bytes(try bytesCall(at)))
    default: break
    }
    guard take("(") else {
      let hint = LayerID.named(name) == nil ? nearest(name, LayerID.names) : " (did you mean \(name)()?)"
      throw error("\(name) is no value\(hint)", at: at)
    }
    var arguments: [ExpressionCall.Argument] = []
    while !take(")") {
      if !arguments.isEmpty {
        guard take(",") else { throw error("expected , or ) after a field of \(name), not \(here)") }
        if take(")") { break }
      }
      skipSpace()
      let start = position
      var label: String?
      if let byte = peek(), isNameStart(byte), !startsString() {
        let word = self.name()
        if take("=") { label = word } else { position = start }
      }
      arguments.append(ExpressionCall.Argument(name: label, at: start, value: try value()))
    }
    return ExpressionNode(at: at, kind: .call(ExpressionCall(name: name, at: at, arguments: arguments)))
  }

  /// `bytes(64)`, `bytes([1, 2])` and `bytes.fromhex("dead beef")`.
  private mutating func bytesCall(_ at: Int) throws(PacketExpressionError) -> [UInt8] {
    let fromHex = take(".fromhex")
    guard take("(") else { throw error("expected bytes(…) or bytes.fromhex(…), not \(here)") }
    let argument = try value()
    guard take(")") else { throw error("expected ) after the value of bytes, not \(here)") }
    switch (argument.kind, fromHex) {
    case (.bytes(let text), true):
      guard let run = Self.hex(text) else { throw error("not pairs of hexadecimal digits", at: argument.at) }
      return run
    case (.number(let count), false): return try repeated([0], count, at: at)
    case (.bytes(let run), false): return run
    case (.list(let items), false):
      var run: [UInt8] = []
      for item in items {
        guard case .number(let number) = item.kind, let byte = UInt8(exactly: number) else {
          throw error("a byte is a number from 0 to 255", at: item.at)
        }
        run.append(byte)
      }
      return run
    default:
      throw error(fromHex ? "bytes.fromhex takes a string" : "bytes takes a number or a list", at: argument.at)
    }
  }

  private static func hex(_ text: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for letter in text where letter != 0x20 && letter != 0x0a {
      guard let value = Character(Unicode.Scalar(letter)).hexDigitValue else { return nil }
      let digit = UInt8(value)
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return high == nil ? bytes : nil
  }
}
