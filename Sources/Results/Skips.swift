// What `--fail-if-skipped` and `--fail-if-all-skipped` object to: a run that is green since nothing of it ran tells nothing.

extension Results {
  /// Skips that a line names.
  private static let named = 3

  /// What was skipped, in a line; `nil` where nothing was.
  public func skips() -> String? {
    let skipped = cells.filter { $0.verdict == .skipped }
    guard !skipped.isEmpty else { return nil }
    let count = skipped.count == cells.count ? "all \(cells.count)" : "\(skipped.count) of \(cells.count)"
    return "--fail-if-skipped: \(count) skipped: \(Self.list(skipped))"
  }

  /// That there is nothing but skips, in a line; `nil` where something ran.
  public func nothingRan() -> String? {
    guard !cells.isEmpty, cells.allSatisfy({ $0.verdict == .skipped }) else { return nil }
    return "--fail-if-all-skipped: nothing ran, all \(cells.count) skipped: \(Self.list(cells))"
  }

  private static func list(_ cells: [Cell]) -> String {
    let first = cells.prefix(named).map { "\($0.suite)/\($0.test) on \($0.kernel) (\($0.message))" }
    let others = cells.count - first.count
    return first.joined(separator: ", ") + (others > 0 ? " and \(others) more" : "")
  }
}
