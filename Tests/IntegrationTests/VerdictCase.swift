import Foundation
import Results
import Testing
import Yams

/// A folder of `Verdicts`: fixtures, and what each of their tests must be told on each kernel.
struct VerdictCase: CustomTestStringConvertible, Sendable {
  /// What one cell must be, and say.
  struct Expectation: Sendable {
    var verdict: String
    var cause: String?
    /// Texts that what is told of the cell must hold, and texts that it must not.
    var says: [String] = []
    var never: [String] = []
  }

  struct Problem: Error, CustomStringConvertible {
    var description: String
  }

  static let kernels = ["5.10", "6.1", "6.12", "7.2"]
  static let host = "host"

  var name: String
  var folder: String
  var testDescription: String { name }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Verdicts").path

  /// All of them, or the one that `$BPFTEST_VERDICT_CASE` names.
  static var all: [VerdictCase] {
    let wanted = ProcessInfo.processInfo.environment["BPFTEST_VERDICT_CASE"]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return names.sorted().filter { wanted == nil || $0 == wanted }
      .map { VerdictCase(name: $0, folder: "\(root)/\($0)") }
      .filter { FileManager.default.fileExists(atPath: "\($0.folder)/verdicts.yaml") }
  }

  /// Expectations by suite, then by test, then by kernel (`default` for the others).
  func expectations() throws -> [String: [String: [String: Expectation]]] {
    let text = try String(contentsOfFile: "\(folder)/verdicts.yaml", encoding: .utf8)
    guard let suites = try Yams.load(yaml: text) as? [String: [String: Any]] else {
      throw Problem(description: "\(name)/verdicts.yaml: wants suites, and in them tests")
    }
    return try suites.mapValues { tests in
      try tests.mapValues { value in
        // A mapping without `verdict` goes by kernel.
        if let byKernel = value as? [String: Any], byKernel["verdict"] == nil {
          return try byKernel.mapValues(expectation)
        }
        return ["default": try expectation(value)]
      }
    }
  }

  private func expectation(_ value: Any) throws -> Expectation {
    if let verdict = value as? String { return Expectation(verdict: verdict) }
    guard let map = value as? [String: Any], let verdict = map["verdict"] as? String else {
      throw Problem(description: "\(name)/verdicts.yaml: `\(value)` is neither a verdict nor a mapping with one")
    }
    let known: Set = ["verdict", "cause", "says", "never"]
    guard known.isSuperset(of: map.keys) else {
      throw Problem(description: "\(name)/verdicts.yaml: only \(known.sorted()) are known, not \(map.keys.sorted())")
    }
    func texts(_ key: String) throws -> [String] {
      guard let value = map[key] else { return [] }
      if let one = value as? String { return [one] }
      guard let list = value as? [String] else {
        throw Problem(description: "\(name)/verdicts.yaml: `\(key)` takes text or a list of texts")
      }
      return list
    }
    return Expectation(
      verdict: verdict, cause: map["cause"] as? String, says: try texts("says"), never: try texts("never"))
  }
}

extension Cell {
  /// Everything that reports tell of a cell, as one text.
  var told: String {
    let failures = failures.map { failure in
      [failure.path, "expected", failure.expected, "seen", failure.seen, failure.detail ?? ""].joined(separator: " ")
    }
    let mistakes = (mistakes ?? []).map { mistake in
      "\(mistake.line.map { "line \($0): " } ?? "")\(mistake.message)\n\(mistake.detail ?? "")"
    }
    return ([message, excerpt ?? ""] + failures + mistakes + (notes ?? []) + (printk ?? [])).joined(separator: "\n")
  }
}
