import FoundationEssentials
import Glibc
import Results

/// Where the reports of a run go: what `--json FILE`, `--junit FILE` and `--markdown FILE` say, `-` being standard output.
///
/// The terminal's table is always there: on standard output, or on standard error when a report goes to standard
/// output, so that the report can be piped. Below GitHub Actions, annotations go the table's way.
public struct ReportOutputs: Hashable, Sendable {
  public var json: String?
  public var junit: String?
  public var markdown: String?

  public init(json: String? = nil, junit: String? = nil, markdown: String? = nil) {
    self.json = json
    self.junit = junit
    self.markdown = markdown
  }

  private var paths: [String] { [json, junit, markdown].compactMap { $0 } }

  /// Whether a report goes to standard output, and so the table to standard error.
  public var usesStandardOutput: Bool { paths.contains("-") }

  /// Says before a long run what would fail after it: no such folder, no permission, two reports in one file.
  public func check() throws(ReportError) {
    for (index, path) in paths.enumerated() {
      if path.isEmpty { throw ReportError(path: "``", reason: "a file name can't be empty") }
      if paths[..<index].contains(path) {
        let place = path == "-" ? "standard output" : path
        throw ReportError(path: place, reason: "two reports can't go to the same place")
      }
      if path != "-" { try OutputFile.check(path) }
    }
  }

  /// Writes all of them, the table first. One that can't be written doesn't keep the others from being written.
  public func write(_ results: Results, environment: [String: String]) throws(ReportError) {
    var failures: [ReportError] = []
    do { try writeTable(results, environment: environment) } catch { failures.append(error) }
    try writeFiles(results, after: failures)
  }

  /// Writes what goes into files, and no table.
  public func writeFiles(_ results: Results) throws(ReportError) { try writeFiles(results, after: []) }

  private func writeFiles(_ results: Results, after before: [ReportError]) throws(ReportError) {
    var failures = before
    func attempt(_ step: () throws(ReportError) -> Void) {
      do { try step() } catch { failures.append(error) }
    }
    if let json { attempt { () throws(ReportError) in try put(try jsonText(results, json), to: json) } }
    if let junit { attempt { () throws(ReportError) in try put(JUnitReport().render(results), to: junit) } }
    if let markdown { attempt { () throws(ReportError) in try put(MarkdownReport().render(results), to: markdown) } }
    guard let first = failures.first else { return }
    let others = failures.dropFirst().map { "; nor to \($0.path): \($0.reason)" }
    throw ReportError(path: first.path, reason: first.reason + others.joined())
  }

  private func writeTable(_ results: Results, environment: [String: String]) throws(ReportError) {
    let descriptor = usesStandardOutput ? STDERR_FILENO : STDOUT_FILENO
    let style = Style.detect(fd: descriptor, environment: environment)
    var text = TerminalReport(style: style).render(results)
    if environment["GITHUB_ACTIONS"] == "true" { text += GitHubAnnotations().render(results) }
    try OutputFile.write(text, to: descriptor, path: "the terminal")
  }

  private func jsonText(_ results: Results, _ path: String) throws(ReportError) -> String {
    do {
      return try JSONReport().render(results)
    } catch {
      throw ReportError(path: path, reason: "the results can't be put into JSON: \(error)")
    }
  }

  private func put(_ text: String, to path: String) throws(ReportError) {
    if path == "-" {
      try OutputFile.write(text, to: STDOUT_FILENO, path: "standard output")
    } else {
      try OutputFile.replace(path, with: text)
    }
  }
}
