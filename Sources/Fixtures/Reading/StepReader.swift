import BPF
import Packets
import Results
import TestPlan

/// Reads what goes into a run and what is expected of it.
final class StepReader {
  /// Keys of what goes in, which a step inherits from its test.
  static let inputKeys =
    ["program", "packet", "context", "repeat", "globals", "maps", "delete", "trigger", "wait", "call"]
    + RunOptions.keys
  static let stepKeys = ["name"] + inputKeys + ["expect"]
  /// Keys of `expect` that speak of a run.
  static let runKeys =
    [
      "return", "packet", "metadata", "context", "flow_keys", "maps", "globals", "events", "trigger", "golden",
      "ignore", "args", "printk", "error",
    ] + RunExpectationReader.keys
  static let loadKeys = ["load", "log", "cause", "attach"]
  static let laterKeys: [String] = []

  let complaints: Complaints
  let packets: PacketReader
  let folder: String
  /// Whether goldens are about to be written, so that those that are there don't count.
  let isRecording: Bool
  /// Those of the test at hand, for its steps.
  private var devices: [String: UInt32] = [:]

  init(complaints: Complaints, folder: String, isRecording: Bool = false) {
    self.complaints = complaints
    self.folder = folder
    self.isRecording = isRecording
    self.packets = PacketReader(complaints: complaints, folder: folder)
  }

  func expectation(_ node: YAMLNode) -> Fields? {
    Fields(node, of: "`expect`", known: Self.runKeys + Self.loadKeys, later: Self.laterKeys, complaints)
  }

  /// Reads a test's environment, whose devices its steps can then name.
  func environment(_ node: YAMLNode?) -> Environment? {
    let environment = node.flatMap { EnvironmentReader(complaints: complaints, packets: packets).environment($0) }
    devices = (environment ?? Environment()).deviceIndices
    return environment
  }

  // MARK: Steps

  /// The step that a test without `steps` is; `nil` when it doesn't run anything.
  func singleStep(_ test: Fields, _ expect: Fields?) -> StepCase? {
    let runs = (["packet", "context", "repeat", "trigger", "wait", "call"] + RunOptions.keys).contains {
      test[$0] != nil
    }
    guard runs || Self.runKeys.contains(where: { expect?[$0] != nil }) else { return nil }
    var step = inputs(test, inheriting: nil)
    // A test's own globals and maps are set before the first step.
    step.globals = nil
    if expect?["error"] == nil {
      step.maps = nil
      step.deletions = nil
    }
    if let expect { read(expect, into: &step) }
    return step
  }

  func step(_ node: YAMLNode, inheriting test: Fields) -> StepCase? {
    guard
      let fields = Fields(node, of: "a step", known: Self.stepKeys, later: SuiteReader.laterTestKeys, complaints)
    else { return nil }
    var step = inputs(fields, inheriting: test)
    step.name = fields.text("name")?.value
    guard let node = fields["expect"], let expect = expectation(node) else { return step }
    for key in Self.loadKeys where expect[key] != nil {
      complaints.add(
        expect.position(of: key), "`\(key)` belongs under the `expect:` of the test, which loads once for all its steps"
      )
    }
    read(expect, into: &step)
    return step
  }

  func inputs(_ fields: Fields, inheriting test: Fields?) -> StepCase {
    func source(_ key: String) -> Fields { fields[key] == nil ? test ?? fields : fields }
    let packet = source("packet")["packet"]
    let isCarried = packet.map { CarriedPacketReader.isMeant(by: $0) } ?? false
    let input = isCarried ? nil : packet.flatMap { packets.input($0) }
    var step = StepCase(
      position: fields.position, program: source("program").text("program"), packet: input?.bytes, bare: input?.bare,
      hasPacket: packet != nil, context: source("context")["context"],
      options: RunOptions(fields, inheriting: test, complaints),
      repetitions: source("repeat").count("repeat") ?? 1, globals: fields["globals"], maps: fields["maps"],
      deletions: fields["delete"])
    step.ownRunKeys = (["program", "repeat"] + RunOptions.keys).filter { fields[$0] != nil }
      .map { Located($0, fields.position(of: $0)) }
    let sockets = SocketReader(complaints: complaints, packets: packets, devices: devices)
    TriggerReader(complaints: complaints, sockets: sockets).read(
      source("trigger")["trigger"], wait: fields["wait"], into: &step)
    step.triggerExpectations = step.triggerExpectations.mapValues { packetsAsBytes($0) }
    step.call = source("call")["call"].flatMap { CallCase.read($0, complaints) }
    if isCarried, let packet { step.carriedPacket = CarriedPacketReader(complaints: complaints).read(packet) }
    if let run = ["packet", "context", "call", "program"].first(where: { source($0)[$0] != nil }), step.triggers != nil
    {
      step.triggersFirst = source("trigger").position(of: "trigger") < source(run).position(of: run)
    }
    return step
  }

