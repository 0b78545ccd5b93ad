import BPF

/// The keys of one mapping of a fixture, checked against those that may stand there.
struct Fields {
  let position: Position
  /// Few, and many mappings: to look through them costs less than a table. Of two of one name the last counts.
  private let fields: [(name: String, key: Position, node: YAMLNode)]
  private let complaints: Complaints

  /// Complains of unknown keys, and of known ones that this version can't honour yet.
  init?(
    _ node: YAMLNode, of what: String, known: [String], later: [String] = [], _ complaints: Complaints
  ) {
    guard let entries = node.entries else {
      complaints.add(node.position, "\(what) must be a mapping, and here is \(node.kind)")
      return nil
    }
    var fields: [(name: String, key: Position, node: YAMLNode)] = []
    fields.reserveCapacity(entries.count)
    for entry in entries {
      guard let name = entry.key.text else {
        complaints.add(entry.key.position, "\(entry.key.kind) can't be a key of \(what)")
        continue
      }
      if later.contains(name) {
        complaints.add(entry.key.position, "not supported yet: `\(name)`")
      } else if known.contains(name) {
        // A key without a value says nothing; a mapping that has it means to say something.
        if entry.value.isNull { complaints.add(entry.key.position, "`\(name)` has no value") }
        fields.append((name, entry.key.position, entry.value))
      } else {
        let split = name.contains("=") || name.contains("(") || name.contains(")")
        complaints.add(
          entry.key.position, "unknown key `\(name)` in \(what)",
          hint: split
            ? "inside { } a comma ends a value: put the packet expression in single quotation marks"
            : suggestion(for: name, among: known + later))
      }
    }
    self.position = node.position
    self.fields = fields
    self.complaints = complaints
  }

  private func field(_ key: String) -> (name: String, key: Position, node: YAMLNode)? {
    fields.last { $0.name == key }
  }

  /// The value under a key; `nil` when there is none.
  subscript(_ key: String) -> YAMLNode? {
    guard let node = field(key)?.node, !node.isNull else { return nil }
    return node
  }

  func complain(_ position: Position, _ message: String) { complaints.add(position, message) }

  /// Complains of a key that stands beside another one that says the same thing in another way.
  func refuse(_ one: String, beside other: String) {
    guard self[one] != nil, self[other] != nil else { return }
    complaints.add(position(of: other), "`\(one)` and `\(other)` don't go together")
  }

  /// Complains of keys that belong to others than the one that stands here.
  func refuse(_ options: [(owner: String, keys: [String])], beside name: String) {
    for (owner, keys) in options where owner != name {
      for key in keys where self[key] != nil {
        complaints.add(position(of: key), "`\(key)` belongs to `\(owner)`, and here is `\(name)`")
      }
    }
  }

  /// Where the key itself stands.
  func position(of key: String) -> Position { field(key)?.key ?? position }

  /// A string; numbers count as what they are written as.
  func text(_ key: String) -> Located<String>? {
    guard let node = self[key] else { return nil }
    guard let text = node.text else {
      complaints.add(node.position, "`\(key)` must be a string, and here is \(node.kind)")
      return nil
    }
    return Located(text, node.position)
  }

  /// One string or a list of them.
  func texts(_ key: String) -> [Located<String>] {
    guard let node = self[key] else { return [] }
    return (node.items ?? [node]).compactMap { item in
      guard let text = item.text else {
        complaints.add(item.position, "`\(key)` takes a string or a list of strings, and here is \(item.kind)")
        return nil
      }
      return Located(text, item.position)
    }
  }

  /// A positive number that fits 32 bits.
  func count(_ key: String) -> UInt32? {
    guard let node = self[key] else { return nil }
    guard case .integer(let number) = node.scalar, number >= 1, let count = UInt32(exactly: number) else {
      complaints.add(node.position, "`\(key)` must be a number from 1 to \(UInt32.max), and here is \(node.kind)")
      return nil
    }
    return count
  }

  /// A list.
  func list(_ key: String) -> [YAMLNode]? {
    guard let node = self[key] else { return nil }
    guard let items = node.items else {
      complaints.add(node.position, "`\(key)` must be a list, and here is \(node.kind)")
      return nil
    }
    return items
  }
}

/// A value and where it was written.
struct Located<Value: Sendable>: Sendable {
  var value: Value
  var position: Position

  init(_ value: Value, _ position: Position) {
    self.value = value
    self.position = position
  }
}
