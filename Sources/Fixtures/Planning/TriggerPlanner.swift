import BPF
import TestPlan

/// What is expected of one trigger of a step.
struct ExpectedTrigger: Sendable {
  /// `nil`: that there is none.
  var errno: Condition?
  var exit: Condition?
  var signal: Condition?
  var result: Condition?
  var output: Condition?
  var errorOutput: Condition?
  /// What was received, a packet.
  var packet: Condition?
  /// What must be true of it.
  var properties: PacketProperties?
  /// The addresses of a socket's two ends, as text.
  var local: Condition?
  var peer: Condition?
  var line: Int
}

/// A wait as messages speak of it.
struct PlannedWait: Sendable {
  /// `fired >= 1`.
  var label: String
  var line: Int
}

/// Plans triggers and waits.
struct TriggerPlanner {
  let facts: ObjectFacts
  let complaints: Complaints

  private var inputs: InputPlanner { InputPlanner(facts: facts, complaints: complaints) }
  private static let waitLimit = 2.0

  // MARK: Numbers known at run time

  /// Takes the globals out of a mapping that are to be told the number of the triggers' process.
  func takeProcessGlobals(_ node: inout YAMLNode?) -> [GlobalPlace] {
    guard let entries = node?.entries else { return [] }
    let marked = entries.filter { $0.value.isWord(ProcessNumber.word) }
    guard !marked.isEmpty else { return [] }
    node?.content = .mapping(entries.filter { !$0.value.isWord(ProcessNumber.word) })
    return marked.compactMap { entry in
      guard let global = inputs.global(entry.key) else { return nil }
      guard ProcessNumber.fits(global.type) else {
        complaints.add(
          entry.value.position,
          "the number of a process takes 32 bits, and `\(global.name)` is \(global.type.declaration)")
        return nil
      }
      return GlobalPlace(section: global.section, offset: global.offset, size: global.type.size)
    }
  }

  /// Complains of globals that are to be told a number that there isn't.
  func refuseProcess(in globals: YAMLNode?) {
    for entry in globals?.entries ?? [] where entry.value.isWord(ProcessNumber.word) {
      complaints.add(entry.value.position, "there is no `trigger` here whose process could have a number")
    }
  }

  // MARK: Waits

  func waits(_ node: YAMLNode?) -> [(wait: Wait, planned: PlannedWait)] {
    guard let node, let fields = Fields(node, of: "`wait`", known: ["globals", "maps", "within"], complaints) else {
      return []
    }
    let seconds = fields.seconds("within") ?? Self.waitLimit
    var result: [(wait: Wait, planned: PlannedWait)] = []
    let complained = complaints.errors.count
    func entries(_ key: String) -> [YAMLNode.Entry] {
      guard let node = fields[key] else { return [] }
      if let entries = node.entries { return entries }
      complaints.add(
        node.position, "`\(key)` of `wait` must be a mapping from names to what is awaited, and here is \(node.kind)")
      return []
    }
    func add(
      _ condition: YAMLNode, _ label: String, _ type: ValueType, isSummed: Bool = false,
      _ place: (Int, Int) -> Wait.Place
    ) {
      guard let part = self.part(condition, label, type, 0) else { return }
      var wait = part.wait(at: place(part.offset, part.type.size), seconds: seconds)
      guard let words = compare(&wait, with: part, isSummed: isSummed) else { return }
      result.append((wait, PlannedWait(label: words, line: condition.position.line)))
    }
    for entry in entries("globals") {
      guard let global = inputs.global(entry.key) else { continue }
      add(entry.value, global.name, global.type) {
        .global(GlobalPlace(section: global.section, offset: global.offset + $0, size: $1))
      }
    }
    for entry in entries("maps") {
      guard let map = inputs.map(entry.key) else { continue }
      for (key, value) in inputs.entries(of: entry.value, in: map) {
        guard let bytes = inputs.encode(key, map.key) else { continue }
        add(value, "\(map.name)[\(key.label)]", map.value, isSummed: map.type.isPerCPU) {
          .map(name: map.name, key: Bytes(bytes), offset: $0, size: $1)
        }
      }
    }
    if result.isEmpty, complaints.errors.count == complained {
      complaints.add(node.position, "`wait` waits for nothing", hint: "name `globals` or `maps`")
    }
    return result
  }

