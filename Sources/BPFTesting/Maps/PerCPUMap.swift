/// A map with a value for each possible CPU under a key, whose keys and values are Swift values with the layout of the C
/// ones.
public struct PerCPUMap<Key: BitwiseCopyable & Sendable, Value: BitwiseCopyable & Sendable>: Sendable {
  /// The map, with its entries by BTF.
  public let map: BPFMap

  /// A handle to a map; its sizes are checked when it is used.
  public init(_ map: BPFMap) { self.map = map }

  private var typed: TypedMap<Key, Value> { TypedMap(map) }

  /// The values under a key, in the order of the CPUs; `nil` when there is none.
  ///
  /// What goes wrong is thrown by the next call on the object that can throw.
  public subscript(_ key: Key) -> [Value]? {
    var found: [Value]?
    map.object.keepingFailure { found = try typed.values(key) }
    return found
  }

  /// The values under a key, in the order of the CPUs; `nil` when there is none.
  public func values(_ key: Key) throws -> [Value]? { try typed.values(key) }

  /// The sum over all CPUs of a number in the values: `stats.sum(0, \.packets)`. 0 when there is no such key.
  public func sum<Number: FixedWidthInteger>(_ key: Key, _ member: KeyPath<Value, Number>) throws -> Number {
    (try typed.values(key) ?? []).reduce(0) { $0 &+ $1[keyPath: member] }
  }

  /// Writes the same value for every CPU.
  public func set(_ key: Key, to value: Value) throws { try typed.set(key, to: value) }

  /// Deletes a key; `false` when it wasn't there.
  @discardableResult
  public func delete(_ key: Key) throws -> Bool { try typed.delete(key) }
}

/// A ring buffer or perf event array whose records are Swift values with the layout of the C ones.
public struct EventMap<Event: BitwiseCopyable & Sendable>: Sendable {
  /// The map.
  public let map: BPFMap

  /// A handle to a map.
  public init(_ map: BPFMap) { self.map = map }

  /// The map's records, each awaited with a limit; one of another length than `Event` is an error.
  public func events(within limit: Duration) throws -> BPFEvents<Event> {
    try map.events(as: Event.self, within: limit)
  }
}
