import BPF
import TestPlan

/// Prepares what a step expects, so that judging is comparing.
struct ExpectationPlanner {
  let facts: ObjectFacts
  let complaints: Complaints

  private var inputs: InputPlanner { InputPlanner(facts: facts, complaints: complaints) }

  func plan(_ step: StepCase, type: BPFProgramType) -> PlannedStep {
    let (maps, kinds) = step.mapsOut.map(self.maps) ?? ([], [])
    if let events = step.eventsOut { refuseNothing(events, "`events`") }
    return PlannedStep(
      line: step.position.line, type: type, returns: step.returns.flatMap { returns($0, type) },
      packet: step.packetOut,
      maps: maps, globals: step.globalsOut.map(globals) ?? [],
      events: step.eventsOut.map { EventPlanner(facts: facts, complaints: complaints).plan($0) } ?? [],
      printk: step.printkOut.flatMap { PrintkPlanner(facts: facts, complaints: complaints).plan($0) },
      error: step.errorOut.flatMap(error), kinds: kinds, ignored: step.ignored, run: step.runOut)
  }

  private func error(_ node: YAMLNode) -> ExpectedError? {
    let planner = TriggerPlanner(facts: facts, complaints: complaints)
    let choice = PerKernel(node, complaints).compactMap { planner.condition($0, named: ErrnoNames.number, "an errno") }
    return choice.all.isEmpty ? nil : ExpectedError(choice: choice, line: node.position.line)
  }

  /// Complains of an empty mapping or list: an expectation that expects nothing would hold whatever happens.
  private func refuseNothing(_ node: YAMLNode, _ what: String, hint: String? = nil) {
    guard node.entries?.isEmpty == true || node.items?.isEmpty == true else { return }
    complaints.add(node.position, "nothing is expected of \(what)", hint: hint)
  }

  // MARK: Return values

  private func returns(_ expected: Located<PerKernel<YAMLNode>>, _ type: BPFProgramType) -> ExpectedReturn? {
    let codes = ReturnCodes.of(type)
    let choice = expected.value.compactMap { returns($0, codes) }
    return ExpectedReturn(choice: choice, codes: codes, line: expected.position.line)
  }

  private func returns(_ node: YAMLNode, _ codes: ReturnCodes) -> Condition? {
    if node.isWord("any") { return .any }
    if node.isWord(PreviousReturn.word) { return .previousReturn }
    if Condition.isMatcher(node) {
      if let entry = node.entries?.first(where: { $0.key.text == "matches" }) {
        complaints.add(entry.key.position, "a return value is a number, which no pattern matches")
        return nil
      }
      return MatcherReader(
        complaints: complaints,
        equal: { $0.isWord(PreviousReturn.word) ? .previousReturn : returnValue($0, codes).map(Condition.number) },
        number: { returnValue($0, codes) }
      ).read(node)
    }
    return returnValue(node, codes).map(Condition.number)
  }

  private func returnValue(_ node: YAMLNode, _ codes: ReturnCodes) -> Int128? {
    switch node.scalar {
    case .integer(let number):
      if let value = codes.normalize(number) { return value }
      complaints.add(node.position, "\(number) doesn't fit the 32 bits of a return value")
    case .text(let name):
      if let value = codes.value(of: name) { return value }
      complaints.add(
        node.position, "no return value `\(name)`", hint: suggestion(for: name, among: codes.names.map(\.name)))
    default:
      complaints.add(node.position, "a return value is a name or a number, and here is \(node.kind)")
    }
    return nil
  }

  // MARK: Globals

  private func globals(_ node: YAMLNode) -> [ExpectedGlobal] {
    guard let entries = node.entries else {
      complaints.add(node.position, "`globals` must be a mapping from names to values")
      return []
    }
    refuseNothing(node, "`globals`")
    let reader = ExpectedValueReader(complaints: complaints)
    return entries.compactMap { entry in
      guard let global = inputs.global(entry.key) else { return nil }
      return reader.read(entry.value, as: global.type, at: global.offset)
        .map { ExpectedGlobal(name: global.name, section: global.section, value: $0) }
    }
  }

  // MARK: Maps

