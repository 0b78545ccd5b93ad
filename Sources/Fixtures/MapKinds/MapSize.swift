import BPF
import TestPlan

/// What a test sets of a map before load: `map_sizes: { flows: 64, other: { max_entries: 64, value_size: 128 },
/// tenants: { inner_max_entries: 8 } }`. A number alone is `max_entries`.
struct MapSize: Sendable {
  var map: Located<String>
  var maxEntries: UInt32?
  /// Bytes.
  var valueSize: UInt32?
  /// Of a map of maps, the `max_entries` of its inner maps.
  var innerMaxEntries: UInt32?

  static func read(_ node: YAMLNode?, _ complaints: Complaints) -> [MapSize] {
    guard let node else { return [] }
    guard let entries = node.entries else {
      complaints.add(node.position, "`map_sizes` must be a mapping from maps to their `max_entries`")
      return []
    }
    return entries.compactMap { entry in
      guard let name = entry.key.text else { return nil }
      var size = MapSize(map: Located(name, entry.key.position))
      if entry.value.entries != nil {
        let known = ["max_entries", "value_size", "inner_max_entries"]
        guard let fields = Fields(entry.value, of: "the sizes of `\(name)`", known: known, complaints) else {
          return nil
        }
        size.maxEntries = fields.count("max_entries")
        size.valueSize = fields.count("value_size")
        size.innerMaxEntries = fields.count("inner_max_entries")
        return size
      }
      guard case .integer(let number) = entry.value.scalar, number > 0, let count = UInt32(exactly: number) else {
        complaints.add(
          entry.value.position, "the size of a map is a number of entries, and here is \(entry.value.kind)")
        return nil
      }
      size.maxEntries = count
      return size
    }
  }
}

extension ObjectFacts {
  /// The facts with the sizes that a test sets, which are put into its plan. Values of another size than their type has
  /// are bytes.
  func resized(_ sizes: [MapSize], in plan: inout TestPlan, _ complaints: Complaints) -> ObjectFacts {
    var facts = self
    for size in sizes {
      let name = size.map.value
      guard let map = maps[name] else {
        complaints.add(
          size.map.position, "the object has no map `\(name)`", hint: suggestion(for: name, among: mapNames))
        continue
      }
      if let count = size.maxEntries { plan.mapSizes[name] = count }
      if let bytes = size.valueSize {
        plan.valueSizes = (plan.valueSizes ?? [:]).merging([name: bytes]) { _, new in new }
        if map.value.size != Int(bytes) { facts.maps[name]?.value = .opaque(Int(bytes)) }
      }
      if let count = size.innerMaxEntries {
        guard inner(of: map) != nil else {
          complaints.add(size.map.position, "`\(name)` is a \(map.type) and holds no maps whose size could be set")
          continue
        }
        plan.innerSizes = (plan.innerSizes ?? [:]).merging([name: count]) { _, new in new }
      }
    }
    return facts
  }
}
