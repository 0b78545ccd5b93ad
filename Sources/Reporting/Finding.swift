import Results

/// One thing to tell: what became of one test or several, in the same way on one or more kernels.
///
/// What differs in nothing but the kernel is one finding; and so are tests of a suite that came to the same end on the
/// same kernels for the same reason, as when a kernel lacks a helper. When the machinery failed, even the suite makes no
/// difference: a kernel that didn't come up is told once.
struct Finding {
  /// The first cell, which stands for all.
  var cell: Cell
  /// The fixture file.
  var path: String
  /// Kernel ids, in the results' order.
  var kernels: [String]
  /// How many tests share the finding.
  var tests = 1
  /// Kernels that say the same in other words, or with other numbers.
  var otherwise: [String] = []

  private struct Key: Hashable {
    var suite: String
    /// `nil` where it makes no difference any more.
    var test: String?
    var kernels: [String] = []
    var verdict: Verdict
    var cause: Cause?
    var message: String
    var failures: [Failure]
    var mistakes: [Mistake]?
    var excerpt: String?

    /// What kernels say of one refusal has other numbers of registers, instructions and bytes on each.
    init(across cell: Cell) {
      self.init(cell)
      guard verdict == .rejected, !message.isEmpty else { return }
      message = Gist.of(message)
      excerpt = nil
    }

    init(_ cell: Cell) {
      suite = cell.suite
      test = cell.test
      verdict = cell.verdict
      cause = cell.cause
      message = cell.message
      failures = cell.failures
      mistakes = cell.mistakes
      excerpt = cell.excerpt
    }

    init(_ finding: Finding) {
      self.init(finding.cell)
      test = nil
      kernels = finding.kernels
      if verdict == .infra { suite = "" }
    }
  }

  /// Everything that is `wanted`, in the order of the results.
  static func collect(_ results: Results, where wanted: (Verdict) -> Bool) -> [Finding] {
    let paths = Dictionary(results.suites.map { ($0.name, $0.path) }, uniquingKeysWith: { first, _ in first })
    var perTest: [Finding] = []
    var places: [Key: Int] = [:]
    for cell in results.cells where wanted(cell.verdict) {
      let key = Key(across: cell)
      if let place = places[key] {
        if !perTest[place].kernels.contains(cell.kernel) { perTest[place].kernels.append(cell.kernel) }
        if perTest[place].cell.message != cell.message { perTest[place].otherwise.append(cell.kernel) }
      } else {
        places[key] = perTest.count
        perTest.append(Finding(cell: cell, path: paths[cell.suite] ?? cell.suite, kernels: [cell.kernel]))
      }
    }
    var findings: [Finding] = []
    places = [:]
    for finding in perTest {
      let key = Key(finding)
      if let place = places[key] {
        findings[place].tests += 1
      } else {
        places[key] = findings.count
        findings.append(finding)
      }
    }
    return findings
  }

  /// `rejected (verifier) on 5.10, 6.1`.
  func outcome(among all: [String]) -> String {
    var text = cell.verdict.rawValue
    if let cause = cell.cause { text += " (\(cause.rawValue))" }
    // It is wrong wherever it would have run.
    if cell.verdict == .invalid { return text }
    return text + " on " + place(among: all)
  }

  /// `5.10, 6.1`; `all 11 kernels`, or `all kernels but 6.17`, where that is shorter.
  func place(among all: [String]) -> String {
    let others = all.filter { !kernels.contains($0) }
    if others.isEmpty && all.count > 2 { return "all \(all.count) kernels" }
    if all.count > 4 && others.count <= 2 { return "all kernels but " + list(others) }
    return list(kernels)
  }

  private func list(_ kernels: [String]) -> String { kernels.map(Text.line).joined(separator: ", ") }

  /// `suite/test`; of many tests, the first and how many more there are.
  var title: String {
    Text.line("\(cell.suite)/\(cell.test)") + (tests > 1 ? " (and \(Text.count(tests - 1, "more test")))" : "")
  }

  /// Where in the fixture, as `path:line`, for a failure of this finding.
  func location(_ failure: Failure?) -> String {
    let line = failure?.line.map { ":\($0)" } ?? ""
    return Text.line(path) + line
  }

  /// The lines of the verifier's log or the console that matter most.
  var evidence: [String] {
    if let excerpt = cell.excerpt { return Text.lines(excerpt) }
    guard let log = cell.log else { return [] }
    let lines = Text.lines(log)
    // A refusal and a panic are told by the log's end; 12 lines are the usual register dump or call trace head.
    let limit = 12
    guard lines.count > limit else { return lines }
    return ["(\(Text.count(lines.count - limit, "line")) omitted)"] + lines.suffix(limit)
  }

  /// That the kernels didn't say it in the same words, and where the others' words are.
  var note: String? {
    otherwise.isEmpty ? nil : "as \(Text.line(cell.kernel)) says it; in other words on \(list(otherwise)) (see --json)"
  }

  /// What the programs wrote with `bpf_printk`, under a heading. At most `limit` lines.
  func printed(limit: Int) -> [String] {
    guard let lines = cell.printk, !lines.isEmpty else { return [] }
    let more = limit < lines.count ? lines.count - limit : 0
    return ["bpf_printk:"] + lines.prefix(limit).map { "  " + Text.line($0) }
      + (more > 0 ? ["  … and \(Text.count(more, "more line")); --json has them"] : [])
  }

  /// What differed, as plain lines: `return: expected …`, a packet diff. At most `limit` failures.
  func differences(limit: Int) -> [String] {
    var lines: [String] = []
    for failure in cell.failures.prefix(limit) {
      lines.append("\(location(failure)): \(Text.line(failure.path))")
      lines += labelled("expected", failure.expected) + labelled("seen", failure.seen)
      lines += failure.detail.map { Text.lines($0).map { "    \($0)" } } ?? []
    }
    let more = cell.failures.count - limit
    if more > 0 { lines.append("and \(Text.count(more, "more difference")); --json has them all") }
    return lines
  }

  /// What is wrong with the fixture, as a compiler would say it: `PATH:LINE:COLUMN: …`, and what belongs to it below.
  var mistakes: [String] {
    (cell.mistakes ?? []).flatMap { mistake -> [String] in
      let place = [mistake.line, mistake.column].compactMap { $0.map { ":\($0)" } }.joined()
      return ["\(Text.line(path))\(place): \(Text.line(mistake.message))"]
        + (mistake.detail.map(Text.lines) ?? [])
    }
  }

  private func labelled(_ label: String, _ value: String) -> [String] {
    Text.lines(value).enumerated().map { index, line in
      "  " + Text.pad(index == 0 ? label : "", to: 10) + line
    }
  }

  /// How to run the first of the cells again.
  var rerun: String {
    RerunCommand(
      path: path, kernel: cell.kernel, suite: cell.suite, test: cell.test == Cell.wholeSuite ? nil : cell.test,
      frame: cell.failures.first?.frame
    ).text
  }

  /// How to make what was seen the golden, where that is what it differs from.
  var accept: String? {
    guard cell.failures.contains(where: { $0.golden != nil }) else { return nil }
    return RerunCommand(path: path, kernel: cell.kernel, suite: cell.suite, test: cell.test, records: true).text
  }
}
