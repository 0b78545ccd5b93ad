/// The machinery is wrong, not the program under test: what was tried, why it failed and what to do next (exit code 3).
public struct InfrastructureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What could not be done: `can't fetch kernel 6.1`.
  public var what: String
  /// Why, in the words of whoever refused.
  public var why: String
  /// What the reader can do about it; empty when nobody knows.
  public var next: String

  public init(_ what: String, why: String, next: String = "") {
    self.what = what
    self.why = why
    self.next = next
  }

  public var description: String {
    "\(what): \(why)" + (next.isEmpty ? "" : "\n  \(next)")
  }
}

/// A catalog, or a list of kernels, that says something impossible (exit code 2).
public struct CatalogError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, or `nil` for a list given on the command line.
  public var file: String?
  /// The line in the file, from 1.
  public var line: Int?
  /// What is wrong with it, and what would be right.
  public var reason: String

  public init(file: String? = nil, line: Int? = nil, reason: String) {
    self.file = file
    self.line = line
    self.reason = reason
  }

  public var description: String {
    let place = [file, line.map(String.init)].compactMap { $0 }.joined(separator: ":")
    return place.isEmpty ? reason : "\(place): \(reason)"
  }
}
