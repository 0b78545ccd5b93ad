import Results

/// What programs are expected to write with `bpf_printk` during a step.
struct ExpectedPrintk: Sendable {
  struct Line: Sendable {
    var condition: Condition
    /// As the fixture has it.
    var label: String
    var line: Int
  }

  /// Lines that must come, in this order. Others may come too, unless it `isExact`.
  var lines: [Line] = []
  /// Whether nothing else may come.
  var isExact = false
  /// How many lines there must be in all.
  var count: Condition?
  var line = 0

  /// Compares the lines that came.
  func check(_ seen: [String], _ path: String, _ report: (Failure) -> Void) {
    if let count, !count.holds(bytes: [], number: Int128(seen.count), text: "\(seen.count)") {
      report(
        Failure(
          path: "\(path).count", expected: count.describe(bytes: { "\($0)" }, number: { "\($0)" }),
          seen: "\(seen.count): \(Self.words(seen[...]))", line: line))
    }
    var from = 0
    for (index, expected) in lines.enumerated() {
      let place = lines.count == 1 ? path : "\(path)[\(index)]"
      if isExact {
        if index < seen.count, expected.holds(of: seen[index]) { continue }
        let what = index < seen.count ? Self.words(seen[index...index]) : "no more lines"
        return report(Failure(path: place, expected: expected.words, seen: what, line: expected.line))
      }
      guard let found = seen.indices.dropFirst(from).first(where: { expected.holds(of: seen[$0]) }) else {
        let after = index == 0 ? "" : " after the one before"
        report(
          Failure(path: place, expected: expected.words, seen: Self.words(seen[from...]) + after, line: expected.line))
        continue
      }
      from = found + 1
    }
    if isExact, seen.count > lines.count {
      report(
        Failure(
          path: "\(path)[\(lines.count)]", expected: lines.isEmpty ? "no line" : "no other line",
          seen: Self.words(seen[lines.count...]), line: line))
    }
  }

  private static func words(_ lines: ArraySlice<String>) -> String {
    if lines.isEmpty { return "no line" }
    let shown = lines.prefix(6).map { "\"\($0)\"" }.joined(separator: ", ")
    return lines.count > 6 ? "\(shown) and \(lines.count - 6) more" : shown
  }
}

extension ExpectedPrintk.Line {
  func holds(of line: String) -> Bool {
    if case .bytes(let text) = condition { return line.utf8.contains(text) }
    return condition.holds(bytes: Array(line.utf8)[...], number: nil, text: line)
  }

  var words: String {
    if case .bytes = condition { return "a line with \(label)" }
    return "a line: " + condition.describe(bytes: { String(decoding: $0, as: UTF8.self) }, number: { "\($0)" })
  }
}

extension String.UTF8View {
  fileprivate func contains(_ part: [UInt8]) -> Bool { part.isEmpty || Array(self).firstRange(of: part) != nil }
}
