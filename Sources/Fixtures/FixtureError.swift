import BPF

/// Something wrong in a fixture, or in the object that it names: where, what, and what was probably meant.
public struct FixtureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The fixture's path, as it was given.
  public var path: String
  /// From 1; 0 when the file as a whole is meant.
  public var line: Int
  /// From 1, in Unicode scalars; 0 when the file as a whole is meant.
  public var column: Int
  public var message: String
  /// What to do about it, or the name that was probably meant.
  public var hint: String?
  /// More, over several lines: a compiler's diagnostics, an expression with a caret below it.
  public var detail: String?

  public init(
    path: String, line: Int = 0, column: Int = 0, message: String, hint: String? = nil, detail: String? = nil
  ) {
    self.path = path
    self.line = line
    self.column = column
    self.message = message
    self.hint = hint
    self.detail = detail
  }

  /// `path:line:column: message; hint`, and the detail on lines of its own.
  public var description: String {
    var text = line > 0 ? "\(path):\(line):\(column): \(message)" : "\(path): \(message)"
    if let hint { text += "; \(hint)" }
    if let detail { text += "\n" + detail }
    return text
  }
}

/// Bad input: every error that was found in one fixture, in the order of its lines. Exit code 2.
public struct FixtureErrors: Error, Hashable, Sendable, CustomStringConvertible {
  /// At least one.
  public var errors: [FixtureError]

  public init(_ errors: [FixtureError]) { self.errors = errors }

  public var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// A place in a file.
struct Position: Hashable, Sendable {
  var line: Int
  var column: Int

  static let start = Position(line: 1, column: 1)
}

/// Gathers what is wrong with one fixture, so that an author sees it all at once.
final class Complaints {
  let path: String
  private(set) var errors: [FixtureError] = []

  init(path: String) { self.path = path }

  func add(_ position: Position, _ message: String, hint: String? = nil, detail: String? = nil) {
    errors.append(
      FixtureError(
        path: path, line: position.line, column: position.column, message: message, hint: hint, detail: detail))
  }

  /// Throws what has been gathered, if anything.
  func check() throws(FixtureErrors) {
    guard errors.isEmpty else {
      var seen: Set<FixtureError> = []
      // An alias, or a default merged into many tests, would complain once for each.
      let distinct = errors.filter { seen.insert($0).inserted }
      throw FixtureErrors(distinct.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }
  }
}
