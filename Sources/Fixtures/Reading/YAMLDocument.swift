/// A YAML text, read: sixteen bytes for each of its nodes and the text of its scalars, in two pieces of memory. Of a fixture
/// with a map of 200,000 entries there are 800,000 nodes.
final class YAMLDocument: Sendable {
  enum Kind: UInt32 {
    case quoted, plain, list, mapping
    /// A mapping with `<<` among its keys.
    case merging
    case alias
  }

  /// A node. Those inside a list or a mapping follow it, keys before their values.
  struct Record {
    /// Of a scalar where its text begins, of an alias the node that it stands for, else the record behind the last inside.
    var first: UInt32
    /// Of a scalar the bytes of its text, else the nodes right inside.
    var count: UInt32
    var line: UInt32
    /// The column above three bits for the kind.
    private var place: UInt32

    init(_ kind: Kind, line: Int, column: Int, first: UInt32 = 0, count: UInt32 = 0) {
      self.first = first
      self.count = count
      self.line = UInt32(clamping: line)
      self.place = min(UInt32(clamping: column), .max >> 3) << 3 | kind.rawValue
    }

    var kind: Kind {
      get { Kind(rawValue: place & 7) ?? .plain }
      set { place = place & ~7 | newValue.rawValue }
    }
    var position: Position { Position(line: Int(line), column: Int(place >> 3)) }
    var isScalar: Bool { kind == .plain || kind == .quoted }
  }

  private let records: [Record]
  private let text: [UInt8]

  init(_ records: [Record], text: [UInt8]) {
    self.records = records
    self.text = text
  }

  /// The first node.
  var root: YAMLNode? { records.isEmpty ? nil : node(0) }

  subscript(_ index: UInt32) -> Record { records[Int(index)] }

  /// A node, or what it is an alias of.
  func node(_ index: UInt32) -> YAMLNode {
    let record = self[index]
    return YAMLNode(self, record.kind == .alias ? record.first : index)
  }

  private func next(after index: UInt32) -> UInt32 {
    let record = self[index]
    return record.kind == .list || record.kind == .mapping || record.kind == .merging ? record.first : index + 1
  }

  /// The bytes of a scalar.
  func bytes(of record: Record) -> ArraySlice<UInt8> {
    text[Int(record.first)..<(Int(record.first) + Int(record.count))]
  }

  func text(of record: Record) -> String {
    text.withUnsafeBytes {
      String(decoding: $0[Int(record.first)..<(Int(record.first) + Int(record.count))], as: UTF8.self)
    }
  }

  /// The nodes right inside a list.
  func items(of index: UInt32) -> [YAMLNode] {
    var next = index + 1
    return (0..<self[index].count).map { _ in
      defer { next = self.next(after: next) }
      return node(next)
    }
  }

  /// The keys and values of a mapping.
  func entries(of index: UInt32) -> [YAMLNode.Entry] {
    var next = index + 1
    let entries = (0..<(self[index].count / 2)).map { _ in
      let key = next
      let value = self.next(after: key)
      next = self.next(after: value)
      return YAMLNode.Entry(key: node(key), value: node(value))
    }
    return self[index].kind == .merging ? Self.merging(entries) : entries
  }

  /// Puts in what `<<: *base` stands for; keys of the mapping itself win.
  private static func merging(_ entries: [YAMLNode.Entry]) -> [YAMLNode.Entry] {
    var result = entries.filter { !$0.key.isWord("<<") }
    var known = Set(result.map(\.key.label))
    for merge in entries where merge.key.isWord("<<") {
      for base in merge.value.items ?? [merge.value] {
        for entry in base.entries ?? [] where known.insert(entry.key.label).inserted { result.append(entry) }
      }
    }
    return result
  }
}
