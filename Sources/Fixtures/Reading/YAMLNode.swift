import BPF
import TestPlan

/// A YAML value that remembers where it stands.
struct YAMLNode: Sendable {
  /// A key and its value.
  struct Entry: Sendable {
    var key: YAMLNode
    var value: YAMLNode
  }

  indirect enum Content: Sendable {
    /// `plain` when it stood without quotation marks, and may mean a number, a truth value or nothing.
    case scalar(String, plain: Bool)
    case list([YAMLNode])
    case mapping([Entry])
  }

  /// What wasn't read but made, or changed after it was read.
  private final class Made: Sendable {
    let content: Content
    let position: Position

    init(_ content: Content, _ position: Position) {
      self.content = content
      self.position = position
    }
  }

  private enum Storage: Sendable {
    case read(YAMLDocument, UInt32)
    case made(Made)
  }

  private var storage: Storage

  init(content: Content, position: Position) { self.storage = .made(Made(content, position)) }

  /// A node of a document that is no alias.
  init(_ document: YAMLDocument, _ index: UInt32) { self.storage = .read(document, index) }

  var content: Content {
    get {
      switch storage {
      case .made(let made): return made.content
      case .read(let document, let index):
        let record = document[index]
        switch record.kind {
        case .list: return .list(document.items(of: index))
        case .mapping, .merging: return .mapping(document.entries(of: index))
        default: return .scalar(document.text(of: record), plain: record.kind == .plain)
        }
      }
    }
    set { storage = .made(Made(newValue, position)) }
  }

  var position: Position {
    switch storage {
    case .made(let made): made.position
    case .read(let document, let index): document[index].position
    }
  }

  /// The text, and whether it stood without quotation marks; `nil` for lists and mappings.
  private var written: (text: String, plain: Bool)? {
    switch storage {
    case .made(let made):
      guard case .scalar(let text, let plain) = made.content else { return nil }
      return (text, plain)
    case .read(let document, let index):
      let record = document[index]
      return record.isScalar ? (document.text(of: record), record.kind == .plain) : nil
    }
  }

  /// What a scalar means. The core schema of YAML 1.2, whose `no` is a word and `0x10` is 16.
  enum Scalar: Hashable {
    case null
    case bool(Bool)
    case integer(Int128)
    case text(String)
  }

  /// `nil` for lists and mappings.
  var scalar: Scalar? {
    guard let (text, plain) = written else { return nil }
    guard plain else { return .text(text) }
    switch text {
    case "", "~", "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: return Self.integer(text).map(Scalar.integer) ?? .text(text)
    }
  }

  /// The scalar as it was written, `nil` for lists, mappings and nothing at all.
  var text: String? {
    guard let (text, plain) = written, !plain || !Self.isNull(text) else { return nil }
    return text
  }

  var isNull: Bool {
    guard let (text, plain) = written else { return false }
    return plain && Self.isNull(text)
  }

  private static func isNull(_ text: String) -> Bool { text.isEmpty || text == "~" || text == "null" }

  /// Whether this is the bare word, without quotation marks.
  func isWord(_ word: String) -> Bool {
    guard let (text, plain) = written else { return false }
    return plain && text == word
  }

  var entries: [Entry]? {
    switch storage {
    case .made(let made): if case .mapping(let entries) = made.content { return entries }
    case .read(let document, let index):
      let kind = document[index].kind
      if kind == .mapping || kind == .merging { return document.entries(of: index) }
    }
    return nil
  }

  var items: [YAMLNode]? {
    switch storage {
    case .made(let made): if case .list(let items) = made.content { return items }
    case .read(let document, let index): if document[index].kind == .list { return document.items(of: index) }
    }
    return nil
  }

  /// For messages: `a list`.
  var kind: String {
    switch content {
    case .list: "a list"
    case .mapping: "a mapping"
    case .scalar(let text, _): isNull ? "nothing" : "`\(text.count > 40 ? text.prefix(40) + "…" : text)`"
    }
  }

  /// Reads decimal, `0x`, `0o` and `0b` numbers with a sign; `nil` for anything else, and for what no `__int128` holds.
  static func integer(_ text: String) -> Int128? {
    guard let first = text.utf8.first, (0x30...0x39).contains(first) || first == 0x2d || first == 0x2b else {
      return nil
    }
    // As most are written, without the sum in 128 bits.
    if text.utf8.count <= 18, first >= 0x30, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return Int128(text.utf8.reduce(0) { $0 * 10 + Int($1 - 0x30) })
    }
    let negative = first == 0x2d
    let digits = negative || first == 0x2b ? text.dropFirst() : text[...]
    let prefix = digits.prefix(2)
    let radix = prefix == "0x" ? 16 : prefix == "0o" ? 8 : prefix == "0b" ? 2 : 10
    let body = radix == 10 ? digits : digits.dropFirst(2)
    guard let start = body.utf8.first, start != 0x2d, start != 0x2b else { return nil }
    // With its sign, since the least number has no positive.
    return negative ? Int128("-" + body, radix: radix) : Int128(body, radix: radix)
  }

  /// The value for encoding by BTF. `{ hex: "…" }` is a run of bytes.
  var value: BTFValue {
    switch content {
    case .list(let items): return .list(items.map(\.value))
    case .mapping(let entries):
      if entries.count == 1, entries[0].key.isWord("hex"), let bytes = entries[0].value.text.flatMap({ Bytes(hex: $0) })
      {
        return .bytes(bytes.array)
      }
      return .fields(entries.map { .init($0.key.label, $0.value.value) })
    case .scalar:
      return switch scalar {
      case .integer(let number): .integer(number)
      case .bool(let flag): .bool(flag)
      case .text(let text): .text(text)
      case .null, nil: .null
      }
    }
  }

  /// The node on one line, in flow style: what a path or a message calls it.
  var label: String {
    switch content {
    case .scalar(let text, _): text
    case .list(let items): "[\(items.map(\.label).joined(separator: ", "))]"
    case .mapping(let entries): "{\(entries.map { "\($0.key.label): \($0.value.label)" }.joined(separator: ", "))}"
    }
  }

  /// The node that a path inside a value leads to, or the last one on the way: `["rules", "[3]", "port"]`.
  func descend(_ path: [String]) -> YAMLNode {
    var node = self
    for component in path {
      if component.hasPrefix("["), let index = Int(component.dropFirst().dropLast()),
        let items = node.items, items.indices.contains(index)
      {
        node = items[index]
      } else if let entry = node.entries?.first(where: { "[\($0.key.label)]" == component }) {
        node = entry.value
      } else if let entry = node.entries?.first(where: { $0.key.label == component }) {
        node = entry.value
      } else {
        return node
      }
    }
    return node
  }
}
