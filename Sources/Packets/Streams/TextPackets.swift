/// Packets in a text: an expression or hexadecimal digits on each line, or arrays as C has them.
///
/// Empty lines and lines that begin with `#` or `//` or are C comments hold none.
struct TextPackets {
  private var lines: LineReader
  private let name: String
  private let link: LinkLayer?
  private let onlyExpressions: Bool
  private var count = 0

  init(_ input: CaptureInput, name: String, link: LinkLayer?, onlyExpressions: Bool) {
    lines = LineReader(input)
    (self.name, self.link, self.onlyExpressions) = (name, link, onlyExpressions)
  }

  private var place: String { "\(name), line \(lines.number)" }

  mutating func next() throws -> InputPacket? {
    var isComment = false
    while let line = try lines.next() {
      let text = String(decoding: line, as: UTF8.self).trimmed
      if isComment || text.hasPrefix("/*") {
        isComment = !text.hasSuffix("*/")
        continue
      }
      if text.isEmpty || text.hasPrefix("#") || text.hasPrefix("//") { continue }
      count += 1
      if text.hasSuffix("{"), text.contains("[") { return try array() }
      if onlyExpressions || Self.isExpression(text) {
        // Untrimmed, so that columns are those of the line.
        return try InputPacket(expression: String(decoding: line, as: UTF8.self), number: count, place: place)
      }
      do {
        return InputPacket(bytes: try HexText.parse(line), link: link, number: count, place: place)
      } catch {
        throw PacketInputError("\(error); a line is hexadecimal digits or an expression", at: place)
      }
    }
    return nil
  }

  /// Strings and layers have quotes and brackets, digits have none.
  static func isExpression(_ text: String) -> Bool { text.contains { "(\"'".contains($0) } }

  /// The numbers of an array up to its closing brace.
  private mutating func array() throws -> InputPacket {
    let start = place
    var bytes: [UInt8] = []
    while let line = try lines.next() {
      let text = String(decoding: line, as: UTF8.self)
      let inside = text.prefix { $0 != "}" }
      for item in inside.split(separator: ",") {
        let word = String(item).trimmed
        if word.isEmpty { continue }
        let isHex = word.hasPrefix("0x") || word.hasPrefix("0X")
        guard let byte = isHex ? UInt8(word.dropFirst(2), radix: 16) : UInt8(word) else {
          throw PacketInputError("“\(word.prefix(20))” is no byte of an array: 0x00 to 0xff, or 0 to 255", at: place)
        }
        bytes.append(byte)
        guard bytes.count <= LineReader.longest else { throw PacketInputError("the array is too long", at: start) }
      }
      if inside.endIndex != text.endIndex { return InputPacket(bytes: bytes, link: link, number: count, place: start) }
    }
    throw PacketInputError("the array has no }", at: start)
  }
}

extension String {
  /// Without white space around it.
  var trimmed: String {
    var part = self[...]
    while part.first?.isWhitespace == true { part.removeFirst() }
    while part.last?.isWhitespace == true { part.removeLast() }
    return String(part)
  }
}
