import BPF
import TestPlan

/// Reads what goes into maps that aren't written key by key with plain bytes.
///
///     maps:
///       q: [1, 2]                                 # queue, stack, bloom filter: pushed in this order
///       commands: [ { op: START } ]               # user ring buffer: records; { type: struct command, records: [ … ] }
///       outer: { 1: { 443: { hits: 0 } } }        # array or hash of maps: a new inner map with these entries,
///       other: { 1: inner_a }                     # or a map of the object;
///       sized: { 1: { max_entries: 8, entries: { 1: 2 } } }
///       devices: { 0: lo, 1: { ifindex: lo, program: on_device } }     # devmap: names or numbers of interfaces
///       cpus: { 0: { qsize: 192, program: on_cpu } }                   # cpumap
///       sockets: { 0: udp }                       # sockmap, sockhash, xskmap, reuseport_sockarray: a socket of the test by
///                                                 # its name, or a new one: `tcp`, `udp`, `xdp`
///       groups: { 0: /, 1: test }                 # cgroup array: folders of the cgroup2 file system; `test` is the
///                                                 # environment's
///       per_task: { trigger: { count: 1 } }       # task storage: the process of the triggers, or `self`, the thread that
///                                                 # runs the test; sk storage: a socket; inode storage: a path; cgroup
///                                                 # storage: a cgroup
///       arena: { 0: { type: struct item, value: { number: 1 } } }     # parts of an arena by their offsets
struct MapKindInputs {
  let facts: ObjectFacts
  let complaints: Complaints

  private var inputs: InputPlanner { InputPlanner(facts: facts, complaints: complaints) }

  /// The write, and programs that it needs; `nil` for a map that has nothing special.
  func write(_ node: YAMLNode, _ map: ObjectFacts.Map) -> (write: MapWrite, programs: [String])? {
    switch map.type {
    case .queue, .stack, .bloomFilter:
      return (MapWrite(map: map.name, entries: values(node, map.value, of: map)), [])
    case .userRingBuffer: return (MapWrite(map: map.name, entries: records(node, map)), [])
    case .arena:
      let parts = ArenaParts(facts: facts, complaints: complaints)
      return (MapWrite(map: map.name, entries: parts.writes(node, map)), [])
    case .arrayOfMaps, .hashOfMaps: return (MapWrite(map: map.name, entries: nested(node, map)), [])
    default:
      guard MapReferences.uses(map.type) else { return nil }
      let references = MapReferences(facts: facts, complaints: complaints)
      let entries = inputs.entries(of: node, in: map).compactMap { references.entry($0.key, $0.value, in: map) }
      let programs = entries.flatMap { $0.references ?? [] }.compactMap { reference -> String? in
        if case .program(let name) = reference.target { name } else { nil }
      }
      return (MapWrite(map: map.name, entries: entries), programs)
    }
  }

  private func values(_ node: YAMLNode, _ type: ValueType, of map: ObjectFacts.Map) -> [MapEntry] {
    guard let items = node.items else {
      complaints.add(node.position, "a \(map.type) has no keys: list its values, and here is \(node.kind)")
      return []
    }
    return items.compactMap { item in
      inputs.encode(item, type, asRecord: map.type == .userRingBuffer)
        .map { MapEntry(key: Bytes(), value: .bytes(Bytes($0))) }
    }
  }

  private func records(_ node: YAMLNode, _ map: ObjectFacts.Map) -> [MapEntry] {
    let events = EventPlanner(facts: facts, complaints: complaints)
    guard node.entries != nil else {
      guard let type = events.type(of: map, nil, isNeeded: true, at: node.position) else { return [] }
      return values(node, type, of: map)
    }
    guard let fields = Fields(node, of: "the records of `\(map.name)`", known: ["type", "records"], complaints),
      let type = events.type(of: map, fields["type"], isNeeded: true, at: node.position)
    else { return [] }
    guard let records = fields["records"] else {
      complaints.add(node.position, "there are no `records`")
      return []
    }
    return values(records, type, of: map)
  }

  // MARK: Maps of maps

  private func nested(_ node: YAMLNode, _ map: ObjectFacts.Map) -> [MapEntry] {
    inputs.entries(of: node, in: map).compactMap { key, value in
      guard let bytes = inputs.encode(key, map.key) else { return nil }
      if let name = value.text {
        guard facts.maps[name] != nil else {
          complaints.add(
            value.position, "the object has no map `\(name)`, and the values of `\(map.name)` are maps",
            hint: suggestion(for: name, among: facts.mapNames))
          return nil
        }
        return MapEntry(key: Bytes(bytes), value: .map(name))
      }
      guard let inner = facts.inner(of: map) else {
        complaints.add(
          value.position, "`\(map.name)` doesn't say what kind of maps it holds (`__array(values, …)`)",
          hint: "name a map of the object, or say it: `inner: { \(map.name): { type: hash, … } }`")
        return nil
      }
      var contents = value
      var size: UInt32?
      if let entries = value.entries, entries.contains(where: { $0.key.isWord("max_entries") }) {
        guard let fields = Fields(value, of: "an inner map", known: ["max_entries", "entries"], complaints) else {
          return nil
        }
        size = fields.count("max_entries")
        contents = fields["entries"] ?? YAMLNode(content: .list([]), position: value.position)
      }
      let entries = inputs.entries(of: contents, in: inner).flatMap { key, value -> [MapEntry] in
        guard let keys = inputs.keys(key, inner.key), let value = inputs.value(value, in: inner) else { return [] }
        return keys.map { MapEntry(key: $0, value: value) }
      }
      return MapEntry(key: Bytes(bytes), value: .contents(InnerMap(entries: entries, maxEntries: size)))
    }
  }
}

extension ObjectFacts {
  /// What the maps in a map of maps are like, by its definition.
  func inner(of map: Map) -> Map? {
    if let told = innerMaps[map.name] { return told }
    guard let definition = MapDefinition(of: map.name, in: btf)?.inner.first else { return nil }
    return Map(
      name: map.name, type: definition.type, key: definition.keyType.map(ValueType.btf) ?? .opaque(definition.keySize),
      value: definition.valueType.map(ValueType.btf) ?? .opaque(definition.valueSize),
      maxEntries: definition.maxEntries)
  }
}
