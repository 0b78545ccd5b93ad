import BPF
import Glibc
import TestPlan

/// Writing and reading maps of every kind.
extension StepRunner {
  // MARK: Writing

  func write(maps writes: [MapWrite], in scene: TestScene) throws(BPFError) {
    for write in writes {
      let map = try found(maps[write.map], "map", write.map)
      if map.type == .userRingBuffer {
        let ring = try UserRingBufferWriter(map)
        for entry in write.entries { if case .bytes(let record) = entry.value { try ring.write(record.array) } }
        continue
      }
      if map.type == .arena {
        for entry in write.entries {
          if case .bytes(let bytes) = entry.value { try map.writeArena(bytes.array, at: entry.key.offset) }
        }
        continue
      }
      let kernelMap = try map.loaded("update")
      if let plain = write.plainEntries, !map.type.isKeyless {
        try kernelMap.update(plain)
        continue
      }
      for entry in write.entries {
        if case .contents(let contents) = entry.value {
          let inner = try map.makeInner(maxEntries: contents.maxEntries)
          for entry in contents.entries { try self.write(entry, to: inner, in: scene) }
          try map.update(key: entry.key.array, descriptor: inner.descriptor)
        } else {
          try self.write(entry, to: kernelMap, in: scene)
        }
      }
    }
  }

  private func write(_ entry: MapEntry, to map: KernelMap, in scene: TestScene) throws(BPFError) {
    switch entry.value {
    case .bytes(let value):
      if map.type.isKeyless { return try map.push(value.array) }
      guard entry.references != nil else { return try map.update(key: entry.key.array, values: [value.array]) }
      let references = ResolvedReferences()
      let filled = try references.fill(entry, value: value.array, self, in: scene)
      try map.update(key: filled.key, values: [filled.value])
    case .perCPU(let values): try map.update(key: entry.key.array, values: values.map(\.array))
    case .program(let name):
      let program = try found(programs[name], "program", name)
      try update(map, entry.key, try loaded(program.descriptor, "program", name))
    case .map(let name):
      let inner = try found(maps[name], "map", name)
      try update(map, entry.key, try loaded(inner.descriptor, "map", name))
    case .deleted: try delete(entry, from: map, in: scene)
    case .contents:
      throw BPFError(.badArgument, operation: "map `\(map.name)` stands in another, and can't hold maps itself")
    }
  }

  private func delete(_ entry: MapEntry, from map: KernelMap, in scene: TestScene) throws(BPFError) {
    let references = ResolvedReferences()
    let key = try references.fill(entry, value: [], self, in: scene).key
    guard try map.delete(key: key) else {
      throw BPFError(.kernel, errno: ENOENT, operation: "delete from map `\(map.name)`", detail: "there is no such key")
    }
  }

  private func update(_ map: KernelMap, _ key: Bytes, _ descriptor: Int32) throws(BPFError) {
    try map.update(key: key.array, values: [withUnsafeBytes(of: descriptor) { [UInt8]($0) }])
  }

  // MARK: Reading

  func read(_ map: BPFMap) throws(BPFError) -> MapObservation {
    let loaded = try map.loaded("reading")
    switch map.type {
    case .queue, .stack:
      let values = try loaded.sequence()
      return MapObservation(
        map: map.name, entries: values.map { MapEntry(key: Bytes(), value: .bytes(Bytes($0))) })
    case .stackTrace:
      let entries = try entries(loaded)
      let values = entries.map { entry in
        if case .bytes(let value) = entry.value { value.array } else { [] as [UInt8] }
      }
      return MapObservation(map: map.name, entries: entries, frames: KernelSymbols.frames(values))
    case .progArray:
      let names = Dictionary(programs.compactMap { name, program in program.id.map { ($0, name) } }) { first, _ in first
      }
      var entries = try entries(loaded)
      for index in entries.indices {
        guard case .bytes(let value) = entries[index].value,
          let name = names[value.array.reversed().reduce(0) { $0 << 8 | UInt32($1) }]
        else { continue }
        entries[index].value = .program(name)
      }
      return MapObservation(map: map.name, entries: entries)
    case .arrayOfMaps, .hashOfMaps:
      var entries: [MapEntry] = []
      for key in try loaded.keys() {
        guard let inner = try loaded.inner(key: key) else { continue }
        entries.append(MapEntry(key: Bytes(key), value: .contents(InnerMap(entries: try self.entries(inner)))))
      }
      return MapObservation(map: map.name, entries: entries)
    default: return MapObservation(map: map.name, entries: try entries(loaded))
    }
  }

  private func entries(_ map: KernelMap) throws(BPFError) -> [MapEntry] {
    try map.entries().map { MapEntry(key: Bytes($0.key), value: value($0.values, map.type)) }
  }

  private func value(_ values: [[UInt8]], _ type: BPFMapType) -> MapValue {
    type.isPerCPU ? .perCPU(values.map { Bytes($0) }) : .bytes(Bytes(values.first ?? []))
  }

  func lookup(_ lookup: MapLookup, in scene: TestScene) throws(BPFError) -> MapObservation {
    let own = try found(maps[lookup.map], "map", lookup.map)
    var entries: [MapEntry] = []
    if own.type == .arena {
      for entry in lookup.entries {
        guard case .bytes(let room) = entry.value else { continue }
        let bytes = try own.readArena(at: entry.key.offset, count: room.count)
        entries.append(MapEntry(key: entry.key, value: .bytes(Bytes(bytes))))
      }
      return MapObservation(map: lookup.map, entries: entries)
    }
    let map = try own.loaded("lookup")
    for entry in lookup.entries {
      if map.type == .bloomFilter {
        if try map.mayContain(entry.key.array) { entries.append(MapEntry(key: entry.key, value: .bytes(entry.key))) }
        continue
      }
      let references = ResolvedReferences()
      let key = try references.fill(entry, value: [], self, in: scene).key
      if let values = try map.lookup(key: key) {
        entries.append(MapEntry(key: entry.key, value: value(values, map.type)))
      }
    }
    return MapObservation(map: lookup.map, entries: entries)
  }
}

extension MapWrite {
  /// The entries as bytes, many of which go into a map at once; `nil` when one of them holds something else.
  fileprivate var plainEntries: [KernelMap.Entry]? {
    var plain: [KernelMap.Entry] = []
    plain.reserveCapacity(entries.count)
    for entry in entries {
      guard case .bytes(let value) = entry.value, entry.references == nil else { return nil }
      plain.append((entry.key.array, [value.array]))
    }
    return plain
  }
}

extension Bytes {
  /// The number in up to eight bytes, as an arena's offset.
  fileprivate var offset: Int {
    Int(truncatingIfNeeded: array.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}
