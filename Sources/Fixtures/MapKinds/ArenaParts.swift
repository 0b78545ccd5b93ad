import BPF
import TestPlan

/// Reads parts of an arena's memory, by their offsets in bytes, before a run and after it:
///
///     maps: { arena: { 0: { type: struct item, value: { number: 1 } } } }
struct ArenaParts {
  let facts: ObjectFacts
  let complaints: Complaints

  private func parts(
    _ node: YAMLNode, of map: ObjectFacts.Map
  ) -> [(offset: Int, type: ValueType, value: YAMLNode, key: YAMLNode)] {
    guard let entries = node.entries else {
      complaints.add(
        node.position, "parts of arena `\(map.name)` stand by their offsets, and here is \(node.kind)",
        hint: "write { 0: { type: struct item, value: … } }")
      return []
    }
    return entries.compactMap { entry in
      guard case .integer(let number) = entry.key.scalar, let offset = Int(exactly: number), offset >= 0 else {
        complaints.add(entry.key.position, "\(entry.key.kind) is no offset in bytes")
        return nil
      }
      guard let fields = Fields(entry.value, of: "a part of `\(map.name)`", known: ["type", "value"], complaints),
        let value = fields["value"]
      else {
        complaints.add(entry.value.position, "a part of an arena has a `type` and a `value`")
        return nil
      }
      let events = EventPlanner(facts: facts, complaints: complaints)
      guard let type = events.type(of: map, fields["type"], isNeeded: true, at: entry.value.position) else {
        return nil
      }
      return (offset, type, value, entry.key)
    }
  }

  func writes(_ node: YAMLNode, _ map: ObjectFacts.Map) -> [MapEntry] {
    let inputs = InputPlanner(facts: facts, complaints: complaints)
    return parts(node, of: map).compactMap { part in
      inputs.encode(part.value, part.type).map {
        MapEntry(key: Self.key(part.offset), value: .bytes(Bytes($0)))
      }
    }
  }

  func expected(_ node: YAMLNode, _ map: ObjectFacts.Map) -> ExpectedMap {
    var result = ExpectedMap(
      name: map.name, type: map.type, key: .opaque(8), value: map.value, entries: [], absent: [], isExact: false,
      line: node.position.line)
    var lookup = MapLookup(map: map.name, entries: [])
    for part in parts(node, of: map) {
      guard let value = ExpectedValueReader(complaints: complaints).read(part.value, as: part.type) else { continue }
      let key = Self.key(part.offset)
      // How much to read.
      lookup.entries.append(
        MapEntry(key: key, value: .bytes(Bytes([UInt8](repeating: 0, count: part.type.size)))))
      result.entries.append(
        .init(key: key.array, label: part.key.label, value: .whole(value), line: part.key.position.line))
    }
    result.lookup = lookup
    return result
  }

  private static func key(_ offset: Int) -> Bytes { Bytes(withUnsafeBytes(of: UInt64(offset)) { [UInt8]($0) }) }
}
