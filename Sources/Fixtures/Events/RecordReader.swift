import BPF

/// Reads what a record is expected to be. Beside the members of its struct two keys may stand, where no member is called so:
///
///     rb: { exactly: [ { pid: 7, length: 14, tail: { hex: 0a0b } } ] }
///
/// `length` is how many bytes were sent, a number or a matcher. `tail` is what was sent behind the struct: `{ hex: … }`,
/// `{ text: … }`, a list of bytes, or `any`. A flexible array goes by its own name: `data: "hello"`, `words: [10, 20]`.
/// Where a member is called `length` or `tail`, and for records that are no structs: `{ value: …, length: …, tail: … }`.
struct RecordReader {
  let complaints: Complaints

  private static let keys = ["value", "length", "tail"]

  /// `nil` after a complaint.
  func read(_ node: YAMLNode, as type: ValueType) -> ExpectedRecord? {
    var btf: BTFType?
    if case .btf(let type) = type { btf = type }
    let reader = ExpectedValueReader(complaints: complaints, isRecord: true)
    guard let entries = node.entries, !PerKernel<YAMLNode>.isChoice(node) else {
      return reader.read(node, as: type).map { made($0, node, btf) }
    }
    if isWrapper(entries, btf) {
      guard let fields = Fields(node, of: "a record", known: Self.keys, complaints), let inner = fields["value"],
        var record = read(inner, as: type)
      else { return nil }
      record.label = node.label
      guard set(fields["length"], fields["tail"], in: &record, btf) else { return nil }
      return record
    }
    guard let btf, case .structure = btf.resolved.kind else {
      return reader.read(node, as: type).map { made($0, node, btf) }
    }
    var members = entries
    func take(_ name: String) -> YAMLNode? {
      guard let index = members.firstIndex(where: { $0.key.isWord(name) }) else { return nil }
      return members.remove(at: index).value
    }
    let flexible = btf.flexibleArray?.member.name
    let own = flexible.flatMap(take)
    let length = btf.member("length") == nil ? take("length") : nil
    let tail = btf.member("tail") == nil ? take("tail") : nil
    if let own, tail != nil {
      complaints.add(
        own.position, "what is behind \(btf.declaration) is its `\(flexible ?? "")`, and `tail` says it too")
      return nil
    }
    var rest = node
    rest.content = .mapping(members)
    let any = ExpectedValue(shape: .leaf(.any), type: .rest(.bytes), offset: 0, line: node.position.line)
    guard let value = members.isEmpty && !entries.isEmpty ? any : reader.read(rest, as: type) else { return nil }
    var record = made(value, node, btf)
    return set(length, own ?? tail, in: &record, btf) ? record : nil
  }

  private func made(_ value: ExpectedValue, _ node: YAMLNode, _ type: BTFType?) -> ExpectedRecord {
    var record = ExpectedRecord(value: value, label: node.label, line: node.position.line, type: type)
    // Whatever it is, it may be of any length.
    if node.isWord("any") { record.tail = .any }
    return record
  }

  /// Whether a mapping says of a record more than its value, in keys that are no members.
  private func isWrapper(_ entries: [YAMLNode.Entry], _ type: BTFType?) -> Bool {
    entries.contains { $0.key.isWord("value") }
      && entries.allSatisfy { entry in Self.keys.contains { entry.key.isWord($0) } }
      && type?.member("value") == nil
  }

  private func set(
    _ length: YAMLNode?, _ tail: YAMLNode?, in record: inout ExpectedRecord, _ type: BTFType?
  ) -> Bool {
    if let length {
      guard let condition = Condition.count(length, "a length in bytes", complaints) else { return false }
      record.length = condition
    }
    guard let tail else { return true }
    guard let type else {
      complaints.add(tail.position, "bytes and text have nothing behind them")
      return false
    }
    guard let value = self.tail(tail, type) else { return false }
    record.tail = value
    return true
  }

  private func tail(_ node: YAMLNode, _ type: BTFType) -> ExpectedRecord.Tail? {
    if node.isWord("any") { return .any }
    let reader = ExpectedValueReader(complaints: complaints, isRecord: true)
    guard let (member, element) = type.flexibleArray else {
      return reader.read(node, as: .rest(.bytes), at: type.size).map { .value($0, label: ".tail", end: nil) }
    }
    let label = ".\(member.name)"
    let start = member.bitOffset / 8
    var elements: [(index: Int, node: YAMLNode)]?
    var end: Int?
    if let items = node.items {
      elements = items.enumerated().map { ($0, $1) }
      end = start + items.count * element.size
    } else if let entries = node.entries, entries.allSatisfy({ $0.key.index != nil }) {
      elements = entries.compactMap { entry in entry.key.index.map { ($0, entry.value) } }
    }
    guard let elements else {
      return reader.read(node, as: .rest(.elements(of: element)), at: start)
        .map { .value($0, label: label, end: nil) }
    }
    let parts = elements.compactMap { item in
      reader.read(item.node, as: .btf(element), at: start + item.index * element.size)
        .map { ExpectedValue.Part(label: "[\(item.index)]", value: $0) }
    }
    guard parts.count == elements.count else { return nil }
    let value = ExpectedValue(
      shape: .parts(parts), type: .rest(.elements(of: element)), offset: start, line: node.position.line)
    return .value(value, label: label, end: end)
  }
}

extension YAMLNode {
  /// An index of an array without an end.
  fileprivate var index: Int? {
    guard case .integer(let number) = scalar, number >= 0, number < 1 << 20 else { return nil }
    return Int(number)
  }
}

extension Condition {
  /// Reads a number that isn't negative, or a matcher; `nil` after a complaint.
  static func count(_ node: YAMLNode, _ what: String, _ complaints: Complaints) -> Condition? {
    func plain(_ node: YAMLNode) -> Int128? {
      if case .integer(let number) = node.scalar, number >= 0 { return number }
      complaints.add(node.position, "\(what) is expected, and here is \(node.kind)")
      return nil
    }
    if node.isWord("any") { return .any }
    guard isMatcher(node) else { return plain(node).map(Condition.number) }
    return MatcherReader(complaints: complaints, equal: { plain($0).map(Condition.number) }, number: plain).read(node)
  }
}
