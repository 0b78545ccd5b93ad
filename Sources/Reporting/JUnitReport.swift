import FoundationEssentials
import Results

/// The report for CI servers: JUnit's XML, one `testsuite` for each suite on each kernel.
///
/// Valid against the Ant schema (windyroad's `JUnit.xsd`, the strict one) and Jenkins' `junit-10.xsd`. `failed` and
/// `rejected` become failures; `crashed`, `hung`, `infra` and `invalid`
/// become errors.
public struct JUnitReport: Sendable {
  /// Differences told of one cell; a test of thousands of steps may have as many.
  private static let differenceLimit = 50
  private let date: Date

  /// - Parameter date: when the tests were run.
  public init(date: Date = Date()) { self.date = date }

  /// The whole report, ending in a newline.
  public func render(_ results: Results) -> String {
    let grid = Grid(results)
    let kernels = Dictionary(results.kernels.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var root = XMLElement(name: "testsuites")
    for suite in grid.suites {
      for kernel in grid.kernels {
        let cells = suite.tests.compactMap { grid.cell(suite.name, $0, kernel) }
        if cells.isEmpty { continue }
        root.children.append(
          self.suite(
            suite, cells: cells, on: kernels[kernel] ?? unknown(kernel), id: root.children.count, results: results))
      }
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + root.render()
  }

  private func suite(_ suite: Grid.Suite, cells: [Cell], on kernel: KernelResult, id: Int, results: Results)
    -> XMLElement
  {
    func count(_ verdicts: Verdict...) -> String { String(cells.count { verdicts.contains($0.verdict) }) }
    let attributes = [
      ("name", token("\(suite.name) on \(kernel.id)")), ("package", token(suite.name)), ("id", String(id)),
      ("timestamp", timestamp), ("hostname", token(kernel.release)), ("tests", String(cells.count)),
      ("failures", count(.failed, .rejected)), ("errors", count(.crashed, .hung, .infra, .invalid)),
      ("skipped", count(.skipped)), ("time", time(cells.reduce(0) { $0 + $1.seconds })),
    ]
    let result = results.suites.first { $0.name == suite.name }
    let properties = [
      ("bpftest", results.tool.version), ("libbpf", results.tool.libbpf), ("fixture", suite.path),
      ("compiler", result?.compiler), ("mcpu", result?.mcpu), ("kernel", kernel.release), ("arch", kernel.arch),
      ("accel", kernel.accel), ("start", kernel.start),
    ]
    var element = XMLElement(name: "testsuite", attributes: attributes)
    element.children.append(
      XMLElement(
        name: "properties",
        children: properties.compactMap { name, value in
          value.map { XMLElement(name: "property", attributes: [("name", name), ("value", $0)]) }
        }))
    element.children += cells.map { testcase($0, suite: suite) }
    // The strict schema wants both, even empty.
    element.children += ["system-out", "system-err"].map { XMLElement(name: $0, text: "") }
    return element
  }

  private func testcase(_ cell: Cell, suite: Grid.Suite) -> XMLElement {
    var element = XMLElement(
      name: "testcase",
      attributes: [
        ("name", token(cell.test)), ("classname", token("\(cell.suite).\(cell.kernel)")), ("time", time(cell.seconds)),
      ])
    switch cell.verdict {
    case .passed: break
    case .skipped: element.children = [XMLElement(name: "skipped", attributes: [("message", cell.message)])]
    case .failed, .rejected: element.children = [trouble("failure", cell, suite)]
    case .crashed, .hung, .infra, .invalid: element.children = [trouble("error", cell, suite)]
    }
    return element
  }

  private func trouble(_ name: String, _ cell: Cell, _ suite: Grid.Suite) -> XMLElement {
    let finding = Finding(cell: cell, path: suite.path, kernels: [cell.kernel])
    let type = [cell.verdict.rawValue, cell.cause?.rawValue].compactMap { $0 }.joined(separator: ".")
    let first = cell.failures.first.map { "\($0.path): expected \($0.expected), seen \($0.seen)" }
    let differences = finding.differences(limit: Self.differenceLimit) + finding.mistakes
    let place = differences.isEmpty ? ["fixture: \(finding.location(nil))"] : differences
    // The whole log: a CI server keeps what nobody can run again.
    let log = cell.log.map(Text.lines) ?? finding.evidence
    let commands = ["again: \(finding.rerun)"] + (finding.accept.map { ["accept: \($0)"] } ?? [])
    let parts = [place, log, finding.printed(limit: .max), commands].filter { !$0.isEmpty }
    let text = parts.map { $0.joined(separator: "\n") }
    return XMLElement(
      name: name,
      attributes: [("message", cell.message.isEmpty ? first ?? type : cell.message), ("type", type)],
      text: text.joined(separator: "\n\n"))
  }

  private func unknown(_ id: String) -> KernelResult {
    KernelResult(id: id, release: id, arch: "", accel: "", start: "", seconds: 0)
  }

  /// An `xs:token` of at least one character: no line ends, no blanks at its ends or in rows.
  private func token(_ text: String) -> String {
    let words = Text.line(text).split(separator: " ")
    return words.isEmpty ? "-" : words.joined(separator: " ")
  }

  private func time(_ seconds: Double) -> String {
    let text = Text.fixed(max(seconds, 0), decimals: 6)
    return text == "-" ? "0" : text
  }

  /// UTC to the second; the strict schema forbids a time zone.
  private var timestamp: String {
    date.formatted(Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day().time(includingFractionalSeconds: false))
  }
}
