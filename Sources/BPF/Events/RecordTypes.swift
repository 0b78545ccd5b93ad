/// What types the records of an object's ring buffers and perf event arrays may have: nothing in an object ties one to the
/// other, so that a type is asked for by name or guessed, and a guess is always told as one.
///
/// The program's own types are those that its globals and maps use, or point to as
/// `const struct event *unused_event __attribute__((unused));` does. Others came along with `vmlinux.h` or a header.
public struct RecordTypes: Sendable {
  /// A type that nobody asked for.
  public struct Guess: Sendable {
    public var type: BTFType
    /// Why it was taken, for people: `it is named after the map`.
    public var reason: String
  }

  private let btf: BTF
  /// Structs that a global pointer points to, in order.
  public let announced: [BTFType]
  /// All structs that are the program's own, in order.
  public let own: [BTFType]

  public init(_ btf: BTF) {
    self.btf = btf
    var announced: [BTFType] = []
    var own: [BTFType] = []
    func add(_ type: BTFType, to list: inout [BTFType]) {
      guard case .structure = type.kind, !type.name.isEmpty, type.size > 0, !list.contains(where: { $0.id == type.id })
      else { return }
      list.append(type)
    }
    for section in btf.sections where ![".maps", ".kconfig", ".ksyms", "license", "version"].contains(section.name) {
      for variable in section.variables {
        let type = Self.element(of: variable.type)
        if case .pointer(let target) = type.kind {
          add(type.other(target).resolved, to: &announced)
        } else {
          add(type, to: &own)
        }
      }
    }
    func add(_ map: MapDefinition) {
      for type in [map.keyType, map.valueType] { if let type { add(Self.element(of: type), to: &own) } }
      map.inner.forEach(add)
    }
    for variable in btf.section(".maps")?.variables ?? [] { MapDefinition(of: variable.name, in: btf).map(add) }
    self.announced = announced
    self.own = announced + own.filter { type in !announced.contains { $0.id == type.id } }
  }

  private static func element(of type: BTFType) -> BTFType {
    var type = type.resolved
    for _ in 0..<8 { if let (element, _) = type.array { type = element.resolved } }
    return type
  }

  /// `struct NAME`, `union NAME`, `enum NAME`, or the bare name of any type that has a size; the program's own before others
  /// of that name.
  public func named(_ name: String) -> BTFType? {
    let words = name.split(separator: " ").map(String.init)
    guard let last = words.last else { return nil }
    func fits(_ type: BTFType) -> Bool {
      guard type.size > 0 else { return false }
      return switch (words.count == 2 ? words[0] : "", type.kind) {
      case ("struct", .structure), ("union", .union), ("enum", .enumeration): true
      case ("", .variable), ("", .function), ("", .section): false
      case ("", _): true
      default: false
      }
    }
    if let type = own.first(where: { $0.name == last && fits($0) }) { return type }
    // `unsigned int` and `long long` are names of two words.
    return btf.named(last).first(where: fits) ?? btf.named(name).first { $0.size > 0 }
  }

  /// What a hint may name: the program's own structs, or where it has none, all that could be records.
  public var names: [String] { (own.isEmpty ? plain : own).map { "struct \($0.name)" } }

  /// The type that a map's records are taken to be of, where nobody says.
  ///
  /// - Parameter general: whether names that say nothing of the map count, as `struct event` does.
  public func guess(for map: String, general: Bool = true) -> Guess? {
    if let guess = guess(for: map, among: own, general: general) { return guess }
    // `struct file` of vmlinux.h is no record of a map `files`.
    guard own.isEmpty || !general else { return nil }
    guard var guess = guess(for: map, among: plain, general: general) else { return nil }
    if general { guess.reason += ", though no global or map says that it is the program's own" }
    return guess
  }

  private func guess(for map: String, among types: [BTFType], general: Bool) -> Guess? {
    func named(_ name: String) -> BTFType? { types.first { $0.name == name } }
    if general, let type = named("event") { return Guess(type: type, reason: "it is named so") }
    let singular = map.hasSuffix("s") ? named(String(map.dropLast())) : nil
    if let type = named(map) ?? singular { return Guess(type: type, reason: "it is named after the map") }
    guard general else { return nil }
    let pointed = announced.filter { type in types.contains { $0.id == type.id } }
    if pointed.count == 1 {
      return Guess(type: pointed[0], reason: "it is the only struct that a global pointer announces")
    }
    let sent = types.filter { $0.name.hasSuffix("_event") || $0.name.hasSuffix("_evt") }
    return sent.count == 1 ? Guess(type: sent[0], reason: "no other struct's name ends in _event or _evt") : nil
  }

  /// Structs that could be records: what the kernel keeps for itself is full of pointers to structs.
  private var plain: [BTFType] {
    btf.types.filter { type in
      guard case .structure = type.kind, !type.name.isEmpty, type.size > 0 else { return false }
      return Self.isPlain(type, depth: 0)
    }
  }

  private static func isPlain(_ type: BTFType, depth: Int) -> Bool {
    guard depth < 16 else { return false }
    let type = type.resolved
    switch type.kind {
    case .pointer(let target):
      switch type.other(target).resolved.kind {
      case .structure, .union, .forward, .prototype: return false
      default: return true
      }
    case .array(let element, _): return isPlain(type.other(element), depth: depth + 1)
    case .structure(let members), .union(let members):
      return members.allSatisfy { isPlain(type.other($0.type), depth: depth + 1) }
    default: return true
    }
  }
}
