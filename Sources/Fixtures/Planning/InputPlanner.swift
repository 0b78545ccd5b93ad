import BPF
import Calls
import TestPlan

/// Encodes what is written before a run: globals, map entries, contexts.
struct InputPlanner {
  let facts: ObjectFacts
  var complaints: Complaints

  // MARK: Globals

  /// Read-only globals can be written only before load. What a value doesn't name of a global stays as the object has it,
  /// and once the program is loaded as the program has left it; of a call's arguments it is zero in each call.
  func globals(_ node: YAMLNode?, beforeLoad: Bool) -> [GlobalWrite] {
    guard let node else { return [] }
    guard let entries = node.entries else {
      complaints.add(node.position, "`globals` must be a mapping from names to values")
      return []
    }
    return entries.compactMap { entry -> GlobalWrite? in
      guard let global = global(entry.key) else { return nil }
      if global.isReadOnly && !beforeLoad {
        complaints.add(
          entry.key.position, "`\(global.name)` is read-only once the program is loaded",
          hint: "set it under the `globals:` of the test")
        return nil
      }
      // What a call isn't given is zero, whatever an earlier one has left.
      if global.section == CallSource.section, entry.value.isWord(CallSource.notGiven) {
        let zeros = Bytes([UInt8](repeating: 0, count: global.type.size))
        return GlobalWrite(section: global.section, offset: global.offset, bytes: zeros)
      }
      do throws(BTFCodecError) {
        let bytes = try global.type.encode(entry.value.value, over: global.initial)
        let isWhole = beforeLoad || global.section == CallSource.section
        let mask = isWhole ? nil : try mask(of: entry.value.value, global.type)
        return GlobalWrite(section: global.section, offset: global.offset, bytes: Bytes(bytes), mask: mask)
      } catch {
        complaints.add(error, in: entry.value)
        return nil
      }
    }
  }

  /// The bits that a value names; `nil` for all of them.
  private func mask(of value: BTFValue, _ type: ValueType) throws(BTFCodecError) -> Bytes? {
    guard type.isCompound else { return nil }
    // They are the same whatever was there before.
    let overZeros = try type.encode(value, over: [UInt8](repeating: 0, count: type.size))
    let overOnes = try type.encode(value, over: [UInt8](repeating: 0xff, count: type.size))
    let mask = zip(overZeros, overOnes).map { ~($0 ^ $1) }
    return mask.allSatisfy { $0 == 0xff } ? nil : Bytes(mask)
  }

  func global(_ key: YAMLNode) -> ObjectFacts.Global? {
    if let global = facts.globals[key.label] { return global }
    complaints.add(
      key.position, "the object has no global `\(key.label)`",
      hint: suggestion(for: key.label, among: facts.globalNames) ?? "it has none at all")
    return nil
  }

  // MARK: Maps

  /// The entries to write, and the programs among their values, which must be loaded.
  func maps(_ node: YAMLNode?) -> (writes: [MapWrite], programs: [String]) {
    guard let node else { return ([], []) }
    guard let entries = node.entries else {
      complaints.add(node.position, "`maps` must be a mapping from names to entries")
      return ([], [])
    }
    var writes: [MapWrite] = []
    var programs: [String] = []
    for entry in entries {
      guard let map = map(entry.key) else { continue }
      if let write = contentsOfFile(entry.value, map) {
        writes.append(write)
        continue
      }
      let kinds = MapKindInputs(facts: facts, complaints: complaints)
      if let (write, needed) = kinds.write(entry.value, map) {
        writes.append(write)
        programs += needed
        continue
      }
      if map.type.keepsNoEntries {
        complaints.add(entry.key.position, "entries of a \(map.type) map can't be written")
        continue
      }
      var write = MapWrite(map: map.name, entries: [])
      let pairs = self.entries(of: entry.value, in: map)
      write.entries.reserveCapacity(pairs.count)
      for (key, value) in pairs {
        guard let keys = keys(key, map.key), let value = self.value(value, in: map) else { continue }
        if case .program(let name) = value { programs.append(name) }
        write.entries += keys.map { MapEntry(key: $0, value: value) }
      }
      writes.append(write)
    }
    return (writes, programs)
  }

