/// An expression that can't be read, with the place.
public struct PacketExpressionError: Error, Hashable, CustomStringConvertible, Sendable {
  /// What is wrong and, where it can be guessed, what was meant.
  public var message: String
  /// The place, in characters from 1. Line breaks count as one character.
  public var column: Int
  /// The whole expression.
  public var expression: String

  init(_ message: String, at offset: Int, in source: [UInt8]) {
    self.message = message
    let upTo = source.prefix(max(0, offset))
    // Continuation bytes of UTF-8 are no characters of their own.
    self.column = upTo.count { $0 & 0xc0 != 0x80 } + 1
    self.expression = String(decoding: source, as: UTF8.self)
  }

  /// The message, the line of the expression that it is about, and a caret under the place.
  public var description: String {
    let scalars = Array(expression.unicodeScalars)
    let place = min(max(column - 1, 0), scalars.count)
    let lineStart = scalars[..<place].lastIndex(of: "\n").map { $0 + 1 } ?? 0
    let lineEnd = scalars[place...].firstIndex(of: "\n") ?? scalars.count
    // A long line is shown around the place only.
    let from = max(lineStart, place - 60)
    let to = min(lineEnd, from + 100)
    let before = from > lineStart ? "…" : ""
    let after = to < lineEnd ? "…" : ""
    func text(_ range: Range<Int>) -> String {
      var out = String.UnicodeScalarView()
      for scalar in scalars[range] { out.append(scalar.properties.generalCategory == .control ? " " : scalar) }
      return String(out)
    }
    let indent = String(repeating: " ", count: before.count + place - from)
    return "column \(column): \(message)\n  \(before)\(text(from..<to))\(after)\n  \(indent)^"
  }
}
