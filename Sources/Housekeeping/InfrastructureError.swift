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
