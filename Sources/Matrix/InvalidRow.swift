import Compiling
import Fixtures
import Results

/// A suite, or one test of it, that can't be run: something is wrong with the fixture or the object that it names.
public struct InvalidRow: Sendable {
  public var suite: String
  /// The fixture.
  public var path: String
  /// The test; what stands for all of them where it is the suite.
  public var test: String
  /// The tests that can't be run, as far as they are known.
  var tests: [String]
  /// Where it begins in the fixture, from 1; 0 of a whole suite.
  var line: Int
  /// At least one.
  public var errors: [FixtureError]

  init(suite: String, path: String, tests: [String], line: Int, errors: [FixtureError]) {
    self.suite = suite
    self.path = path
    self.test = Cell.wholeSuite
    self.tests = tests
    self.line = line
    self.errors = errors
  }

  init(_ broken: BrokenTest, suite: String, path: String) {
    self.init(suite: suite, path: path, tests: [broken.name], line: broken.line, errors: broken.errors)
    self.test = broken.name
  }

  /// What a filter looks at.
  var names: [String] { tests.map { "\(suite)/\($0)" } }

  /// The row's cell on one kernel.
  func cell(kernel: String) -> Cell {
    let mistakes = errors.map { error in
      Mistake(
        message: [error.message, error.hint].compactMap { $0 }.joined(separator: "; "), detail: error.detail,
        line: error.line > 0 ? error.line : nil, column: error.line > 0 ? error.column : nil)
    }
    let more = mistakes.count > 1 ? " (and \(mistakes.count - 1) more)" : ""
    return Cell(
      suite: suite, test: test, kernel: kernel, verdict: .invalid, message: (mistakes.first?.message ?? "") + more,
      mistakes: mistakes)
  }
}

/// A fixture as it was read, or what is wrong with it as a whole.
struct FixtureRead: Sendable {
  var path: String
  var outcome: Result<Suite, FixtureErrors>

  init(_ path: String, recording: Bool, keepGoing: Bool) {
    self.path = path
    do throws(FixtureErrors) {
      outcome = .success(try Suite.load(path, recording: recording, keepGoing: keepGoing))
    } catch {
      outcome = .failure(error)
    }
  }

  var errors: [FixtureError] {
    if case .failure(let errors) = outcome { return errors.errors }
    return []
  }
}

/// What came of one fixture.
struct CompiledFixture: Sendable {
  var number: Int
  var name: String
  var path: String
  /// The names of its tests, where it could be read.
  var tests: [String] = []
  var outcome: Result<PreparedSuite, FixtureErrors>

  /// Throws what is no fault of the fixture, such as that there is no compiler.
  init(
    number: Int, name: String, _ fixture: FixtureRead, with compiler: ProgramCompiler, keepGoing: Bool,
    forOldKernels: Bool
  ) async throws {
    self.number = number
    self.name = name
    self.path = fixture.path
    switch fixture.outcome {
    case .failure(let errors): outcome = .failure(errors)
    case .success(var suite):
      suite.name = name
      tests = suite.testNames
      do {
        outcome = .success(try await compiler.prepare(suite, forOldKernels: forOldKernels, keepGoing: keepGoing))
      } catch let errors as FixtureErrors {
        outcome = .failure(errors)
      }
    }
  }
}
