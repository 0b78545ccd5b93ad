/// Puts a document together from the events of its text, and says what libyaml doesn't mind: keys that stand twice, aliases of
/// nothing, more than a file may hold.
struct YAMLBuilder {
  struct Refusal: Error {
    var position: Position
    var message: String
  }

  /// A list or a mapping whose end hasn't come.
  private struct Open {
    var index: Int
    var anchor: String?
    /// Nodes before it, those that aliases stand for counted each time.
    var nodesBefore: Int
    /// Levels below it.
    var height = 0
  }

  /// What an anchor names.
  private struct Anchored {
    var index: Int
    var nodes: Int
    var height: Int
  }

  private var records: [YAMLDocument.Record] = []
  private var text: [UInt8] = []
  private var stack: [Open] = []
  private var anchors: [String: Anchored] = [:]
  private var nodes = 0

  /// - Parameter size: of the text, in bytes.
  init(size: Int) {
    // About what fixtures have; growing copies all that is there.
    records.reserveCapacity(size / 12)
    text.reserveCapacity(size / 3)
  }

  consuming func document() -> YAMLDocument { YAMLDocument(records, text: text) }

  mutating func add(
    scalar bytes: UnsafeBufferPointer<UInt8>, isPlain: Bool, anchor: String?, at position: Position
  ) throws(Refusal) {
    try count(1, height: 0, at: position)
    let kind: YAMLDocument.Kind = isPlain ? .plain : .quoted
    records.append(
      .init(
        kind, line: position.line, column: position.column, first: UInt32(clamping: text.count),
        count: UInt32(clamping: bytes.count)))
    text.append(contentsOf: bytes)
    finish(records.count - 1, nodes: 1, height: 0, anchor: anchor)
  }

  mutating func add(alias name: String, at position: Position) throws(Refusal) {
    guard let target = anchors[name] else {
      throw Refusal(position: position, message: "not YAML: found undefined alias `\(name)`")
    }
    try count(target.nodes, height: target.height, at: position)
    records.append(
      .init(.alias, line: position.line, column: position.column, first: UInt32(clamping: target.index)))
    finish(records.count - 1, nodes: target.nodes, height: target.height, anchor: nil)
  }

  mutating func open(_ kind: YAMLDocument.Kind, anchor: String?, at position: Position) throws(Refusal) {
    let before = nodes
    try count(1, height: 0, at: position)
    records.append(.init(kind, line: position.line, column: position.column))
    stack.append(Open(index: records.count - 1, anchor: anchor, nodesBefore: before))
  }

  mutating func close() throws(Refusal) {
    guard let open = stack.popLast() else { return }
    records[open.index].first = UInt32(clamping: records.count)
    if records[open.index].kind == .mapping { try checkKeys(of: open.index) }
    finish(open.index, nodes: nodes - open.nodesBefore, height: open.height, anchor: open.anchor)
  }

  private mutating func count(_ more: Int, height: Int, at position: Position) throws(Refusal) {
    nodes += more
    if stack.count + height > YAMLParser.depthLimit {
      throw Refusal(position: position, message: "nested too deeply")
    }
    if nodes > YAMLParser.nodeLimit {
      throw Refusal(position: position, message: "the aliases add up to more than a file may hold")
    }
  }

  private mutating func finish(_ index: Int, nodes: Int, height: Int, anchor: String?) {
    if let anchor { anchors[anchor] = Anchored(index: index, nodes: nodes, height: height) }
    guard let last = stack.indices.last else { return }
    records[stack[last].index].count += 1
    stack[last].height = max(stack[last].height, height + 1)
  }

  // MARK: Keys

  /// Refuses keys that stand twice, and marks a mapping that takes others in (`<<`).
  private mutating func checkKeys(of index: Int) throws(Refusal) {
    let count = Int(records[index].count) / 2
    var hashes: [(hash: UInt64, key: Int)] = []
    hashes.reserveCapacity(count)
    var next = index + 1
    for _ in 0..<count {
      hashes.append((hash(of: next), next))
      if records[next].kind == .plain, bytes(of: next).elementsEqual([0x3c, 0x3c]) { records[index].kind = .merging }
      next = end(of: end(of: next))
    }
    // In the order of the text, where there are few.
    if count > 1 { hashes.sort { ($0.hash, $0.key) < ($1.hash, $1.key) } }
    for (one, other) in zip(hashes, hashes.dropFirst()) where one.hash == other.hash && isSame(one.key, other.key) {
      let label = YAMLDocument(Array(records[...end(of: other.key)].dropLast()), text: text).node(UInt32(other.key))
        .label
      throw Refusal(
        position: records[other.key].position,
        message: "`\(label)` stands twice in one mapping: first in line \(records[one.key].line)")
    }
  }

  /// The record behind a node.
  private func end(of index: Int) -> Int {
    switch records[index].kind {
    case .list, .mapping, .merging: Int(records[index].first)
    default: index + 1
    }
  }

  private func bytes(of index: Int) -> ArraySlice<UInt8> {
    text[Int(records[index].first)..<(Int(records[index].first) + Int(records[index].count))]
  }

  private func target(_ index: Int) -> Int {
    records[index].kind == .alias ? Int(records[index].first) : index
  }

  /// Of a node's kind and text, and of all that is in it (FNV-1a).
  private func hash(of index: Int) -> UInt64 {
    let index = target(index)
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    mix(UInt8(truncatingIfNeeded: records[index].kind.rawValue))
    if records[index].isScalar {
      bytes(of: index).forEach(mix)
    } else {
      mix(UInt8(truncatingIfNeeded: records[index].count))
    }
    return hash
  }

  private func isSame(_ one: Int, _ other: Int) -> Bool {
    let (one, other) = (target(one), target(other))
    guard records[one].kind == records[other].kind, records[one].count == records[other].count else { return false }
    if records[one].isScalar { return bytes(of: one).elementsEqual(bytes(of: other)) }
    var (next, nextOther) = (one + 1, other + 1)
    for _ in 0..<records[one].count {
      guard isSame(next, nextOther) else { return false }
      (next, nextOther) = (end(of: next), end(of: nextOther))
    }
    return true
  }
}
