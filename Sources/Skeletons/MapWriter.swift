import BPF

/// Writes the maps of an object as properties.
struct MapWriter {
  let object: BPFObject
  let types: RecordTypes

  init(object: BPFObject) {
    self.object = object
    self.types = RecordTypes(object.btf)
  }

  func properties(_ table: inout TypeTable) -> [String] {
    var taken: Set<String> = ["object"]
    var lines: [String] = []
    for map in object.maps where !map.isInternal {
      let property = SwiftNames.unique(SwiftNames.property(map.name), &taken)
      let handle = "BPFTesting.BPFMap(\"\(map.name)\", of: object)"
      lines.append("/// `\(map.name)`: \(map.type), max_entries \(map.maxEntries).\(guess(map))")
      if let type = wrapper(map, &table) {
        lines.append("public var \(property): \(type) { \(type)(\(handle)) }")
      } else {
        lines.append("public var \(property): BPFTesting.BPFMap { \(handle) }")
      }
    }
    return lines
  }

  /// A word of a type that nothing but its name, or its being there, ties to the map.
  private func guess(_ map: BPFMap) -> String {
    guard map.type == .ringBuffer || map.type == .perfEventArray, let guess = types.guess(for: map.name) else {
      return ""
    }
    return " Its records are taken to be `\(guess.type.declaration)`: \(guess.reason)."
  }

  /// The type over the bare map; `nil` where entries are no values of memory: programs, maps, sockets.
  private func wrapper(_ map: BPFMap, _ table: inout TypeTable) -> String? {
    guard max(map.keySize, map.valueSize) <= TypeTable.mostBytes else { return nil }
    switch map.type {
    case .ringBuffer, .perfEventArray:
      guard let event = types.guess(for: map.name)?.type else { return nil }
      return "BPFTesting.EventMap<\(table.type(of: event, hint: map.name).name)>"
    // The keys of local storage are descriptors of tasks, inodes, sockets or cgroups.
    case .hash, .array, .lruHash, .lpmTrie, .cgroupStorage, .skStorage, .inodeStorage, .taskStorage,
      .cgroupLocalStorage:
      return "BPFTesting.TypedMap<\(arguments(map, &table))>"
    case .perCPUHash, .perCPUArray, .lruPerCPUHash, .perCPUCgroupStorage:
      return "BPFTesting.PerCPUMap<\(arguments(map, &table))>"
    case .queue, .stack: return "BPFTesting.QueueMap<\(value(map, &table).name)>"
    case .bloomFilter: return "BPFTesting.BloomFilterMap<\(value(map, &table).name)>"
    case .arrayOfMaps, .hashOfMaps:
      // The maps inside are reached as bare ones; their types are wanted all the same.
      for inner in MapDefinition(of: map.name, in: object.btf)?.inner ?? [] {
        for (type, part) in [(inner.keyType, "key"), (inner.valueType, "value")] {
          if let type { _ = table.type(of: type, hint: "\(map.name)_\(part)") }
        }
      }
      return nil
    case .userRingBuffer:
      if let record = types.guess(for: map.name, general: false)?.type {
        _ = table.type(of: record, hint: map.name)
      }
      return nil
    default: return nil
    }
  }

  private func arguments(_ map: BPFMap, _ table: inout TypeTable) -> String {
    let key = argument(map.keyType, size: map.keySize, map.name + "_key", &table)
    return "\(key.name), \(value(map, &table).name)"
  }

  private func value(_ map: BPFMap, _ table: inout TypeTable) -> SwiftType {
    argument(map.valueType, size: map.valueSize, map.name + "_value", &table)
  }

  private func argument(_ type: BTFType?, size: Int, _ hint: String, _ table: inout TypeTable) -> SwiftType {
    if let type {
      let found = table.type(of: type, hint: hint)
      if found.size == size { return found }
    }
    return SwiftType.integer(size: size, signed: false) ?? .bytes(size)
  }
}

extension RecordTypes {
  /// Declares the structs that are announced, or whose names say that they are sent.
  func declare(in btf: BTF, _ table: inout TypeTable) {
    for type in announced { _ = table.type(of: type, hint: type.name) }
    for type in btf.types {
      guard case .structure = type.kind, type.size > 0 else { continue }
      if type.name.hasSuffix("_event") || type.name.hasSuffix("_evt") { _ = table.type(of: type, hint: type.name) }
    }
  }
}
