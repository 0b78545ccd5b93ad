import BPF

/// Finds the type of a map's records in the object's BTF: nothing in the object ties one to the other.
enum EventTypes {
  static let advice = "say `type: struct event`, with the struct that the program sends"

  static func keeping(_ name: String) -> String {
    "clang keeps only types that globals, maps or functions use: add "
      + "`const \(name) *unused_event __attribute__((unused));` to the program"
  }

  /// `struct NAME`, `union NAME`, `enum NAME`, the bare name of any type that has a size, `bytes` or `text`.
  static func named(_ name: String, in btf: BTF) -> ValueType? {
    if name == "bytes" { return .rest(isText: false) }
    if name == "text" { return .rest(isText: true) }
    let words = name.split(separator: " ").map(String.init)
    guard let last = words.last else { return nil }
    let found = btf.named(last).first { type in
      guard type.size > 0 else { return false }
      return switch (words.count == 2 ? words[0] : "", type.kind) {
      case ("struct", .structure), ("union", .union), ("enum", .enumeration): true
      case ("", .variable), ("", .function), ("", .section): false
      case ("", _): true
      default: false
      }
    }
    // `unsigned int` and `long long` are names of two words.
    return (found ?? btf.named(name).first { $0.size > 0 }).map(ValueType.btf)
  }

  static func structures(in btf: BTF) -> [BTFType] {
    btf.types.filter { if case .structure = $0.kind { !$0.name.isEmpty && $0.size > 0 } else { false } }
  }

  /// The type that a map's records are taken to be of; see `EventPlanner`.
  static func usual(for map: String, in btf: BTF) -> BTFType? {
    let structures = structures(in: btf)
    func structure(_ name: String) -> BTFType? { structures.first { $0.name == name } }
    if let type = structure("event") ?? structure(map) { return type }
    if map.hasSuffix("s"), let type = structure(String(map.dropLast())) { return type }
    let likely = structures.filter { $0.name.hasSuffix("_event") || $0.name.hasSuffix("_evt") }
    return likely.count == 1 ? likely[0] : nil
  }
}
