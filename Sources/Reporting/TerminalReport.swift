import Results

/// The report for people at a terminal: tests as rows, kernels as columns, and below them each failure with what was
/// expected, what was seen, and how to run that one cell again.
public struct TerminalReport: Sendable {
  private let style: Style
  /// Failures told of one finding: whoever has more of them needs the first, not all.
  private let differenceLimit = 8

  public init(style: Style) { self.style = style }

  /// The whole report, ending in a newline.
  public func render(_ results: Results) -> String {
    let grid = Grid(results)
    var blocks = table(grid)
    blocks += Finding.collect(results, where: \.isTrouble).map { finding($0, among: grid.kernels) }
    let skips = Finding.collect(results) { $0 == .skipped }
    if !skips.isEmpty { blocks.append(skipped(skips, among: grid.kernels)) }
    let notes = self.notes(results, among: grid.kernels)
    if !notes.isEmpty { blocks.append(notes) }
    blocks.append([summary(results, grid)])
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  // MARK: The table

  /// One block of lines for each part that the kernels are folded into, and the legend.
  private func table(_ grid: Grid) -> [[String]] {
    let names = grid.suites.flatMap { $0.tests.map { Text.width(Text.line($0)) + 2 } + [Text.width($0.name)] }
    let longest = max(names.max() ?? 0, 4)
    let parts = columns(grid.kernels, besides: longest)
    let blocks = parts.map { kernels -> [String] in
      let taken = kernels.reduce(0) { $0 + columnWidth($1) }
      let nameWidth = style.width.map { max(min(longest, $0 - taken), 4) } ?? longest
      return rows(grid, kernels: kernels, nameWidth: nameWidth)
    }
    return blocks + [[legend(grid)]]
  }

  /// Folds the kernels into parts that fit beside the names: names wrap first, down to 24 columns.
  private func columns(_ kernels: [String], besides longest: Int) -> [[String]] {
    guard let width = style.width else { return [kernels] }
    let room = width - min(longest, 24)
    var parts: [[String]] = [[]]
    var taken = 0
    for kernel in kernels {
      let next = columnWidth(kernel)
      if taken + next > room, parts[parts.count - 1].isEmpty == false {
        parts.append([])
        taken = 0
      }
      parts[parts.count - 1].append(kernel)
      taken += next
    }
    return parts
  }

  private func columnWidth(_ kernel: String) -> Int { Text.width(Text.line(kernel)) + 1 }

  private func rows(_ grid: Grid, kernels: [String], nameWidth: Int) -> [String] {
    var lines = [
      String(repeating: " ", count: nameWidth) + kernels.map { " " + style.paint(Text.line($0), "1") }.joined()
    ]
    for suite in grid.suites {
      lines.append(style.paint(cut(suite.name, nameWidth), "1"))
      for test in suite.tests {
        let cells = kernels.map { kernel -> String in
          let width = columnWidth(kernel)
          // The glyph stands under the middle of the kernel's id.
          let before = 1 + (width - 2) / 2
          let mark = grid.cell(suite.name, test, kernel)?.verdict.painted(style) ?? " "
          return String(repeating: " ", count: before) + mark + String(repeating: " ", count: width - before - 1)
        }
        // A long name takes more lines rather than lose what tells it from its neighbours; the marks are on the last.
        let whole = Text.line(test)
        let parts = Text.width(whole) <= nameWidth - 2 ? [whole] : Text.wrap(whole, to: nameWidth - 4)
        let name = parts.enumerated().map { index, part in
          index == 0 ? "  " + cut(part, nameWidth - 2) : "    " + cut(part, nameWidth - 4)
        }
        lines += name.dropLast()
        lines.append(trimmed(Text.pad(name.last ?? "", to: nameWidth) + cells.joined()))
      }
    }
    return lines
  }

  private func cut(_ name: String, _ columns: Int) -> String {
    Text.truncate(Text.line(name), to: columns, unicode: style.unicode)
  }

  private func trimmed(_ line: String) -> String {
    guard let last = line.lastIndex(where: { $0 != " " }) else { return "" }
    return String(line[...last])
  }

  /// The glyphs that occur, in words.
  private func legend(_ grid: Grid) -> String {
    var seen: Set<Verdict> = []
    for suite in grid.suites {
      for test in suite.tests {
        for kernel in grid.kernels {
          if let cell = grid.cell(suite.name, test, kernel) { seen.insert(cell.verdict) }
        }
      }
    }
    if seen.isEmpty { return "no tests were run" }
    return Verdict.allCases.filter(seen.contains).map { "\($0.painted(style)) \($0.rawValue)" }.joined(separator: "  ")
  }

  // MARK: Below the table

  private func finding(_ finding: Finding, among all: [String]) -> [String] {
    let verdict = finding.cell.verdict
    let dash = style.unicode ? "–" : "-"
    var lines = [
      "\(verdict.painted(style)) \(style.paint(finding.title, "1")) \(dash) "
        + style.paint(finding.outcome(among: all), verdict.sgr)
    ]
    if !finding.mistakes.isEmpty {
      lines += indented(finding.mistakes, "  ")
    } else if finding.cell.failures.isEmpty {
      let message = Text.lines(finding.cell.message).joined(separator: "\n")
      lines += indented(message.isEmpty ? [] : Text.wrap(message, to: style.width.map { max($0 - 2, 20) }), "  ")
      lines.append("  " + style.paint("fixture:", "2") + " \(finding.location(nil))")
    } else {
      lines += indented(finding.differences(limit: differenceLimit), "  ")
    }
    if let note = finding.note { lines.append("  " + style.paint(note, "2")) }
    let bar = style.paint(style.unicode ? "│" : "|", "2")
    lines += finding.evidence.map { "  \(bar) \($0)" }
    lines += indented(finding.printed(limit: 20), "  ")
    lines.append("  " + style.paint("again:", "2") + " \(finding.rerun)")
    if let accept = finding.accept { lines.append("  " + style.paint("accept:", "2") + " \(accept)") }
    return lines
  }

  private func skipped(_ findings: [Finding], among all: [String]) -> [String] {
    [style.paint("Skipped:", "1")]
      + findings.map { finding in
        let why = Text.line(finding.cell.message)
        let place = "\(finding.title) on \(finding.place(among: all))"
        return "  \(Verdict.skipped.painted(style)) \(place)" + (why.isEmpty ? "" : ": \(why)")
      }
  }

  /// What there is to know of how tests were run, each thing once.
  private func notes(_ results: Results, among all: [String]) -> [String] {
    var findings: [(note: String, finding: Finding, tests: Set<String>)] = []
    var places: [String: Int] = [:]
    for cell in results.cells {
      for note in cell.notes ?? [] {
        let place = places[cell.suite + "/" + note] ?? findings.count
        places[cell.suite + "/" + note] = place
        if place == findings.count {
          findings.append((note, Finding(cell: cell, path: cell.suite, kernels: []), []))
        }
        if !findings[place].finding.kernels.contains(cell.kernel) {
          findings[place].finding.kernels.append(cell.kernel)
        }
        findings[place].tests.insert(cell.test)
      }
    }
    if findings.isEmpty { return [] }
    return [style.paint("Notes:", "1")]
      + findings.map { note, finding, tests in
        var finding = finding
        finding.tests = tests.count
        return "  \(finding.title) on \(finding.place(among: all)): \(Text.line(note))"
      }
  }

  private func indented(_ lines: [String], _ blanks: String) -> [String] { lines.map { $0.isEmpty ? "" : blanks + $0 } }

  /// `✗ 2 failed, 1 rejected, 550 passed: 52 tests on 11 kernels in 3.4 s`.
  private func summary(_ results: Results, _ grid: Grid) -> String {
    let counts: [Verdict] = [.invalid, .infra, .crashed, .hung, .failed, .rejected, .passed, .skipped]
    let occurring = counts.filter { results.count($0) > 0 }
    let parts = occurring.map { style.paint("\(results.count($0)) \($0.rawValue)", $0.sgr) }
    let worst = occurring.first ?? .passed
    var place = Text.count(grid.kernels.count, "kernel")
    if let only = results.kernels.first, grid.kernels.count == 1 {
      // Without an acceleration no machine of it came up.
      place = "\(only.id) (\([only.release, only.accel].filter { !$0.isEmpty }.joined(separator: ", ")))"
    }
    return "\(worst.painted(style)) " + (parts.isEmpty ? "nothing run" : parts.joined(separator: ", "))
      + ": \(Text.count(grid.testCount, "test")) on \(Text.line(place)) in \(Text.fixed(results.seconds, decimals: 2)) s"
  }
}
