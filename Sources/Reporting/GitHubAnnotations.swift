import Results

/// Workflow commands that make GitHub show failures beside the lines of the fixtures, `::error file=…,line=…::…`.
///
/// GitHub's "Workflow commands for GitHub Actions" has the format and its escapes.
public struct GitHubAnnotations: Sendable {
  public init() {}

  /// One line for each failure that differs in more than its kernel; empty when there is none.
  public func render(_ results: Results) -> String {
    let all = Grid(results).kernels
    let findings = Finding.collect(results, where: \.isTrouble)
    return findings.flatMap { finding -> [String] in
      let place = "\(finding.title) – \(finding.outcome(among: all))"
      if let mistakes = finding.cell.mistakes, !mistakes.isEmpty {
        return mistakes.map { mistake in
          command(
            file: finding.path, line: mistake.line, title: place,
            message: [mistake.message, mistake.detail].compactMap { $0 }.joined(separator: "\n"))
        }
      }
      if finding.cell.failures.isEmpty {
        return [command(file: finding.path, line: nil, title: place, message: finding.cell.message)]
      }
      return finding.cell.failures.map { failure in
        command(
          file: finding.path, line: failure.line, title: place,
          message: "\(failure.path): expected \(failure.expected), seen \(failure.seen)")
      }
    }.joined()
  }

  private func command(file: String, line: Int?, title: String, message: String) -> String {
    let line = line.map { ",line=\($0)" } ?? ""
    let message = Text.lines(message).joined(separator: "\n")
    return "::error file=\(property(file))\(line),title=\(property(title))::"
      + "\(data(message.isEmpty ? title : message))\n"
  }

  private func data(_ text: String) -> String {
    text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }

  private func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
