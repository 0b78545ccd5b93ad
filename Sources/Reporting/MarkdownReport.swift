import Results

/// The report for a pull request or a job summary: GitHub's Markdown, a table for each suite and folds for failures.
public struct MarkdownReport: Sendable {
  /// Differences told of one finding; a job summary may hold 1 MiB.
  private static let differenceLimit = 20

  public init() {}

  /// The whole report, ending in a newline.
  public func render(_ results: Results) -> String {
    let grid = Grid(results)
    var blocks = [headline(results, grid)]
    blocks += grid.suites.map { table($0, grid) }
    blocks += Finding.collect(results, where: \.isTrouble).map { fold($0, among: grid.kernels) }
    let skips = Finding.collect(results) { $0 == .skipped }
    if !skips.isEmpty { blocks.append(skipped(skips, among: grid.kernels)) }
    if !results.kernels.isEmpty { blocks.append(kernels(results)) }
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private func headline(_ results: Results, _ grid: Grid) -> String {
    let counts = Verdict.allCases.filter { results.count($0) > 0 }
    let words = counts.map { "\($0.emoji) \(results.count($0)) \($0.rawValue)" }.joined(separator: ", ")
    return "## bpftest: \(results.exitCode == 0 ? "passed" : "failed")\n\n"
      + (words.isEmpty ? "Nothing was run" : words) + ": \(Text.count(grid.testCount, "test")) on "
      + "\(Text.count(grid.kernels.count, "kernel")) in \(Text.fixed(results.seconds, decimals: 2)) s"
  }

  private func table(_ suite: Grid.Suite, _ grid: Grid) -> String {
    var lines = ["### \(Self.escape(suite.name))", ""]
    lines.append("| Test | " + grid.kernels.map(Self.escape).joined(separator: " | ") + " |")
    lines.append("|---|" + grid.kernels.map { _ in ":-:|" }.joined())
    for test in suite.tests {
      let marks = grid.kernels.map { grid.cell(suite.name, test, $0)?.verdict.emoji ?? "" }
      lines.append("| \(Self.escape(test)) | " + marks.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }

  private func fold(_ finding: Finding, among all: [String]) -> String {
    var lines = ["<details>"]
    lines.append(
      "<summary>\(finding.cell.verdict.emoji) <b>\(Self.escapeHTML(finding.title))</b> – "
        + "\(Self.escapeHTML(finding.outcome(among: all)))</summary>")
    lines.append("")
    let message = Text.lines(finding.cell.message).map(Self.escape).joined(separator: "<br>")
    if !message.isEmpty, finding.mistakes.isEmpty { lines += [message, ""] }
    if let note = finding.note { lines += [Self.escape(note), ""] }
    let differences = finding.differences(limit: Self.differenceLimit) + finding.mistakes
    if differences.isEmpty { lines += ["Fixture: \(Self.escape(finding.location(nil)))", ""] }
    if !differences.isEmpty { lines += Self.fenced(differences) + [""] }
    if !finding.evidence.isEmpty { lines += Self.fenced(finding.evidence) + [""] }
    let printed = finding.printed(limit: 50)
    if !printed.isEmpty { lines += Self.fenced(printed) + [""] }
    lines += ["Run it again:", ""] + Self.fenced([finding.rerun], language: "sh")
    if let accept = finding.accept { lines += ["", "Accept it:", ""] + Self.fenced([accept], language: "sh") }
    return (lines + ["", "</details>"]).joined(separator: "\n")
  }

  private func skipped(_ findings: [Finding], among all: [String]) -> String {
    let lines = findings.map {
      "- \(Self.escape($0.title)) on \(Self.escape($0.place(among: all))): \(Self.escape($0.cell.message))"
    }
    return (["<details>", "<summary>Skipped</summary>", ""] + lines + ["", "</details>"]).joined(separator: "\n")
  }

  private func kernels(_ results: Results) -> String {
    var lines = ["<details>", "<summary>Kernels</summary>", ""]
    lines += ["| Kernel | Release | Machine | Acceleration | Start | Seconds |", "|---|---|---|---|---|--:|"]
    lines += results.kernels.map { kernel in
      let cells = [kernel.id, kernel.release, kernel.arch, kernel.accel, kernel.start].map(Self.escape)
      return "| \(cells.joined(separator: " | ")) | \(Text.fixed(kernel.seconds, decimals: 2)) |"
    }
    return (lines + ["", "</details>"]).joined(separator: "\n")
  }

  /// A code block; its fence is longer than any run of backticks inside it.
  static func fenced(_ lines: [String], language: String = "text") -> [String] {
    var longest = 2
    for line in lines {
      var run = 0
      for character in line {
        run = character == "`" ? run + 1 : 0
        longest = max(longest, run)
      }
    }
    let fence = String(repeating: "`", count: longest + 1)
    return [fence + language] + lines + [fence]
  }

  /// One line in which nothing is markup, neither Markdown's nor HTML's.
  static func escape(_ text: String) -> String {
    Text.line(text).reduce(into: "") { out, character in
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\\", "`", "*", "_", "{", "}", "[", "]", "(", ")", "#", "+", "!", "|", "~", "$":
        out += "\\\(character)"
      default: out.append(character)
      }
    }
  }

  static func escapeHTML(_ text: String) -> String {
    Text.line(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
