import Results

/// How a verdict looks: one glyph and one colour each, so that a table can be read from across the room.
extension Verdict {
  /// A character one column wide.
  func glyph(_ style: Style) -> String {
    switch self {
    case .passed: style.unicode ? "✓" : "."
    case .failed: style.unicode ? "✗" : "F"
    case .rejected: style.unicode ? "⊘" : "R"
    case .skipped: style.unicode ? "–" : "-"
    case .crashed: style.unicode ? "↯" : "C"
    case .hung: style.unicode ? "⧖" : "H"
    case .infra: "?"
    case .invalid: "!"
    }
  }

  /// An emoji, for where GitHub shows Markdown.
  var emoji: String {
    switch self {
    case .passed: "✅"
    case .failed: "❌"
    case .rejected: "⛔"
    case .skipped: "➖"
    case .crashed: "💥"
    case .hung: "⏳"
    case .infra: "⚠️"
    case .invalid: "🚫"
    }
  }

  /// SGR attributes, ECMA-48 section 8.3.117.
  var sgr: String {
    switch self {
    case .passed: "32"
    case .failed: "1;31"
    case .rejected: "1;35"
    case .skipped: "2"
    case .crashed: "1;37;41"
    case .hung: "1;33"
    case .infra: "1;36"
    case .invalid: "1;35"
    }
  }

  func painted(_ style: Style) -> String { style.paint(glyph(style), sgr) }

  /// Neither passed nor skipped.
  var isTrouble: Bool { self != .passed && self != .skipped }
}
