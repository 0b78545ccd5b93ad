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

  var content: Content
  var position: Position

  /// What a scalar means. The core schema of YAML 1.2, whose `no` is a word and `0x10` is 16.
  enum Scalar: Hashable {
    case null
    case bool(Bool)
    case integer(Int128)
    case text(String)
  }

  /// `nil` for lists and mappings.
  var scalar: Scalar? {
    guard case .scalar(let text, let plain) = content else { return nil }
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
    guard case .scalar(let text, _) = content, !isNull else { return nil }
    return text
  }

  var isNull: Bool {
    guard case .scalar(let text, plain: true) = content else { return false }
    return text.isEmpty || text == "~" || text == "null"
  }

  /// Whether this is the bare word, without quotation marks.
  func isWord(_ word: String) -> Bool {
    if case .scalar(word, plain: true) = content { return true }
    return false
  }

  var entries: [Entry]? {
    if case .mapping(let entries) = content { return entries }
    return nil
  }

  var items: [YAMLNode]? {
    if case .list(let items) = content { return items }
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