  private func maps(_ node: YAMLNode) -> (maps: [ExpectedMap], kinds: [ExpectedMapKind]) {
    guard let entries = node.entries else {
      complaints.add(node.position, "`maps` must be a mapping from names to entries")
      return ([], [])
    }
    refuseNothing(node, "`maps`")
    var maps: [ExpectedMap] = []
    var kinds: [ExpectedMapKind] = []
    for entry in entries {
      guard let map = inputs.map(entry.key) else { continue }
      if map.type != .bloomFilter {
        refuseNothing(entry.value, "`\(map.name)`", hint: "`exactly: {}` says that it is empty")
      }
      if MapKindExpectations.handles(map.type) {
        kinds += MapKindExpectations(facts: facts, complaints: complaints).plan(entry.value, map).map { [$0] } ?? []
      } else if map.type == .arena {
        maps.append(ArenaParts(facts: facts, complaints: complaints).expected(entry.value, map))
      } else if map.type.isLocalStorage {
        maps += localStorage(entry.value, in: map).map { [$0] } ?? []
      } else if map.type.isReadable {
        maps.append(expected(entry.value, in: map))
      } else {
        complaints.add(
          entry.key.position, "the contents of a \(map.type) map can't be read back",
          hint: map.type == .ringBuffer || map.type == .perfEventArray
            ? "`expect: { events: { \(map.name): [ … ] } }` tells what came out of it" : nil)
      }
    }
    return (maps, kinds)
  }

  func expected(_ node: YAMLNode, in map: ObjectFacts.Map) -> ExpectedMap {
    var result = ExpectedMap(
      name: map.name, type: map.type, key: map.key, value: map.value, entries: [], absent: [], isExact: false,
      line: node.position.line)
    var contents = node
    if var entries = node.entries {
      // A list where a value should stand: no map has keys that are called so and hold lists, or it says `{ key, value }`.
      if let index = entries.firstIndex(where: { $0.key.isWord("absent") && $0.value.items != nil }) {
        for key in entries[index].value.items ?? [] {
          if let keys = inputs.range(key, map.key) {
            result.absent += keys.map { ($0.bytes, "\($0.number)", key.position.line) }
          } else if let bytes = inputs.encode(key, map.key) {
            result.absent.append((bytes, key.label, key.position.line))
          }
        }
        entries.remove(at: index)
      }
      if let index = entries.firstIndex(where: { $0.key.isWord("exactly") }) {
        result.isExact = true
        contents = entries[index].value
        for other in entries where !other.key.isWord("exactly") {
          complaints.add(other.key.position, "`exactly` stands for the whole map, so nothing stands beside it")
        }
      } else {
        contents.content = .mapping(entries)
      }
    }
    if let items = contents.items, inputs.areElements(items, of: map) { result.isExact = true }
    for (key, value) in inputs.entries(of: contents, in: map, isExpected: true) {
      if let keys = inputs.range(key, map.key) {
        guard let value = self.value(value, in: map) else { continue }
        for (number, bytes) in keys {
          result.entries.append(.init(key: bytes, label: "\(number)", value: value, line: key.position.line))
        }
        continue
      }
      let isProcess = key.isWord(ProcessNumber.word) && ProcessNumber.fits(map.key)
      guard let bytes = isProcess ? [] : inputs.encode(key, map.key), let value = self.value(value, in: map) else {
        continue
      }
      result.entries.append(
        .init(key: bytes, label: key.label, value: value, line: key.position.line, isProcess: isProcess))
    }
    return result
  }

  private func value(_ node: YAMLNode, in map: ObjectFacts.Map) -> ExpectedMap.Value? {
    if map.type.isPerCPU, let items = InputPlanner.perCPU(node) {
      let reader = ExpectedValueReader(complaints: complaints)
      if items.isEmpty { complaints.add(node.position, "nothing is expected of any CPU") }
      let values = items.compactMap { reader.read($0, as: map.value) }
      return values.count == items.count ? .perCPU(values) : nil
    }
    return ExpectedValueReader(complaints: complaints, isSummed: map.type.isPerCPU).read(node, as: map.value)
      .map(ExpectedMap.Value.whole)
  }
}
