/// Text made fit to be shown: its width in columns, cut, wrapped, and stripped of what would drive a terminal.
enum Text {
  /// Columns that a terminal gives the text: 2 for East Asian wide characters and emoji, 0 for combining marks.
  static func width(_ text: String) -> Int {
    text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.reduce(0) { $0 + width($1) }
  }

  private static func width(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if character.unicodeScalars.contains(where: { $0.value == 0xfe0f }) { return 2 }
    switch first.value {
    // The wide blocks of Unicode's EastAsianWidth.txt, and its emoji.
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
      0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1faff,
      0x20000...0x3fffd:
      return 2
    default:
      switch first.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: return 0
      default: return first.properties.isEmojiPresentation ? 2 : 1
      }
    }
  }

  /// Cuts text to at most that many columns and marks the cut.
  static func truncate(_ text: String, to columns: Int, unicode: Bool) -> String {
    guard width(text) > columns else { return text }
    let mark = unicode ? "…" : "~"
    var kept = ""
    var used = 0
    for character in text {
      let next = width(character)
      if used + next > columns - 1 { break }
      kept.append(character)
      used += next
    }
    return columns > 0 ? kept + mark : ""
  }

  /// Fills text up to that many columns with blanks on its right.
  static func pad(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - width(text)))
  }

  /// Breaks text at blanks into lines of at most that many columns; a longer word keeps a line to itself.
  static func wrap(_ text: String, to columns: Int?) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let columns else { return lines }
    return lines.flatMap { line -> [String] in
      guard width(line) > columns else { return [line] }
      var wrapped: [String] = []
      var current = ""
      for word in line.split(separator: " ") {
        if !current.isEmpty, width(current) + 1 + width(String(word)) > columns {
          wrapped.append(current)
          current = ""
        }
        current += (current.isEmpty ? "" : " ") + word
      }
      return wrapped + [current]
    }
  }

  /// One line without control characters: a name may hold any, and none may move the reader's cursor.
  static func line(_ text: String) -> String { visible(text, keepingLines: false) }

  /// The lines of a text without other control characters and without blank lines at its end; tabs become four blanks.
  static func lines(_ text: String) -> [String] {
    var lines = visible(text, keepingLines: true).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
    return lines
  }

  private static func visible(_ text: String, keepingLines: Bool) -> String {
    var clean = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r" where keepingLines: continue
      case "\n" where keepingLines: clean.unicodeScalars.append(scalar)
      case "\t" where keepingLines: clean += "    "
      case "\n": clean += "\\n"
      case "\t": clean += "\\t"
      case _ where isControl(scalar): clean += "\\u{\(String(scalar.value, radix: 16))}"
      default: clean.unicodeScalars.append(scalar)
      }
    }
    return clean
  }

  /// C0, DEL and C1 controls, and the marks that reorder text (UAX #9).
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1f, 0x7f...0x9f, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: true
    default: false
    }
  }

  /// `1 test`, `2 tests`.
  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// A number with that many decimals, rounded; `-` for what is no number.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
    guard let scaled = Int64(exactly: (value.magnitude * scale).rounded()) else { return "-" }
    let unit = Int64(scale)
    let sign = value < 0 && scaled != 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(scaled)" }
    let fraction = String(scaled % unit)
    return "\(sign)\(scaled / unit)." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }
}