  func map(_ key: YAMLNode) -> ObjectFacts.Map? {
    if let map = facts.maps[key.label] { return map }
    complaints.add(
      key.position, "the object has no map `\(key.label)`",
      hint: suggestion(for: key.label, among: facts.mapNames) ?? "it has none at all")
    return nil
  }

  /// Keys and values, written as a mapping or as a list of `{ key: …, value: … }`; of an array a list of its elements will
  /// do.
  func entries(
    of node: YAMLNode, in map: ObjectFacts.Map, isExpected: Bool = false
  ) -> [(key: YAMLNode, value: YAMLNode)] {
    if let entries = node.entries {
      // Nothing is no value: it must not be written as zeros, nor be expected of whatever there is.
      for entry in entries where entry.value.isNull {
        let key = entry.key.label
        complaints.add(
          entry.value.position, "there is no value for `\(key)` of `\(map.name)`",
          hint: isExpected
            ? "`absent: [\(key)]` says that it isn't there, `any` stands for whatever there is"
            : map.type.isArray
              ? "all elements of an array are there always: give 0" : "`delete: { \(map.name): [\(key)] }` takes it out"
        )
      }
      return entries.compactMap { $0.value.isNull ? nil : ($0.key, $0.value) }
    }
    if let items = node.items, areElements(items, of: map) { return elements(items, of: map, at: node.position) }
    guard let items = node.items else {
      complaints.add(
        node.position, "the entries of `\(map.name)` must be a mapping or a list, and here is \(node.kind)")
      return []
    }
    return items.compactMap { item in
      guard let fields = Fields(item, of: "an entry of a map", known: ["key", "value"], complaints) else { return nil }
      guard let key = fields["key"], let value = fields["value"] else {
        complaints.add(item.position, "an entry of a map has a `key` and a `value`")
        return nil
      }
      return (key, value)
    }
  }

  /// - Parameter asRecord: what a flexible array is given makes it longer.
  func encode(_ node: YAMLNode, _ type: ValueType, asRecord: Bool = false) -> [UInt8]? {
    do {
      if asRecord, case .btf(let type) = type { return try BTFCodec.encodeRecord(node.value, as: type) }
      return try type.encode(node.value)
    } catch {
      complaints.add(error, in: node)
      return nil
    }
  }

  func value(_ node: YAMLNode, in map: ObjectFacts.Map) -> MapValue? {
    switch map.type {
    case .progArray:
      guard let name = node.text, facts.programs[name] != nil else {
        complaints.add(
          node.position, "the object has no program \(node.kind), and the values of `\(map.name)` are programs",
          hint: node.text.flatMap { suggestion(for: $0, among: facts.programNames) })
        return nil
      }
      return .program(name)
    default: break
    }
    if map.type.isPerCPU, let items = Self.perCPU(node) {
      let values = items.compactMap { encode($0, map.value) }
      return values.count == items.count ? .perCPU(values.map { Bytes($0) }) : nil
    }
    return encode(node, map.value).map { .bytes(Bytes($0)) }
  }

  /// The values of `{ per_cpu: [ … ] }`.
  static func perCPU(_ node: YAMLNode) -> [YAMLNode]? {
    guard let entries = node.entries, entries.count == 1, entries[0].key.isWord("per_cpu") else { return nil }
    return entries[0].value.items
  }
}

extension BPFMapType {
  /// Whether nothing can be written into it from here.
  var keepsNoEntries: Bool {
    switch self {
    case .ringBuffer, .perfEventArray, .stackTrace, .structOps, .arena: true
    default: false
    }
  }

  /// Whether whole contents can be read out and compared.
  var isReadable: Bool {
    switch self {
    case .hash, .array, .lruHash, .lpmTrie, .deviceMap, .deviceHash, .cpuMap, .sockMap, .sockHash, .cgroupStorage: true
    default: isPerCPU
    }
  }
}
