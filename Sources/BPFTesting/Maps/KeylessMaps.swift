import BPF

/// A queue or a stack whose values are Swift values with the layout of the C ones.
public struct QueueMap<Value: BitwiseCopyable & Sendable>: Sendable {
  /// The map, with its values by BTF.
  public let map: BPFMap

  /// A handle to a map; its size is checked when it is used.
  public init(_ map: BPFMap) { self.map = map }

  /// Adds a value. Throws `E2BIG` when a queue is full.
  public func push(_ value: Value) throws {
    try map.withCore("push") { try $0.loaded("push").push(Layout.bytes(of: value)) }
  }

  /// Takes the next value out; `nil` when there is none.
  public func pop() throws -> Value? { try value("pop") { try $0.pop() } }

  /// The next value, which stays; `nil` when there is none.
  public func peek() throws -> Value? { try value("peek") { try $0.peek() } }

  private func value(_ operation: String, _ body: (KernelMap) throws -> [UInt8]?) throws -> Value? {
    guard let bytes = try map.withCore(operation, { try body($0.loaded(operation)) }) else { return nil }
    if let value = Layout.value(of: bytes, as: Value.self) { return value }
    throw BPFError(
      .badArgument, operation: "\(operation) of map `\(map.name)`",
      detail: "\(Value.self) takes \(MemoryLayout<Value>.size) bytes, and its values \(bytes.count)")
  }
}

/// A bloom filter whose values are Swift values with the layout of the C ones.
public struct BloomFilterMap<Value: BitwiseCopyable & Sendable>: Sendable {
  /// The map, with its values by BTF.
  public let map: BPFMap

  /// A handle to a map; its size is checked when it is used.
  public init(_ map: BPFMap) { self.map = map }

  /// Adds a value.
  public func push(_ value: Value) throws {
    try map.withCore("push") { try $0.loaded("push").push(Layout.bytes(of: value)) }
  }

  /// Whether it may hold a value; `false` is certain.
  public func mayContain(_ value: Value) throws -> Bool {
    try map.withCore("lookup") { try $0.loaded("lookup").mayContain(Layout.bytes(of: value)) }
  }
}
