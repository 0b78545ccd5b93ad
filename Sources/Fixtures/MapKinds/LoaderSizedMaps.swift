import BPF
import TestPlan

extension ObjectFacts {
  /// Gives maps the least size that the kernel takes where neither their definitions nor the test says one: a size of 0 is
  /// meant to be set by a loader, and no kernel takes it.
  ///
  /// - Returns: the facts with those sizes, which are put into the plan, and a note on each such map.
  func sizedForTheirLoader(in plan: inout TestPlan) -> (facts: ObjectFacts, notes: [String]) {
    var facts = self
    var notes: [String] = []
    for name in mapNames {
      guard let map = maps[name] else { continue }
      let missing = LoaderSizes(
        map.type, keySize: map.key.size, valueSize: Int(plan.valueSizes?[name] ?? UInt32(clamping: map.value.size)),
        maxEntries: plan.mapSizes[name] ?? map.maxEntries)
      if let missing {
        if let count = missing.maxEntries { plan.mapSizes[name] = count }
        if let bytes = missing.keySize {
          plan.keySizes = (plan.keySizes ?? [:]).merging([name: bytes]) { _, new in new }
          facts.maps[name]?.key = .opaque(Int(bytes))
        }
        if let bytes = missing.valueSize {
          plan.valueSizes = (plan.valueSizes ?? [:]).merging([name: bytes]) { _, new in new }
          facts.maps[name]?.value = .opaque(Int(bytes))
        }
        notes.append(Self.note("map `\(name)`", missing, setBy: "map_sizes: { \(name): … }"))
      }
      guard plan.innerSizes?[name] == nil, innerMaps[name] == nil,
        let inner = MapDefinition(of: name, in: btf)?.inner.first,
        let missing = LoaderSizes(
          inner.type, keySize: inner.keySize, valueSize: inner.valueSize, maxEntries: inner.maxEntries)
      else { continue }
      plan.innerSizes = (plan.innerSizes ?? [:]).merging([name: missing.maxEntries ?? inner.maxEntries]) { _, new in new
      }
      notes.append(
        Self.note("maps in `\(name)`", missing, setBy: "map_sizes: { \(name): { inner_max_entries: … } }"))
    }
    return (facts, notes)
  }

  private static func note(_ what: String, _ missing: LoaderSizes, setBy hint: String) -> String {
    "\(what): the program leaves the size to its loader; loaded with \(missing.description) (`\(hint)` sets another)"
  }
}
