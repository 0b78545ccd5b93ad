import BPF
import TestPlan

/// Plans what is attached, and to what.
struct AttachmentPlanner {
  let facts: ObjectFacts
  let complaints: Complaints
  /// The type of programs whose section says nothing.
  let type: BPFProgramType?

  /// What a mapping names, one of them.
  private static let targets = [
    "function", "functions", "path", "tracepoint", "raw_tracepoint", "cpu_clock", "cgroup", "xdp", "tc", "map",
    "socket",
    "netfilter",
  ]
  /// Keys that say more of a target.
  private static let options: [(owner: String, keys: [String])] = [
    ("path", ["symbol", "provider", "probe"]), ("tc", ["direction"]), ("netfilter", ["family", "priority"]),
  ]

  func plan(_ cases: [AttachmentCase]) -> [Attachment] { cases.compactMap(plan) }

  private func plan(_ attachment: AttachmentCase) -> Attachment? {
    let name = attachment.name
    if facts.maps[name.value]?.type == .structOps {
      if let target = attachment.target {
        complaints.add(target.position, "a struct_ops map is attached to nothing but its own kind: leave out `to`")
      }
      return Attachment(.map(name.value))
    }
    guard let program = facts.programs[name.value] else {
      complaints.add(
        name.position, "the object has no program `\(name.value)` to attach",
        hint: suggestion(for: name.value, among: facts.programNames))
      return nil
    }
    // What it replaces is told to the verifier already: see `ReplacementPlanner`.
    if program.type == .extensionProgram { return Attachment(.program(name.value)) }
    guard let node = attachment.target else { return Attachment(.program(name.value), to: usualTarget(of: program)) }
    guard let target = target(node) else { return nil }
    return Attachment(.program(name.value), to: target)
  }

  /// Where a program goes that doesn't say so: those of cgroups and namespaces to the test's own.
  private func usualTarget(of program: ObjectFacts.Program) -> Attachment.Target? {
    switch program.type == .unspecified ? type ?? program.type : program.type {
    case .perfEvent: .cpuClock(frequency: 100)
    case .skLookup: .networkNamespace
    case let type where type.description == "flow_dissector": .networkNamespace
    case let type where type.description.hasPrefix("cgroup_") || type.description == "sock_ops": .cgroup(path: nil)
    default: nil
    }
  }

  private func target(_ node: YAMLNode) -> Attachment.Target? {
    if node.isWord("cgroup") { return .cgroup(path: nil) }
    if node.isWord("netns") { return .networkNamespace }
    let known = Self.targets + Self.options.flatMap(\.keys) + ["offset"]
    guard let fields = Fields(node, of: "`to`", known: known, complaints) else { return nil }
    let given = Self.targets.filter { fields[$0] != nil }
    if given.count > 1 {
      complaints.add(node.position, "\(given.count) targets in one: \(given.joined(separator: ", "))")
      return nil
    }
    if let name = given.first {
      fields.refuse(Self.options, beside: name)
      if name != "path" { fields.refuse([("function", ["offset"])], beside: name) }
      if let target = tracing(fields) ?? networking(fields) { return target }
    }
    complaints.add(
      node.position, "`to` doesn't say what to attach to",
      hint:
        "name a function, functions, a path with a symbol or a probe, a tracepoint, raw_tracepoint, cpu_clock, cgroup, "
        + "netns, xdp, tc, map, socket or netfilter")
    return nil
  }

  private func tracing(_ fields: Fields) -> Attachment.Target? {
    if let name = fields.text("function") { return .function(name: name.value, offset: offset(fields)) }
    let functions = fields.texts("functions").map(\.value)
    if !functions.isEmpty { return .functions(functions) }
    if let path = fields.text("path") {
      for key in ["symbol", "offset"] { fields.refuse(key, beside: "probe") }
      if let probe = fields.text("probe"), let provider = fields.text("provider") {
        return .usdt(path: path.value, provider: provider.value, name: probe.value)
      }
      for (key, missing) in [("probe", "provider"), ("provider", "probe")] where fields[key] != nil {
        complaints.add(fields.position(of: key), "a `\(key)` has a `\(missing)`, too")
      }
      return .userFunction(path: path.value, symbol: fields.text("symbol")?.value, offset: offset(fields))
    }
    if let name = fields.text("tracepoint") {
      let parts = name.value.split(separator: "/")
      if parts.count == 2 { return .tracepoint(category: String(parts[0]), name: String(parts[1])) }
      complaints.add(name.position, "a tracepoint has a category: `sched/sched_process_exec`")
    }
    if let name = fields.text("raw_tracepoint") { return .rawTracepoint(name.value) }
    return fields.count("cpu_clock").map { .cpuClock(frequency: UInt64($0)) }
  }

  private func networking(_ fields: Fields) -> Attachment.Target? {
    if let path = fields.text("cgroup") { return .cgroup(path: path.value) }
    if let interface = fields.text("xdp") { return .xdp(interface: interface.value) }
    if let interface = fields.text("tc") {
      let direction = fields.text("direction")
      if let direction, !["ingress", "egress"].contains(direction.value) {
        complaints.add(direction.position, "`direction` is ingress or egress")
      }
      return .tc(interface: interface.value, egress: direction?.value == "egress")
    }
    if let socket = fields.text("socket") { return .socket(socket.value) }
    if let hook = fields.text("netfilter") { return netfilter(hook, fields) }
    guard let map = fields.text("map") else { return nil }
    if facts.maps[map.value] == nil {
      complaints.add(
        map.position, "the object has no map `\(map.value)`", hint: suggestion(for: map.value, among: facts.mapNames))
    }
    return .map(map.value)
  }

  private func offset(_ fields: Fields) -> UInt64 {
    guard let node = fields["offset"] else { return 0 }
    if case .integer(let number) = node.scalar, let offset = UInt64(exactly: number) { return offset }
    complaints.add(node.position, "`offset` is a number of bytes, and here is \(node.kind)")
    return 0
  }
}
