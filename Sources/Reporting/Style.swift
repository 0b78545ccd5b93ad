import Glibc

/// How text may look where it is going: with colour, how wide, with which characters.
public struct Style: Hashable, Sendable {
  /// Whether ANSI colour sequences are understood and wanted.
  public var color: Bool
  /// Columns to fit tables into; `nil` where nothing folds or truncates, as in a file or a pipe.
  public var width: Int?
  /// Whether characters beyond ASCII can be shown.
  public var unicode: Bool

  public init(color: Bool = false, width: Int? = nil, unicode: Bool = true) {
    self.color = color
    self.width = width
    self.unicode = unicode
  }

  /// The style for a descriptor: colour and a width for a terminal, neither for a pipe or a file.
  ///
  /// `NO_COLOR` (https://no-color.org: any value but the empty one), `TERM=dumb` and `CI` turn colour off; `CI` also
  /// lifts the width, for nobody resizes a log. A locale that is named and isn't UTF-8 turns off all but ASCII.
  public static func detect(fd: Int32, environment: [String: String]) -> Style {
    let terminal = isatty(fd) == 1 && !isSet("CI", environment)
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    let unicode = locale.map { $0.lowercased().replacing("-", with: "").contains("utf8") } ?? true
    guard terminal else { return Style(color: false, width: nil, unicode: unicode) }
    return Style(
      color: !isSet("NO_COLOR", environment) && environment["TERM"] != "dumb",
      width: columns(of: fd), unicode: unicode)
  }

  private static func isSet(_ name: String, _ environment: [String: String]) -> Bool {
    guard let value = environment[name], !value.isEmpty else { return false }
    return name != "CI" || value != "false"
  }

  /// The terminal's own width; 80 where it doesn't say, as serial consoles don't.
  private static func columns(of fd: Int32) -> Int {
    var size = winsize()
    guard ioctl(fd, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Wraps text into an ANSI attribute (`1;31`), or leaves it as it is.
  func paint(_ text: String, _ code: String) -> String {
    color && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