  /// A number that is waited for.
  private struct Part {
    var label: String
    var offset: Int
    var type: ValueType
    /// What it is compared with.
    var condition: YAMLNode

    func wait(at place: Wait.Place, seconds: Double) -> Wait {
      let last = [UInt8](repeating: 0, count: type.size - 1) + [1]
      return Wait(
        place: place, isSigned: (type.integer([UInt8](repeating: 0xff, count: type.size)) ?? 0) < 0,
        isBigEndian: type.size > 1 && type.integer(last) == 1, bound: 0, seconds: seconds)
    }
  }

  /// The number that a condition is about: the value itself, or the one member that the condition names.
  private func part(_ node: YAMLNode, _ label: String, _ type: ValueType, _ offset: Int) -> Part? {
    if case .btf(let btf) = type, type.isCompound {
      guard let entries = node.entries, entries.count == 1, let member = btf.member(entries[0].key.label),
        member.bitFieldSize == 0
      else {
        complaints.add(node.position, "`wait` takes one member of \(type.declaration), which must be a number")
        return nil
      }
      return part(
        entries[0].value, "\(label).\(entries[0].key.label)", .btf(btf.type(of: member)), offset + member.bitOffset / 8)
    }
    guard [1, 2, 4, 8].contains(type.size), let zero = type.integer([UInt8](repeating: 0, count: type.size)), zero == 0
    else {
      complaints.add(node.position, "`wait` waits for numbers, and \(label) is \(type.declaration)")
      return nil
    }
    return Part(label: label, offset: offset, type: type, condition: node)
  }

  /// Sets what a number is compared with, and says it in words; `nil` after a complaint.
  private func compare(_ wait: inout Wait, with part: Part, isSummed: Bool) -> String? {
    guard let (comparison, number) = comparison(part, isSummed: isSummed) else { return nil }
    let bits = wait.isSigned ? Int64(exactly: number) : UInt64(exactly: number).map { Int64(bitPattern: $0) }
    guard let bits else {
      complaints.add(
        part.condition.position,
        "\(part.label) is \(part.type.declaration), and never comes near \(part.condition.label)")
      return nil
    }
    wait.comparison = comparison
    wait.bound = bits
    return "`\(part.label)` \(Self.sign(comparison)) \(number)"
  }

  private func comparison(_ part: Part, isSummed: Bool) -> (Wait.Comparison, Int128)? {
    let node = part.condition
    /// What `expect:` takes for such a number, too: names, addresses.
    func number(_ node: YAMLNode, isBound: Bool = true) -> Int128? {
      if isBound || isSummed, case .integer(let number) = node.scalar { return number }
      return inputs.encode(node, part.type).flatMap { part.type.integer($0) }
    }
    if node.text != nil { return number(node, isBound: false).map { (.equal, $0) } }
    if let entries = node.entries, entries.count == 1, entries[0].value.text != nil {
      let bound = entries[0].value
      switch entries[0].key.text {
      case "ge": return number(bound).map { (.atLeast, $0) }
      case "gt": return number(bound).map { (.atLeast, $0 == .max ? $0 : $0 + 1) }
      case "le": return number(bound).map { (.atMost, $0) }
      case "lt": return number(bound).map { (.atMost, $0 == .min ? $0 : $0 - 1) }
      case "ne": return number(bound, isBound: false).map { (.different, $0) }
      default: break
      }
    }
    complaints.add(node.position, "`wait` takes a number or one of ge, gt, le, lt, ne, and here is \(node.kind)")
    return nil
  }

  private static func sign(_ comparison: Wait.Comparison) -> String {
    switch comparison {
    case .equal: "="
    case .different: "≠"
    case .atLeast: "≥"
    case .atMost: "≤"
    }
  }

  // MARK: Expectations

  /// What is expected of each trigger. A mapping speaks of the last one; a list has an item for each. What stands beside
  /// a trigger itself goes before.
  func expectations(_ step: StepCase) -> [ExpectedTrigger?] {
    var result = expectations(step.triggersOut, count: step.triggers?.count ?? 0)
    for (index, node) in step.triggerExpectations where index < result.count {
      if result[index] != nil { complaints.add(node.position, "what is expected of this trigger stands elsewhere too") }
      result[index] = expectation(node)
    }
    return result
  }

