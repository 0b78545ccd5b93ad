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

  /// All that is wrong with tests of one suite, as one author reads it.
  init(_ broken: [BrokenTest]) {
    var seen: Set<FixtureError> = []
    errors = broken.flatMap(\.errors).filter { seen.insert($0).inserted }
      .sorted { ($0.line, $0.column) < ($1.line, $1.column) }
  }

  public var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// A place in a file.
struct Position: Hashable, Comparable, Sendable {
  var line: Int
  var column: Int

  static let start = Position(line: 1, column: 1)

  static func < (one: Position, other: Position) -> Bool { (one.line, one.column) < (other.line, other.column) }
}

/// Gathers what is wrong with one fixture, so that an author sees it all at once.
final class Complaints {
  let path: String
  private(set) var errors: [FixtureError] = []
  /// Those that concern one test alone, by its number.
  private var ofTests: [Int: [FixtureError]] = [:]
  private var test: Int?
  private var concernsAll = false

  init(path: String) { self.path = path }

  func add(_ position: Position, _ message: String, hint: String? = nil, detail: String? = nil) {
    add(
      FixtureError(
        path: path, line: position.line, column: position.column, message: message, hint: hint, detail: detail))
  }

  func add(_ error: FixtureError) {
    errors.append(error)
    if let test { ofTests[test, default: []].append(error) } else { concernsAll = true }
  }

  /// What is complained of in `body` keeps only that test from being run. It is by what is being read, not by its line: an
  /// alias stands elsewhere, and what is wrong with defaults is wrong with each test that takes them on.
  func within<T>(test number: Int, _ body: () -> T) -> T {
    test = number
    defer { test = nil }
    return body()
  }

  /// What is wrong with one test; empty when nothing is.
  func errors(ofTest number: Int) -> [FixtureError] { ofTests[number].map(Self.ordered) ?? [] }

  /// Throws what has been gathered, if anything.
  func check() throws(FixtureErrors) {
    guard errors.isEmpty else { throw FixtureErrors(Self.ordered(errors)) }
  }

  /// Throws all that has been gathered if any of it concerns the suite as a whole, so that none of its tests can be run.
  func checkWhole() throws(FixtureErrors) {
    if concernsAll { try check() }
  }

  private static func ordered(_ errors: [FixtureError]) -> [FixtureError] {
    var seen: Set<FixtureError> = []
    // An alias, or a default merged into many tests, would complain once for each.
    let distinct = errors.filter { seen.insert($0).inserted }
    return distinct.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
  }
}

/// A test that can't be run, since something is wrong with it; the others of its suite can.
public struct BrokenTest: Sendable {
  public var name: String
  /// Where it begins in the fixture, from 1.
  public var line: Int
  /// At least one.
  public var errors: [FixtureError]
}

extension BrokenTest {
  init(_ test: TestCase, _ errors: [FixtureError]) {
    self.init(name: test.name, line: test.position.line, errors: errors)
  }
}
