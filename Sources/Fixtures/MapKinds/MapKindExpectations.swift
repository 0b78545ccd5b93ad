import BPF
import TestPlan

/// Reads what is expected of maps that aren't keys with plain values.
///
///     expect:
///       maps:
///         q: [1, 2]                        # queue, stack: the next values, in the order in which they would be popped;
///         s: { exactly: [2, 1] }           # these and no more
///         seen: { contains: [10.0.0.1], absent: [10.0.0.2] }      # bloom filter
///         stacks: { any: { contains: [do_sys_openat2] } }         # stack trace: some stack has these functions, in this
///                                          # order from the innermost; a list alone names the innermost ones. A key in
///                                          # the place of `any` means the stack of that number
///         outer: { 1: { 443: { hits: 1 } }, absent: [2] }         # array or hash of maps
///         jumps: { 0: drop, absent: [1] }  # prog array: programs by name
///         per_task: { self: { count: 2 } } # local storage: see `MapKindInputs`
struct MapKindExpectations {
  let facts: ObjectFacts
  let complaints: Complaints

  private var inputs: InputPlanner { InputPlanner(facts: facts, complaints: complaints) }

  static func handles(_ type: BPFMapType) -> Bool {
    switch type {
    case .queue, .stack, .bloomFilter, .stackTrace, .arrayOfMaps, .hashOfMaps, .progArray: true
    default: false
    }
  }

  /// `nil` after a complaint.
  func plan(_ node: YAMLNode, _ map: ObjectFacts.Map) -> ExpectedMapKind? {
    var lookup: MapLookup?
    let contents: ExpectedMapKind.Contents?
    switch map.type {
    case .queue, .stack: contents = sequence(node, map)
    case .bloomFilter:
      contents = members(node, map)
      if case .members(let contained, let absent)? = contents {
        lookup = MapLookup(
          map: map.name,
          entries: (contained + absent).map { MapEntry(key: Bytes($0.bytes), value: .bytes(Bytes())) })
      }
    case .stackTrace: contents = stacks(node, map)
    case .progArray: contents = programs(node, map)
    default: contents = nested(node, map)
    }
    return contents.map {
      ExpectedMapKind(
        name: map.name, key: map.key, value: map.value, contents: $0, line: node.position.line, lookup: lookup)
    }
  }

  private func keys(_ nodes: [YAMLNode], _ type: ValueType) -> [ExpectedMapKind.Key]? {
    let keys = nodes.compactMap { node in
      inputs.encode(node, type).map { ExpectedMapKind.Key(bytes: $0, label: node.label, line: node.position.line) }
    }
    return keys.count == nodes.count ? keys : nil
  }

  // MARK: Without keys

  private func sequence(_ node: YAMLNode, _ map: ObjectFacts.Map) -> ExpectedMapKind.Contents? {
    var items = node.items
    if items == nil, let fields = Fields(node, of: "the values of `\(map.name)`", known: ["exactly"], complaints) {
      items = fields.list("exactly")
    }
    guard let items else { return nil }
    let reader = ExpectedValueReader(complaints: complaints)
    let values = items.compactMap { item in
      reader.read(item, as: map.value).map { ExpectedMapKind.Item(value: $0, line: item.position.line) }
    }
    return values.count == items.count ? .sequence(values, isExact: node.items == nil) : nil
  }

  private func members(_ node: YAMLNode, _ map: ObjectFacts.Map) -> ExpectedMapKind.Contents? {
    let known = ["contains", "absent"]
    guard let fields = Fields(node, of: "the values of `\(map.name)`", known: known, complaints) else { return nil }
    guard known.contains(where: { fields[$0] != nil }) else {
      complaints.add(node.position, "nothing is said of `\(map.name)`", hint: "a bloom filter `contains: [ … ]`")
      return nil
    }
    guard let contained = keys(fields["contains"].map { $0.items ?? [$0] } ?? [], map.value),
      let absent = keys(fields["absent"].map { $0.items ?? [$0] } ?? [], map.value)
    else { return nil }
    return .members(contained: contained, absent: absent)
  }

  // MARK: Stacks

  private func stacks(_ node: YAMLNode, _ map: ObjectFacts.Map) -> ExpectedMapKind.Contents? {
    guard let entries = node.entries else {
      complaints.add(
        node.position, "the stacks of `\(map.name)` must be a mapping, and here is \(node.kind)",
        hint: "write { any: { contains: [function] } }")
      return nil
    }
    let stacks = entries.compactMap { entry -> ExpectedMapKind.Stack? in
      var frames = entry.value.items
      if frames == nil,
        let fields = Fields(entry.value, of: "a stack of `\(map.name)`", known: ["contains"], complaints)
      {
        frames = fields["contains"].map { $0.items ?? [$0] }
      }
      guard let frames, !frames.isEmpty else {
        complaints.add(entry.value.position, "no functions are named", hint: "write { contains: [function] }")
        return nil
      }
      let names = frames.compactMap { frame -> String? in
        if frame.text == nil { complaints.add(frame.position, "a function is a name, and here is \(frame.kind)") }
        return frame.text
      }
      let key = entry.key.isWord("any") ? nil : keys([entry.key], map.key)
      if key == nil && !entry.key.isWord("any") || names.count != frames.count { return nil }
      return .init(
        key: key?.first, frames: names, isInnermost: entry.value.items != nil, line: entry.key.position.line)
    }
    return stacks.count == entries.count ? .stacks(stacks) : nil
  }

