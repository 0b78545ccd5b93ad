/// Reads `expect: { printk: … }`, the lines that programs write with `bpf_printk` during a step.
///
///     printk: "dropped 10.0.0.1"             # a line that contains it
///     printk: { matches: "^dropped \\d+" }   # a line that matches
///     printk: [ "in", { matches: "out$" } ]  # these in this order; others may come between
///     printk: { exactly: [ "in", "out" ] }   # these and no others
///     printk: { count: { ge: 2 } }           # how many there are
///     printk: none                           # none at all
struct PrintkPlanner {
  let facts: ObjectFacts
  let complaints: Complaints

  private static let keys = ["exactly", "contains", "count"]

  func plan(_ node: YAMLNode) -> PerKernel<ExpectedPrintk>? {
    let choice = PerKernel(node, complaints).compactMap(expected)
    if !facts.writesLines, choice.all.contains(where: { !$0.lines.isEmpty || $0.count != nil }) {
      complaints.add(
        node.position, "no code of the object calls `bpf_printk`, so no line can come",
        hint: "a macro may have left it out: see `cflags`")
    }
    return choice.all.isEmpty ? nil : choice
  }

  private func expected(_ node: YAMLNode) -> ExpectedPrintk? {
    var result = ExpectedPrintk()
    result.line = node.position.line
    if node.isWord("none") {
      result.isExact = true
      return result
    }
    if node.entries == nil || Condition.isMatcher(node) { return lines(node, into: &result) ? result : nil }
    guard let fields = Fields(node, of: "`printk`", known: Self.keys, complaints) else { return nil }
    if fields["exactly"] != nil, fields["contains"] != nil {
      complaints.add(fields.position(of: "contains"), "`exactly` and `contains` don't go together")
      return nil
    }
    result.isExact = fields["exactly"] != nil
    result.count = fields["count"].flatMap { Condition.count($0, "a number of lines", complaints) }
    if let node = fields["exactly"] ?? fields["contains"] { return lines(node, into: &result) ? result : nil }
    if result.count == nil {
      complaints.add(node.position, "nothing is said of the lines", hint: "give them, or say `none` or `count: 3`")
      return nil
    }
    return result
  }

  private func lines(_ node: YAMLNode, into result: inout ExpectedPrintk) -> Bool {
    let items = node.items ?? [node]
    guard !items.isEmpty else {
      complaints.add(node.position, "no line is expected", hint: "`printk: none` says that none may come")
      return false
    }
    result.lines = items.compactMap(line)
    return result.lines.count == items.count
  }

  private func line(_ node: YAMLNode) -> ExpectedPrintk.Line? {
    let place = node.position.line
    if node.isWord("any") { return ExpectedPrintk.Line(condition: .any, label: "anything", line: place) }
    if Condition.isMatcher(node) {
      let reader = MatcherReader(
        complaints: complaints, equal: { text($0).map { .bytes(Array($0.utf8)) } },
        number: { node in
          complaints.add(node.position, "a line is text, which has no order")
          return nil
        })
      return reader.read(node).map { ExpectedPrintk.Line(condition: $0, label: "", line: place) }
    }
    guard let text = text(node) else { return nil }
    return ExpectedPrintk.Line(condition: .bytes(Array(text.utf8)), label: "\"\(text)\"", line: place)
  }

  private func text(_ node: YAMLNode) -> String? {
    guard let text = node.text, !text.isEmpty else {
      complaints.add(node.position, "a line is text, or `{ matches: … }`, and here is \(node.kind)")
      return nil
    }
    return text
  }
}
