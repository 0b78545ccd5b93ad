import BPF
import TestPlan

/// What the maps in a map of maps are like, where its definition leaves it to the loader: `inner: { outer: { type: hash,
/// key_size: 4, value_size: 8, max_entries: 16 } }`, or `inner: { outer: flows }`, as that map of the object is.
struct InnerMapCase: Sendable {
  var outer: Located<String>
  /// A map of the object that they are like.
  var like: Located<String>?
  var type = BPFMapType.hash
  /// Bytes.
  var keySize: UInt32 = 0
  var valueSize: UInt32 = 0
  var maxEntries: UInt32 = 0
  /// `BPF_F_*` of linux/bpf.h.
  var flags: UInt32 = 0

  static func read(_ node: YAMLNode?, _ complaints: Complaints) -> [InnerMapCase] {
    guard let node else { return [] }
    guard let entries = node.entries else {
      complaints.add(node.position, "`inner` must be a mapping from maps of maps to what they hold")
      return []
    }
    return entries.compactMap { entry in
      guard let name = entry.key.text else { return nil }
      var inner = InnerMapCase(outer: Located(name, entry.key.position))
      if let like = entry.value.text {
        inner.like = Located(like, entry.value.position)
        return inner
      }
      let known = ["type", "key_size", "value_size", "max_entries", "flags"]
      guard let fields = Fields(entry.value, of: "the maps in `\(name)`", known: known, complaints) else { return nil }
      guard let type = fields.text("type"), let key = fields.count("key_size"), let value = fields.count("value_size"),
        let count = fields.count("max_entries")
      else {
        complaints.add(
          entry.value.position, "the maps in `\(name)` need `type`, `key_size`, `value_size` and `max_entries`")
        return nil
      }
      guard let mapType = BPFMapType(named: type.value) else {
        complaints.add(type.position, "no map type `\(type.value)`")
        return nil
      }
      (inner.type, inner.keySize, inner.valueSize, inner.maxEntries) = (mapType, key, value, count)
      inner.flags = fields.count("flags") ?? 0
      return inner
    }
  }
}

extension ObjectFacts {
  /// The facts with what a test says of the maps in maps of maps, which is put into its plan.
  func holding(_ cases: [InnerMapCase], in plan: inout TestPlan, _ complaints: Complaints) -> ObjectFacts {
    var facts = self
    for inner in cases {
      let name = inner.outer.value
      guard let outer = maps[name] else {
        complaints.add(
          inner.outer.position, "the object has no map `\(name)`", hint: suggestion(for: name, among: mapNames))
        continue
      }
      guard outer.type.holdsMaps else {
        complaints.add(inner.outer.position, "`\(name)` is a \(outer.type) and holds no maps")
        continue
      }
      var map = Map(
        name: name, type: inner.type, key: .opaque(Int(inner.keySize)), value: .opaque(Int(inner.valueSize)),
        maxEntries: inner.maxEntries)
      var flags = inner.flags
      if let like = inner.like {
        guard let known = maps[like.value], !known.type.holdsMaps else {
          complaints.add(
            like.position,
            maps[like.value] == nil
              ? "the object has no map `\(like.value)`" : "`\(like.value)` holds maps itself, and so can't be held",
            hint: suggestion(for: like.value, among: mapNames.filter { $0 != name }))
          continue
        }
        map = known
        map.name = name
        flags = MapDefinition(of: like.value, in: btf)?.flags ?? 0
      }
      facts.innerMaps[name] = map
      plan.innerMaps =
        (plan.innerMaps ?? []) + [
          InnerDefinition(
            outer: name, type: map.type.rawValue, keySize: UInt32(clamping: map.key.size),
            valueSize: UInt32(clamping: map.value.size), maxEntries: map.maxEntries, flags: flags,
            like: inner.like?.value)
        ]
    }
    return facts
  }

  /// What to do about maps of maps of which nobody says what they hold, by name.
  var unknownInnerMaps: [String: String] {
    var advice: [String: String] = [:]
    for map in maps.values where map.type.holdsMaps && inner(of: map) == nil {
      advice[map.name] =
        "its definition doesn't say what maps it holds (`__array(values, …)`), which a loader must: "
        + "`inner: { \(map.name): { type: hash, key_size: 4, value_size: 4, max_entries: 1 } }`, or the name of a map like it"
    }
    return advice
  }
}

extension BPFMapType {
  /// Whether its values are maps.
  var holdsMaps: Bool { self == .arrayOfMaps || self == .hashOfMaps }
}
