import BPF
import TestPlan

/// Reads `trigger:`, one or a list of them, and `wait:`.
struct TriggerReader {
  static let names = ["exec", "open", "read", "write", "sysctl", "kill", "sleep", "call", "iterate"]
  /// Keys beside the trigger's own name.
  private static let options: [(owner: String, keys: [String])] = [
    ("exec", ["stdin"]), ("open", ["flags", "mode"]), ("write", ["text", "hex"]), ("sysctl", ["value"]),
  ]

  let complaints: Complaints
  /// For what is done with sockets.
  var sockets: SocketReader?

  func read(_ node: YAMLNode?, wait: YAMLNode?, into step: inout StepCase) {
    step.waits = wait
    guard let node else { return }
    let items = node.items ?? [node]
    if items.isEmpty { complaints.add(node.position, "there are no triggers") }
    step.triggers = []
    for item in items {
      guard let trigger = trigger(item, &step) else { continue }
      let expected = item.entries?.first { $0.key.text == "expect" }?.value
      if let expected { step.triggerExpectations[step.triggers?.count ?? 0] = expected }
      step.triggers?.append(Located(trigger, item.position))
    }
  }

  private func trigger(_ node: YAMLNode, _ step: inout StepCase) -> Trigger? {
    let names = Self.names + SocketReader.verbs
    let known = names + Self.options.flatMap(\.keys) + ["within", "expect"]
    guard let fields = Fields(node, of: "a trigger", known: known, complaints) else { return nil }
    let given = names.filter { fields[$0] != nil }
    // `{ read: …, write: … }` would leave open which is done first.
    guard given.count == 1, let name = given.first else {
      complaints.add(
        node.position, given.isEmpty ? "this triggers nothing" : "\(given.count) triggers in one",
        hint: given.isEmpty ? "known are \(names.joined(separator: ", "))" : "write a list of triggers")
      return nil
    }
    fields.refuse(Self.options, beside: name)
    // The limit is the whole chain's.
    if let limit = fields.seconds("within") { step.triggerLimit = max(step.triggerLimit ?? 0, limit) }
    return read(name, fields)
  }

  private func read(_ name: String, _ fields: Fields) -> Trigger? {
    if SocketReader.verbs.contains(name) {
      return fields[name].flatMap { sockets?.operation(name, $0) }.map { .socket($0) }
    }
    switch name {
    case "exec":
      let arguments = fields.texts("exec").map(\.value)
      guard !arguments.isEmpty else { return nil }
      return .exec(arguments: arguments, standardInput: fields.text("stdin").map { Bytes(Array($0.value.utf8)) })
    case "open":
      return fields.text("open").map { .open(path: $0.value, flags: flags(fields), mode: mode(fields)) }
    case "read": return fields.text("read").map { .read(path: $0.value) }
    case "write":
      guard let path = fields.text("write"), let bytes = bytes(fields) else { return nil }
      return .write(path: path.value, bytes: bytes, creates: true)
    case "sysctl": return fields.text("sysctl").map { sysctl($0.value, fields.text("value")?.value) }
    case "kill": return signal(fields)
    case "sleep": return fields.seconds("sleep").map { .sleep(seconds: $0) }
    case "call": return call(fields)
    default: return fields.text("iterate").map { .iterate(program: $0.value) }
    }
  }

  /// `net.ipv4.ip_forward` is a file below /proc/sys (sysctl(8)).
  private func sysctl(_ name: String, _ value: String?) -> Trigger {
    let path = "/proc/sys/" + (name.contains("/") ? name : String(name.map { $0 == "." ? "/" : $0 }))
    guard let value else { return .read(path: path) }
    return .write(path: path, bytes: Bytes(Array(value.utf8)), creates: false)
  }

  private func bytes(_ fields: Fields) -> Bytes? {
    fields.refuse("text", beside: "hex")
    if let hex = fields.text("hex") {
      if let bytes = Bytes(hex: hex.value) { return bytes }
      complaints.add(hex.position, "`hex` takes hexadecimal digits in pairs")
      return nil
    }
    return Bytes(Array((fields.text("text")?.value ?? "").utf8))
  }

  private func flags(_ fields: Fields) -> Int32 {
    fields.texts("flags").reduce(0) { flags, name in
      if let flag = OpenFlags.flags[name.value] { return flags | flag }
      complaints.add(
        name.position, "open(2) has no flag `\(name.value)`",
        hint: suggestion(for: name.value, among: OpenFlags.flags.keys.sorted()))
      return flags
    }
  }

  private func mode(_ fields: Fields) -> UInt32 {
    guard let node = fields["mode"] else { return 0o644 }
    guard case .integer(let number) = node.scalar, (0...0o7777).contains(number) else {
      complaints.add(node.position, "`mode` takes permissions such as 0o644, and here is \(node.kind)")
      return 0
    }
    return UInt32(number)
  }

  private func signal(_ fields: Fields) -> Trigger? {
    guard let node = fields["kill"] else { return nil }
    if case .integer(let number) = node.scalar, (0...64).contains(number) { return .kill(signal: Int32(number)) }
    let name = node.text.map { $0.hasPrefix("SIG") ? String($0.dropFirst(3)) : $0 } ?? ""
    if let number = OpenFlags.signals[name] { return .kill(signal: number) }
    complaints.add(
      node.position, "no signal \(node.kind)",
      hint: suggestion(for: "SIG\(name)", among: OpenFlags.signals.keys.map { "SIG\($0)" }.sorted()))
    return nil
  }

  /// `call: [mkdirat, -100, /tmp/x, 0o755]`
  private func call(_ fields: Fields) -> Trigger? {
    guard let node = fields["call"], let items = node.items ?? (node.text == nil ? nil : [node]),
      let first = items.first, let name = first.text
    else {
      complaints.add(fields.position(of: "call"), "`call` takes a list: a system call's name and its arguments")
      return nil
    }
    guard SystemCalls.names.contains(name) else {
      complaints.add(
        first.position, "`call` knows no system call `\(name)`", hint: suggestion(for: name, among: SystemCalls.names))
      return nil
    }
    if items.count > 7 { complaints.add(node.position, "a system call takes at most six arguments") }
    let arguments = items.dropFirst().compactMap { item -> CallArgument? in
      if case .integer(let number) = item.scalar, let value = Int64(exactly: number) { return .number(value) }
      if case .bytes(let bytes) = item.value { return .bytes(Bytes(bytes)) }
      if let text = item.text { return .text(text) }
      complaints.add(item.position, "an argument is a number, a text or { hex: … }, and here is \(item.kind)")
      return nil
    }
    return .call(name: name, arguments: arguments)
  }
}