  private func expectations(_ node: YAMLNode?, count: Int) -> [ExpectedTrigger?] {
    var result = [ExpectedTrigger?](repeating: nil, count: count)
    guard let node else { return result }
    guard count > 0 else {
      complaints.add(node.position, "there is no `trigger` here that something could be expected of")
      return result
    }
    guard let items = node.items else {
      result[count - 1] = expectation(node)
      return result
    }
    guard items.count <= count else {
      complaints.add(node.position, "\(items.count) expectations of \(count) triggers")
      return result
    }
    for (index, item) in items.enumerated() where !item.isWord("any") { result[index] = expectation(item) }
    return result
  }

  private func expectation(_ node: YAMLNode) -> ExpectedTrigger? {
    let known = ["errno", "exit", "signal", "result", "output", "stderr", "packet", "local", "peer"]
    guard let fields = Fields(node, of: "an expectation of a trigger", known: known, complaints) else { return nil }
    let packet = fields["packet"]
    let properties = packet.flatMap { PacketProperties.areMeant(by: $0) ? received($0) : nil }
    return ExpectedTrigger(
      errno: fields["errno"].flatMap { condition($0, named: ErrnoNames.number, "an errno") },
      exit: fields["exit"].flatMap { condition($0) },
      signal: fields["signal"].flatMap { condition($0, named: { OpenFlags.signals[$0.replacingSIG] }, "a signal") },
      result: fields["result"].flatMap { condition($0) }, output: fields["output"].flatMap(text),
      errorOutput: fields["stderr"].flatMap(text), packet: properties == nil ? packet.flatMap(text) : nil,
      properties: properties, local: fields["local"].flatMap(text), peer: fields["peer"].flatMap(text),
      line: node.position.line)
  }

  /// What must be true of a packet that is received.
  private func received(_ node: YAMLNode) -> PacketProperties? {
    // Packets in it are bytes already; see `packetsAsBytes`.
    let packets = PacketReader(complaints: complaints, folder: ".")
    guard let properties = PacketProperties(node, packets, complaints) else { return nil }
    if properties.neverGrows || properties.neverShrinks {
      complaints.add(node.position, "nothing went in that a received packet could be longer or shorter than")
    }
    return properties
  }

  func condition(
    _ node: YAMLNode, named: @escaping (String) -> Int32? = { _ in nil }, _ what: String = "a number"
  ) -> Condition? {
    func number(_ node: YAMLNode) -> Int128? {
      if case .integer(let number) = node.scalar { return number }
      if let number = node.text.flatMap(named) { return Int128(number) }
      complaints.add(node.position, "\(node.kind) is not \(what)")
      return nil
    }
    if node.isWord("any") { return .any }
    guard Condition.isMatcher(node) else { return number(node).map(Condition.number) }
    return MatcherReader(complaints: complaints, equal: { number($0).map(Condition.number) }, number: number).read(node)
  }

  private func text(_ node: YAMLNode) -> Condition? {
    func bytes(_ node: YAMLNode) -> Condition? {
      if case .bytes(let bytes) = node.value { return .bytes(bytes) }
      if let text = node.text { return .bytes(Array(text.utf8)) }
      complaints.add(node.position, "an output is a text, { hex: … } or { matches: … }, and here is \(node.kind)")
      return nil
    }
    func bound(of text: YAMLNode) -> Int128? {
      complaints.add(
        text.position, "\(text.kind) is a bound for numbers, and this is a text",
        hint: "give the text, or { matches: RE }; `result` is a number")
      return nil
    }
    if node.isWord("any") { return .any }
    guard Condition.isMatcher(node) else { return bytes(node) }
    return MatcherReader(complaints: complaints, equal: bytes, number: { bound(of: $0) }).read(node)
  }
}

extension String {
  fileprivate var replacingSIG: String { hasPrefix("SIG") ? String(dropFirst(3)) : self }
}

/// Errno values by name.
enum ErrnoNames {
  private static let numbers = Dictionary(
    (1...133).map { (Errno.name(Int32($0)), Int32($0)) } + [("ENOTSUPP", Errno.notSupported)],
    uniquingKeysWith: { first, _ in first })

  static func number(_ name: String) -> Int32? { numbers[name] }
}