  func read(_ expect: Fields, into step: inout StepCase) {
    if step.call != nil {
      step.call?.returns = expect["return"]
      step.call?.argumentsOut = expect["args"]
    } else if let node = expect["args"] {
      complaints.add(node.position, "only a `call` has arguments")
    }
    if let node = expect["return"], step.call == nil {
      step.returns = Located(PerKernel(node, complaints), node.position)
    }
    if let node = expect["packet"] {
      let choice = PerKernel(node, complaints).compactMap { self.packet($0) }
      step.packetOut = Located(choice, node.position)
      if !step.hasPacket, choice.all.contains(where: \.isUnchanged) {
        complaints.add(node.position, "no packet goes in that could come out unchanged")
      }
    }
    step.metadataOut = expect["metadata"]
    step.runOut = RunExpectationReader(complaints: complaints).read(expect)
    if let run = step.runOut, run.isNeverAccepted {
      for key in ["return", "packet", "metadata", "context", "flow_keys", "args", "golden"] where expect[key] != nil {
        complaints.add(expect.position(of: key), "a run that is refused gives no `\(key)`")
      }
    }
    step.contextOut = expect["context"]
    step.flowKeysOut = expect["flow_keys"]
    step.mapsOut = expect["maps"]
    step.globalsOut = expect["globals"]
    step.eventsOut = expect["events"]
    step.printkOut = expect["printk"]
    step.errorOut = expect["error"]
    if step.maps == nil, step.deletions == nil, expect["error"] != nil {
      complaints.add(
        expect.position(of: "error"), "nothing is written in this step that could be refused",
        hint: "`error` is about the `maps:` or `delete:` beside it")
    }
    step.triggersOut = expect["trigger"].map { packetsAsBytes($0) }
    step.golden = expect["golden"]
    step.ignored = masks(expect)
  }

  private func packet(_ node: YAMLNode) -> PacketExpectation? {
    if node.isWord("unchanged") { return .unchanged }
    if node.isWord("any") { return .any }
    if PacketProperties.areMeant(by: node) {
      return PacketProperties(node, packets, complaints).map(PacketExpectation.properties)
    }
    return packets.bytes(node).map(PacketExpectation.bytes)
  }

  // MARK: Loading

  func loadExpectation(_ expect: Fields?, at position: Position) -> LoadExpectation {
    guard let expect else {
      return LoadExpectation(position: position, isGiven: false, outcome: PerKernel(.accepted))
    }
    var result = LoadExpectation(
      position: expect["load"]?.position ?? position, isGiven: Self.loadKeys.contains { expect[$0] != nil },
      outcome: PerKernel(
        expect["load"] == nil && expect["attach"] == nil && expect["cause"] != nil ? .rejected : .accepted))
    result.attachRefused = expect["attach"].map {
      PerKernel($0, complaints).compactMap { AttachmentReader(complaints: complaints).isRefused($0) }
    }
    if let node = expect["load"] {
      result.outcome = PerKernel(node, complaints).compactMap { self.outcome($0) }
    }
    if let node = expect["log"] {
      result.log = PerKernel(node, needsDefault: false, complaints).compactMap { .some(self.pattern($0)) }
    }
    if let node = expect["cause"] {
      result.cause = PerKernel(node, needsDefault: false, complaints).compactMap { .some(self.cause($0)) }
    }
    return result
  }

  private func outcome(_ node: YAMLNode) -> LoadExpectation.Outcome? {
    switch node.text {
    case "accepted": return .accepted
    case "rejected": return .rejected
    case "any": return .any
    default:
      complaints.add(
        node.position, "`load` is accepted, rejected or any, and here is \(node.kind)",
        hint: node.text.flatMap { nearestName(to: $0, among: ["accepted", "rejected", "any"]) }
          .map { "did you mean `\($0)`?" })
      return nil
    }
  }

  private func pattern(_ node: YAMLNode) -> Located<Pattern>? {
    if node.isWord("any") || node.text == "" { return nil }
    guard let text = node.text, let pattern = Pattern(text) else {
      complaints.add(node.position, "\(node.kind) is not a regular expression")
      return nil
    }
    return Located(pattern, node.position)
  }

  private func cause(_ node: YAMLNode) -> Located<Cause>? {
    if node.isWord("any") { return nil }
    guard let cause = node.text.flatMap(Cause.init(rawValue:)), cause != .kernel else {
      let known = Cause.allCases.filter { $0 != .kernel }.map(\.rawValue)
      complaints.add(
        node.position, "no cause \(node.kind)", hint: node.text.flatMap { suggestion(for: $0, among: known) })
      return nil
    }
    return Located(cause, node.position)
  }
}
