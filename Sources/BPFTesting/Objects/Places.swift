import BPF

/// Where an object's programs, maps or globals stand, by name.
struct Places<Place: Sendable>: Sendable {
  private let kind: String
  private let object: String
  private let places: [String: Place]
  /// Those that a message suggests and a list gives, in order.
  let names: [String]

  init(_ kind: String, of object: String, _ places: [String: Place], names: [String]) {
    self.kind = kind
    self.object = object
    self.places = places
    self.names = names
  }

  /// Throws with the nearest known name.
  subscript(_ name: String) -> Place {
    get throws {
      guard let place = places[name] else { throw BPFError.unknown(kind, name, in: "object `\(object)`", among: names) }
      return place
    }
  }
}

extension Places<Int> {
  /// Where in a list each name stands.
  init(_ kind: String, of object: String, numbering list: [String], names: [String]? = nil) {
    let places = Dictionary(list.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    self.init(kind, of: object, places, names: names ?? list)
  }
}

extension BPFError {
  /// For a name that an object or a function doesn't have: the nearest that it has, or all.
  static func unknown(_ what: String, _ name: String, in owner: String, among known: some Collection<String>)
    -> BPFError
  {
    let nearest = BPF.nearestName(to: name, among: known)
    let all = known.isEmpty ? "it has none" : "there is \(known.sorted().joined(separator: ", "))"
    return BPFError(
      .unknownName, operation: "\(owner) has no \(what) `\(name)`",
      detail: nearest.map { "did you mean `\($0)`?" } ?? all)
  }
}
