import FoundationEssentials
import Glibc
import Results

/// The report of `bpftest bench`: a table for people, JSON for programs and for the next run's `--baseline`.
public struct BenchReport: Sendable {
  private let style: Style
  /// Tests left out that are named one by one.
  private let omissionLimit = 4

  public init(style: Style) { self.style = style }

  /// Writes the table to standard output and the JSON to `json`; with `-` for a name the JSON goes to standard output and
  /// the table to standard error.
  public static func write(
    _ results: BenchResults, comparison: BenchComparison?, json: String?, environment: [String: String]
  ) throws(ReportError) {
    let descriptor = json == "-" ? STDERR_FILENO : STDOUT_FILENO
    let report = BenchReport(style: Style.detect(fd: descriptor, environment: environment))
    try OutputFile.write(report.render(results, comparison), to: descriptor, path: "the terminal")
    guard let json else { return }
    let text: String
    do { text = try Self.json(results) } catch {
      throw ReportError(path: json, reason: "the figures can't be put into JSON: \(error)")
    }
    if json == "-" {
      try OutputFile.write(text, to: STDOUT_FILENO, path: "standard output")
    } else {
      try OutputFile.replace(json, with: text)
    }
  }

  /// The results as JSON, keys in alphabetical order, a newline at the end.
  public static func json(_ results: BenchResults) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(results), as: UTF8.self) + "\n"
  }

  /// The table, ending in a newline.
  public func render(_ results: BenchResults, _ comparison: BenchComparison? = nil) -> String {
    // Emulation translates code before it runs it: twice the instructions aren't twice the time.
    let caution =
      results.kernel.accel == "tcg"
      ? ["under software emulation: figures are for comparing runs on this machine, and tell nothing of hardware"] : []
    var blocks = [[headline(results)] + caution, table(results, comparison)]
    if !results.leftOut.isEmpty { blocks.append(omissions(results.leftOut)) }
    if let comparison { blocks.append(remarks(comparison)) }
    blocks.append([summary(results, comparison)])
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private func headline(_ results: BenchResults) -> String {
    let kernel = [results.kernel.release, results.kernel.accel].filter { !$0.isEmpty }.joined(separator: ", ")
    return "ns per run on \(Text.line(results.kernel.id)) (\(Text.line(kernel))), a fresh packet each run; "
      + "percentiles over batches (\(results.batches) of \(Text.count(results.runs, "run"))), "
      + "less what an empty program takes"
  }

  // MARK: The table

  private static let columns = ["JIT", "min", "p50", "p90", "p99", "empty"]
  private static let columnWidth = 9

  private func table(_ results: BenchResults, _ comparison: BenchComparison?) -> [String] {
    let names = results.rows.flatMap { [Text.width(Text.line($0.test)) + 2, Text.width(Text.line($0.suite))] }
    let nameWidth = min(max(names.max() ?? 0, 4), 60)
    let head = Self.columns + (comparison == nil ? [] : ["baseline"])
    var lines = [
      String(repeating: " ", count: nameWidth) + head.map { style.paint(right($0), "1") }.joined()
    ]
    var suite: String?
    var last: String?
    for row in results.rows {
      if row.suite != suite {
        lines.append(style.paint(Text.line(row.suite), "1"))
        (suite, last) = (row.suite, nil)
      }
      // The second line of a test, with the other setting of the JIT, needs no name.
      let name = row.test == last ? "" : "  " + Text.line(row.test)
      last = row.test
      let label = Text.pad(Text.truncate(name, to: nameWidth, unicode: style.unicode), to: nameWidth)
      guard let figures = row.figures else {
        let words = "\(row.verdict.painted(style)) \(row.verdict.rawValue): \(Text.line(row.message))"
        lines.append(label + right(row.jit ? "on" : "off") + "  " + words)
        continue
      }
      let numbers = [figures.min, figures.p50, figures.p90, figures.p99, figures.empty].map {
        right(Text.fixed($0, decimals: 1))
      }
      lines.append(
        label + right(row.jit ? "on" : "off") + numbers.joined() + changed(row, comparison))
    }
    return lines
  }

  private func right(_ text: String) -> String {
    String(repeating: " ", count: max(1, Self.columnWidth - Text.width(text))) + text
  }

  /// `   48.0  +8% (margin 12%)`.
  private func changed(_ row: BenchRow, _ comparison: BenchComparison?) -> String {
    guard let comparison else { return "" }
    guard let change = comparison.change(row) else { return right("new") }
    let percent = "\(change.ratio < 0 ? "" : "+")\(Text.fixed(change.ratio * 100, decimals: 0))%"
    let words = "\(percent) (margin \(Text.fixed(change.margin * 100, decimals: 0))%)"
    return right(Text.fixed(change.before, decimals: 1)) + "  "
      + (change.isRegression ? style.paint("slower: \(words)", Verdict.failed.sgr) : words)
  }

  // MARK: Below the table

  private func omissions(_ all: [BenchOmission]) -> [String] {
    var lines = [style.paint("Not timed:", "1")]
    lines += all.prefix(omissionLimit).map { "  \(Text.line($0.suite))/\(Text.line($0.test)): \(Text.line($0.reason))" }
    if all.count > omissionLimit { lines.append("  and \(all.count - omissionLimit) more (--json has them all)") }
    return lines
  }

  private func remarks(_ comparison: BenchComparison) -> [String] {
    var lines = comparison.differences.map { "not the baseline's \(Text.line($0))" }
    if !comparison.gone.isEmpty {
      lines.append("in the baseline only: " + comparison.gone.map(Text.line).joined(separator: ", "))
    }
    return lines
  }

  private func summary(_ results: BenchResults, _ comparison: BenchComparison?) -> String {
    let timed = results.rows.filter { $0.figures != nil }
    let slower = comparison.map { comparison in
      timed.filter { comparison.change($0)?.isRegression == true }.count
    }
    let troubles = results.rows.filter { $0.verdict.isTrouble }
    let worst = troubles.first?.verdict ?? (slower ?? 0 > 0 ? .failed : .passed)
    var parts = ["\(timed.count) timed"]
    if let slower { parts.append("\(slower) slower than the baseline") }
    if !troubles.isEmpty { parts.append("\(troubles.count) not passed") }
    let interruptions = timed.reduce(0) { $0 + $1.interruptions }
    if interruptions > 0 { parts.append("\(Text.count(interruptions, "run")) interrupted and made again") }
    return "\(worst.painted(style)) " + parts.joined(separator: ", ")
  }
}
