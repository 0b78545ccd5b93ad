import BPF

/// How a test run itself is expected to go: `run: refused`, by which `errno` and which `rule`.
struct RunExpectation: Sendable {
  var position: Position
  var isRefused: PerKernel<Bool>
  /// `nil` for a range of kernels stands for `any`.
  var errno: PerKernel<Located<Int32>?>?
  /// A regular expression for the rule that was broken, in bpftest's words.
  var rule: PerKernel<Located<Pattern>?>?

  /// Whether it is refused on every kernel, so that nothing can come out of it.
  var isNeverAccepted: Bool { isRefused.all.allSatisfy { $0 } }
}

/// Reads `expect: { run: refused, errno: EINVAL, rule: wire_len }`.
struct RunExpectationReader {
  static let keys = ["run", "errno", "rule"]

  let complaints: Complaints

  /// `nil` where nothing is said of it. An errno or a rule alone say that it is refused.
  func read(_ expect: Fields) -> RunExpectation? {
    guard let first = Self.keys.first(where: { expect[$0] != nil }) else { return nil }
    var result = RunExpectation(position: expect.position(of: first), isRefused: PerKernel(true))
    if let node = expect["run"] {
      result.isRefused = PerKernel(node, complaints).compactMap { isRefused($0) }
      if !result.isRefused.all.contains(true) {
        for key in ["errno", "rule"] where expect[key] != nil {
          complaints.add(expect.position(of: key), "`\(key)` is of a run that is refused: `run: refused`")
        }
      }
    }
    if let node = expect["errno"] {
      result.errno = PerKernel(node, needsDefault: false, complaints).compactMap { .some(errno($0)) }
    }
    if let node = expect["rule"] {
      result.rule = PerKernel(node, needsDefault: false, complaints).compactMap { .some(pattern($0)) }
    }
    return result
  }

  private func isRefused(_ node: YAMLNode) -> Bool? {
    switch node.text {
    case "accepted": return false
    case "refused": return true
    default:
      complaints.add(
        node.position, "a run is expected to be accepted or refused, and here is \(node.kind)",
        hint: node.text.flatMap { suggestion(for: $0, among: ["accepted", "refused"]) })
      return nil
    }
  }

  private func errno(_ node: YAMLNode) -> Located<Int32>? {
    if node.isWord("any") { return nil }
    if case .integer(let number) = node.scalar, let code = Int32(exactly: number), code > 0 {
      return Located(code, node.position)
    }
    guard let name = node.text, let code = ErrnoNames.number(name) else {
      complaints.add(node.position, "no errno is called \(node.kind)")
      return nil
    }
    return Located(code, node.position)
  }

  private func pattern(_ node: YAMLNode) -> Located<Pattern>? {
    if node.isWord("any") { return nil }
    var operand = node
    if let entries = node.entries, entries.count == 1, entries[0].key.isWord("matches") { operand = entries[0].value }
    guard let text = operand.text, let pattern = Pattern(text) else {
      complaints.add(node.position, "\(node.kind) is not a regular expression")
      return nil
    }
    return Located(pattern, node.position)
  }
}
