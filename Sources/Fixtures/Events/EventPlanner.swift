import BPF
import TestPlan

/// Reads `expect: { events: { MAP: … } }`.
///
/// A list names records that must come, in that order; others may come before, between and after them. A mapping says more:
///
///     events:
///       rb: [ { comm: "true" }, { comm: "false" } ]
///       rb: { exactly: [ … ] }                     # these and no others
///       rb: { contains: [ … ], unordered: true }   # in whatever order
///       rb: { count: { ge: 2 } }                   # how many there are
///       rb: { none: true }                         # none when the run has ended; `none: 100ms`: nor so long after it
///       rb: { exactly: [ … ], within: 5s, quiet: 100ms, type: struct event, lost: 0 }
///
/// `within` is how long to wait for the records (2 s), `quiet` how long to watch afterwards that nothing else comes.
/// Nothing waits longer than for the last record that is expected.
///
/// The type of the records is `type:` (`struct NAME`, `union NAME`, `enum NAME`, or the name of an integer type or typedef)
/// or, without one, of the program's own types `struct event`, else the struct named after the map (`struct opens` or
/// `struct open` of map `opens`), else the only one that a global pointer announces, else the only struct whose name ends in
/// `_event` or `_evt`; a failure tells which was taken. `type: bytes` compares bytes, `type: text` text up to the first NUL.
/// clang describes only types that globals, maps or functions use: a line
/// `const struct event *unused_event __attribute__((unused));` makes it keep one that is used nowhere else, and announces it.
///
/// `exactly:` means the records as a whole: what was sent behind a struct must be asked for. See `RecordReader`.
struct EventPlanner {
  let facts: ObjectFacts
  let complaints: Complaints

  private static let keys = [
    "exactly", "contains", "unordered", "none", "count", "lost", "type", "within", "quiet",
  ]

  func plan(_ node: YAMLNode) -> [PlannedEvents] {
    guard let entries = node.entries else {
      complaints.add(node.position, "`events` must be a mapping from maps to records")
      return []
    }
    let inputs = InputPlanner(facts: facts, complaints: complaints)
    return entries.compactMap { entry in
      guard let map = inputs.map(entry.key) else { return nil }
      guard map.type == .ringBuffer || map.type == .perfEventArray else {
        complaints.add(
          entry.key.position, "`\(map.name)` is a \(map.type), and events come from a ringbuf or a perf_event_array",
          hint: "`expect: { maps: … }` tells what a map holds")
        return nil
      }
      let choice = PerKernel(entry.value, complaints).compactMap { events($0, map) }
      return choice.all.isEmpty ? nil : PlannedEvents(map: map.name, choice: choice)
    }
  }

  private func events(_ node: YAMLNode, _ map: ObjectFacts.Map) -> ExpectedEvents? {
    var result = ExpectedEvents()
    result.line = node.position.line
    result.isPadded = map.type == .perfEventArray
    if let items = node.items {
      return records(items, map, nil, at: node.position, into: &result) ? result : nil
    }
    guard let fields = Fields(node, of: "the events of `\(map.name)`", known: Self.keys, complaints) else { return nil }
    let given = ["exactly", "contains", "none"].filter { fields[$0] != nil }
    if given.count > 1 {
      complaints.add(fields.position(of: given[1]), "`\(given[0])` and `\(given[1])` don't go together")
      return nil
    }
    if given.isEmpty, fields["count"] == nil, fields["lost"] == nil {
      complaints.add(
        node.position, "nothing is said of the events of `\(map.name)`",
        hint: "list them, or say `none: true` or `count: 3`")
      return nil
    }
    result.limit = fields.seconds("within") ?? result.limit
    result.quiet = fields.seconds("quiet") ?? 0
    if let node = fields["unordered"] {
      guard case .bool(let isUnordered) = node.scalar else {
        complaints.add(node.position, "`unordered` is true or false, and here is \(node.kind)")
        return nil
      }
      result.isOrdered = !isUnordered
    }
    result.isExact = fields["exactly"] != nil
    if let none = fields["none"] {
      result.isExact = true
      if none.scalar != .bool(true) { result.quiet = fields.seconds("none") ?? 0 }
    }
    result.lost = fields["lost"].flatMap(number)
    result.count = fields["count"].flatMap(number)
    guard let items = (fields["exactly"] ?? fields["contains"]).map({ $0.items ?? [$0] }) else {
      result.type = type(of: map, fields["type"], isNeeded: false, at: node.position)
      result.guess = guess(for: map, fields["type"])
      result.awaited = result.count?.least ?? 0
      return result
    }
    guard records(items, map, fields["type"], at: node.position, into: &result) else { return nil }
    result.awaited = max(result.awaited, result.count?.least ?? 0)
    return result
  }

  private func records(
    _ items: [YAMLNode], _ map: ObjectFacts.Map, _ typeNode: YAMLNode?, at place: Position,
    into result: inout ExpectedEvents
  ) -> Bool {
    guard !items.isEmpty || result.isExact else {
      complaints.add(
        place, "no event of `\(map.name)` is expected",
        hint: "`{ none: true }` says that none may come")
      return false
    }
    result.awaited = items.count
    guard let type = type(of: map, typeNode, isNeeded: !items.isEmpty, at: place) else { return items.isEmpty }
    result.type = type
    result.guess = guess(for: map, typeNode)
    result.records = items.compactMap { RecordReader(complaints: complaints).read($0, as: type) }
    return result.records.count == items.count
  }

  private func number(_ node: YAMLNode) -> Condition? { Condition.count(node, "a number of events", complaints) }

  // MARK: Types

  /// Why records are taken to be of a type that nobody has said.
  private func guess(for map: ObjectFacts.Map, _ node: YAMLNode?) -> String? {
    guard node == nil, let guess = facts.recordTypes.guess(for: map.name) else { return nil }
    return "records of `\(map.name)` are taken to be \(guess.type.declaration), a guess: \(guess.reason); "
      + "`type:` says what they are"
  }

  func type(of map: ObjectFacts.Map, _ node: YAMLNode?, isNeeded: Bool, at place: Position) -> ValueType? {
    let types = facts.recordTypes
    guard let node else {
      if let guess = types.guess(for: map.name) { return .btf(guess.type) }
      guard isNeeded else { return nil }
      complaints.add(
        place, "what the records of `\(map.name)` are is not said, and not to be guessed",
        hint: EventTypes.advice(types))
      return nil
    }
    guard let name = node.text else {
      complaints.add(node.position, "a type is a name, and here is \(node.kind)")
      return nil
    }
    if let type = EventTypes.named(name, in: types) { return type }
    complaints.add(
      node.position, "the object's BTF has no `\(name)`",
      hint: nearestName(to: name, among: types.names).map { "did you mean `\($0)`?" } ?? EventTypes.keeping(name))
    return nil
  }
}

extension Condition {
  /// The fewest for which it can hold.
  fileprivate var least: Int {
    switch self {
    case .number(let number), .order(.ge, let number): Int(clamping: number)
    case .order(.gt, let number): Int(clamping: number &+ 1)
    case .oneOf(let options): options.map(\.least).min() ?? 0
    case .all(let conditions): conditions.map(\.least).max() ?? 0
    case .any, .bytes, .order, .not, .matches, .process, .previousReturn: 0
    }
  }
}