  // MARK: Maps and programs

  /// The entries of a mapping, what it says is `absent`, and whether it says `exactly`.
  private func split(
    _ node: YAMLNode, _ map: ObjectFacts.Map
  ) -> (entries: [(key: YAMLNode, value: YAMLNode)], absent: [ExpectedMapKind.Key], isExact: Bool)? {
    var contents = node
    var absent: [ExpectedMapKind.Key] = []
    var isExact = false
    if var entries = node.entries {
      if let index = entries.firstIndex(where: { $0.key.isWord("absent") && $0.value.items != nil }) {
        guard let keys = keys(entries[index].value.items ?? [], map.key) else { return nil }
        absent = keys
        entries.remove(at: index)
      }
      contents.content = .mapping(entries)
      if entries.count == 1, entries[0].key.isWord("exactly") {
        isExact = true
        contents = entries[0].value
      }
    }
    if let items = contents.items, inputs.areElements(items, of: map) { isExact = true }
    return (inputs.entries(of: contents, in: map, isExpected: true), absent, isExact)
  }

  private func nested(_ node: YAMLNode, _ map: ObjectFacts.Map) -> ExpectedMapKind.Contents? {
    guard let inner = facts.inner(of: map) else {
      complaints.add(node.position, "`\(map.name)` doesn't say what kind of maps it holds (`__array(values, …)`)")
      return nil
    }
    guard let (entries, absent, isExact) = split(node, map) else { return nil }
    let expectations = ExpectationPlanner(facts: facts, complaints: complaints)
    let nested = entries.compactMap { key, value -> ExpectedMapKind.Nested? in
      guard let key = keys([key], map.key)?.first else { return nil }
      return .init(key: key, map: expectations.expected(value, in: inner))
    }
    return nested.count == entries.count ? .nested(nested, absent: absent, isExact: isExact) : nil
  }

  private func programs(_ node: YAMLNode, _ map: ObjectFacts.Map) -> ExpectedMapKind.Contents? {
    guard let (entries, absent, isExact) = split(node, map) else { return nil }
    let programs = entries.compactMap { key, value -> ExpectedMapKind.Program? in
      guard let name = value.text, facts.programs[name] != nil else {
        complaints.add(
          value.position, "the object has no program \(value.kind)",
          hint: value.text.flatMap { suggestion(for: $0, among: facts.programNames) })
        return nil
      }
      return keys([key], map.key)?.first.map { .init(key: $0, name: name) }
    }
    return programs.count == entries.count ? .programs(programs, absent: absent, isExact: isExact) : nil
  }
}

extension ExpectationPlanner {
  /// What a map of local storage is expected to hold: its keys are names, looked up one by one, since it can't be read
  /// as a whole.
  func localStorage(_ node: YAMLNode, in map: ObjectFacts.Map) -> ExpectedMap? {
    let references = MapReferences(facts: facts, complaints: complaints)
    let inputs = InputPlanner(facts: facts, complaints: complaints)
    var result = ExpectedMap(
      name: map.name, type: map.type, key: map.key, value: map.value, entries: [], absent: [], isExact: false,
      line: node.position.line)
    var lookup = MapLookup(map: map.name, entries: [])
    var contents = node
    if var entries = node.entries,
      let index = entries.firstIndex(where: { $0.key.isWord("absent") && $0.value.items != nil })
    {
      for node in entries[index].value.items ?? [] {
        guard let key = references.key(node, in: map, index: lookup.entries.count) else { return nil }
        lookup.entries.append(key)
        result.absent.append((key.key.array, node.label, node.position.line))
      }
      entries.remove(at: index)
      contents.content = .mapping(entries)
    }
    for (keyNode, valueNode) in inputs.entries(of: contents, in: map, isExpected: true) {
      guard let key = references.key(keyNode, in: map, index: lookup.entries.count),
        let value = ExpectedValueReader(complaints: complaints).read(valueNode, as: map.value)
      else { return nil }
      lookup.entries.append(key)
      result.entries.append(
        .init(key: key.key.array, label: keyNode.label, value: .whole(value), line: keyNode.position.line))
    }
    result.lookup = lookup
    return result
  }
}
