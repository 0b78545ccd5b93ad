import BPF

/// A map whose keys and values are Swift values with the layout of the C ones.
///
/// Assignments can't throw: what goes wrong is thrown by the next call on the object that can, or by `object.check()`.
public struct TypedMap<Key: BitwiseCopyable & Sendable, Value: BitwiseCopyable & Sendable>: Sendable {
  /// The map, with its entries by BTF.
  public let map: BPFMap

  /// A handle to a map; its sizes are checked when it is used.
  public init(_ map: BPFMap) { self.map = map }

  func withCore<T: Sendable>(_ operation: String, _ body: (BPF.BPFMap) throws -> T) throws -> T {
    try map.withCore(operation) { core in
      guard core.keySize == MemoryLayout<Key>.size, core.valueSize == MemoryLayout<Value>.size else {
        throw BPFError(
          .badArgument, operation: "\(operation) of map `\(core.name)`",
          detail: "\(Key.self) and \(Value.self) take \(MemoryLayout<Key>.size) and \(MemoryLayout<Value>.size) bytes, "
            + "and its keys and values \(core.keySize) and \(core.valueSize)")
      }
      return try body(core)
    }
  }

  /// The value under a key, `nil` when there is none; assigning `nil` deletes it.
  public subscript(_ key: Key) -> Value? {
    get {
      var found: Value?
      map.object.keepingFailure { found = try value(key) }
      return found
    }
    nonmutating set {
      map.object.keepingFailure {
        if let newValue { try set(key, to: newValue) } else { try delete(key) }
      }
    }
  }

  /// The value under a key, `nil` when there is none. Of a per-CPU map, the first CPU's.
  public func value(_ key: Key) throws -> Value? { try values(key)?.first }

  /// The values under a key: one, or one for each possible CPU; `nil` when there is none.
  public func values(_ key: Key) throws -> [Value]? {
    try withCore("lookup") { map in
      try map.lookup(key: Layout.bytes(of: key))?.compactMap { Layout.value(of: $0, as: Value.self) }
    }
  }

  /// Writes a value under a key, the same one for every CPU where there is one for each.
  public func set(_ key: Key, to value: Value) throws {
    try withCore("update") { map in
      let bytes = Layout.bytes(of: value)
      try map.update(
        key: Layout.bytes(of: key),
        values: map.type.isPerCPU ? Array(repeating: bytes, count: BPFSystem.possibleCPUs) : [bytes])
    }
  }

  /// Writes many entries, with few system calls where the kernel takes them in batches.
  public func set(_ entries: [(key: Key, value: Value)]) throws {
    try withCore("update") { map in
      let count = map.type.isPerCPU ? BPFSystem.possibleCPUs : 1
      try map.loaded("update").update(
        entries.map { (Layout.bytes(of: $0.key), Array(repeating: Layout.bytes(of: $0.value), count: count)) })
    }
  }

  /// Deletes all entries, with few system calls where the kernel takes them in batches.
  public func removeAll() throws { try map.removeAll() }

  /// Deletes a key; `false` when it wasn't there.
  @discardableResult
  public func delete(_ key: Key) throws -> Bool {
    try withCore("delete") { try $0.delete(key: Layout.bytes(of: key)) }
  }

  /// All entries, in the kernel's order; of a per-CPU map with the first CPU's values.
  public func entries() throws -> [(key: Key, value: Value)] {
    try withCore("iteration") { map in
      try map.entries().compactMap { entry in
        guard let key = Layout.value(of: entry.key, as: Key.self),
          let value = entry.values.first.flatMap({ Layout.value(of: $0, as: Value.self) })
        else { return nil }
        return (key, value)
      }
    }
  }
}

extension BPFMap {
  /// The map with keys and values of these types, which must be as large as the C ones.
  public func typed<Key: BitwiseCopyable & Sendable, Value: BitwiseCopyable & Sendable>(
    key: Key.Type, value: Value.Type
  ) throws -> TypedMap<Key, Value> {
    let typed = TypedMap<Key, Value>(self)
    try typed.withCore("types") { _ in }
    return typed
  }
}
