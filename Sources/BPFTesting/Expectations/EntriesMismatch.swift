import BPF

extension Mismatch {
  /// Compares all entries of a map. Of a struct the members that are given count; a list counts as a whole, with zeros
  /// behind what is given of it; of a per-CPU map the sums do.
  static func entries(_ map: BPFMap, _ expected: [(key: BTFValue, value: BTFValue)]) throws -> Mismatch? {
    let wanted = try expected.map { entry in
      (key: try map.keyBytes(entry.key), name: entry.key, given: entry.value, value: try map.normalValue(entry.value))
    }
    let seen = try map.sums()
    var differences: [String] = []
    // Keys are their bytes, as the kernel sees them: two may read alike and differ in their padding.
    for entry in wanted {
      let path = "\(map.name)[\(entry.name)]"
      if let found = seen.first(where: { $0.key == entry.key }) {
        compare(entry.given, entry.value, found.value, path, &differences)
      } else {
        let hidden = try seen.lazy.compactMap { try map.hiddenDifference(of: $0.key, from: entry.key) }.first
        let words = hidden.map { " under these bytes: the map has a key that reads alike, whose \($0)" } ?? ""
        differences.append("\(path): missing\(words), expected \(entry.given)")
      }
    }
    for entry in seen where !entry.isUnwritten && !wanted.contains(where: { $0.key == entry.key }) {
      differences.append("\(map.name)[\(entry.name)]: \(entry.value), expected no such key")
    }
    guard let first = differences.first else { return nil }
    let more = differences.count > 1 ? " (and \(differences.count - 1) more)" : ""
    return Mismatch(
      message: "map `\(map.name)` holds something else than expected: \(first)\(more)",
      details: [("map.diff", differences.joined(separator: "\n"))])
  }

  /// Goes along what was given, down to the first values that differ.
  private static func compare(
    _ given: BTFValue, _ expected: BTFValue?, _ seen: BTFValue?, _ path: String, _ differences: inout [String]
  ) {
    switch (given, expected, seen) {
    case (.fields(let fields), .fields?, .fields?):
      for field in fields {
        compare(field.value, expected?[field.name], seen?[field.name], "\(path).\(field.name)", &differences)
      }
    case (.list(let items), .list(let all)?, .list?):
      for (index, item) in all.enumerated() {
        compare(
          index < items.count ? items[index] : item, item, seen?[index], "\(path)[\(index)]", &differences)
      }
    default:
      if expected == seen { return }
      differences.append("\(path): \(seen.map(\.description) ?? "nothing"), expected \(expected ?? given)")
    }
  }
}

extension BPFMap {
  fileprivate func keyBytes(_ key: BTFValue) throws -> [UInt8] {
    try withCore("comparison") { map in
      try Self.encode(key, map.keyType, map.keySize, "key of map `\(name)`")
    }
  }

  fileprivate func hiddenDifference(of seen: [UInt8], from expected: [UInt8]) throws -> String? {
    try withCore("comparison") { BTFCodec.hiddenDifference(of: seen, from: expected, as: $0.keyType) }
  }

  fileprivate func normalValue(_ value: BTFValue) throws -> BTFValue {
    try withCore("comparison") { map in
      try Self.decode(Self.encode(value, map.valueType, map.valueSize, "value of map `\(name)`"), map.valueType)
    }
  }

  /// All entries, of a per-CPU map with the sums over all CPUs, and whether they are slots of an array that nothing was
  /// written to: an array has all its keys always.
  fileprivate func sums() throws -> [(key: [UInt8], name: BTFValue, value: BTFValue, isUnwritten: Bool)] {
    try withCore("comparison") { map in
      try map.entries().compactMap { entry in
        guard let sum = BTFValue.sum(try entry.values.map { try Self.decode($0, map.valueType) }) else { return nil }
        let isZero = entry.values.allSatisfy { $0.allSatisfy { $0 == 0 } }
        return (entry.key, try Self.decode(entry.key, map.keyType), sum, map.type.isArray && isZero)
      }
    }
  }
}
