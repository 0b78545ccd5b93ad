import Foundation

@testable import Fixtures

/// A folder for one test, gone with its last reference.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("fixtures-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the folders above it.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let file = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }
}

/// The errors that reading a fixture's text gives; none when it is good.
func errors(in text: String) -> [FixtureError] {
  do throws(FixtureErrors) {
    _ = try Suite(text: text, path: "a.bpftest.yaml")
    return []
  } catch {
    return error.errors
  }
}
