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
