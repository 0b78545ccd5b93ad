import BPF

/// All entries of a map at once, the values of every CPU, and what stack traces mean.
extension BPFMap {
  /// All entries, in the kernel's order, read with few system calls where the kernel has batches for this type of map; of
  /// a per-CPU map with the first CPU's values.
  public func entries() throws -> [(key: BTFValue, value: BTFValue)] {
    try withCore("iteration") { map in
      try map.entries().compactMap { entry in
        guard let value = entry.values.first else { return nil }
        return (try Self.decode(entry.key, map.keyType), try Self.decode(value, map.valueType))
      }
    }
  }

  /// Writes many entries, with few system calls where the kernel takes them in batches; of a per-CPU map the same value for
  /// every CPU.
  public func set(_ entries: [(key: BTFValue, value: BTFValue)]) throws {
    try withCore("update") { map in
      let count = map.type.isPerCPU ? BPFSystem.possibleCPUs : 1
      try map.loaded("update").update(
        entries.map { key, value in
          let bytes = try Self.encode(value, map.valueType, map.valueSize, "value of map `\(name)`")
          return (
            try Self.encode(key, map.keyType, map.keySize, "key of map `\(name)`"),
            Array(repeating: bytes, count: count)
          )
        })
    }
  }

  /// Writes many entries: `try map.set([53: ["hits": 1], 80: ["hits": 2]])`.
  public func set(_ entries: KeyValuePairs<BTFValue, BTFValue>) throws { try set(Array(entries)) }

  /// Deletes all entries, with few system calls where the kernel takes them in batches.
  public func removeAll() throws {
    try withCore("delete") { map in try map.loaded("delete").delete(keys: map.keys()) }
  }

  // MARK: Values of every CPU

  /// Writes the values of a per-CPU map under a key, one for each CPU in order; those missing become zeros.
  public func set(_ key: BTFValue, toEach values: [BTFValue]) throws {
    try withCore("update") { map in
      guard map.type.isPerCPU else {
        throw BPFError(
          .badArgument, operation: "update of map `\(name)`",
          detail: "it has one value for all CPUs, and is a \(map.type)")
      }
      try map.update(
        key: Self.encode(key, map.keyType, map.keySize, "key of map `\(name)`"),
        values: values.map { try Self.encode($0, map.valueType, map.valueSize, "value of map `\(name)`") })
    }
  }

  /// The values of all CPUs under a key added up, numbers in structs and lists each for itself; `nil` when there is none.
  public func sum(_ key: BTFValue) throws -> BTFValue? { try values(key).flatMap(BTFValue.sum) }

  // MARK: Stack traces

  /// The functions of a stack trace, innermost first, by the number that `bpf_get_stackid` returned; `nil` when there is
  /// none. What lies in user space, or can't be told without root, is given as an address.
  public func frames(_ stack: BTFValue) throws -> [String]? {
    try withCore("lookup") { map in
      guard map.type == .stackTrace else {
        throw BPFError(.badArgument, operation: "stack in map `\(name)`", detail: "it is a \(map.type)")
      }
      return try map.lookup(key: Self.encode(stack, map.keyType, map.keySize, "key of map `\(name)`"))
        .flatMap { KernelSymbols.frames($0).first }
    }
  }
}

extension BTFValue {
  /// The numbers of values of one type added up; what is no number is the first one's.
  static func sum(_ values: [BTFValue]) -> BTFValue? {
    guard var total = values.first else { return nil }
    for value in values.dropFirst() { total = total.adding(value) }
    return total
  }

  private func adding(_ other: BTFValue) -> BTFValue {
    switch (self, other) {
    case (.integer(let left), .integer(let right)): .integer(left &+ right)
    case (.list(let left), .list(let right)): .list(zip(left, right).map { $0.adding($1) })
    case (.fields(let left), .fields(let right)):
      .fields(zip(left, right).map { Field($0.name, $0.value.adding($1.value)) })
    default: self
    }
  }
}
