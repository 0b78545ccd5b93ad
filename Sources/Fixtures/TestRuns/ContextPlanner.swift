import BPF
import TestPlan

/// Encodes the context of a test run, and prepares what is expected of the one that comes back.
struct ContextPlanner {
  let facts: ObjectFacts
  var complaints: Complaints
  let program: ObjectFacts.Program
  let type: BPFProgramType
  /// Whether the kernel's refusal is what is asked for, so that what no kernel takes isn't complained of.
  var isTried = false

  /// `ctx_in`, and what its first word is to point to.
  struct Input {
    var bytes: Bytes
    var state: Bytes?
  }

  /// `struct bpf_dummy_ops_state`, the only type that a function of `bpf_dummy_ops` takes a pointer to.
  private static let stateName = "bpf_dummy_ops_state"

  private var rules: TestRunRules? { TestRunRules.of(type) }

  // MARK: In

  /// `nil` after a complaint, and when nothing is given to a type that needs nothing.
  func input(_ node: YAMLNode?, packet: [UInt8]?) -> Input? {
    guard let node else {
      // Words that nobody gave are none at all, which only a program that reads none takes.
      guard type == .syscall, let argument else { return nil }
      return Input(bytes: Bytes([UInt8](repeating: 0, count: argument.size)))
    }
    switch rules?.context {
    case .structure?: return structure(node, packet: packet)
    case .words?: return words(node)
    case .own?: return own(node)
    case .some(.none), nil:
      complaints.add(node.position, "\(type) programs take no `context` in a test run")
      return nil
    }
  }

  private func structure(_ node: YAMLNode, packet: [UInt8]?) -> Input? {
    guard let layout = ContextLayout.of(type), let entries = node.entries else {
      complaints.add(node.position, "`context` must be a mapping from fields to values")
      return nil
    }
    let settable = layout.fields.filter(\.isSettable)
    for entry in entries {
      guard !isTried, let field = layout.field(entry.key.label), !field.isSettable else { continue }
      complaints.add(
        entry.key.position, "the kernel takes no value for `\(field.name)` of \(layout.name) in a test run",
        hint: "it takes \(settable.map { "`\($0.name)`" }.joined(separator: ", "))")
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: layout.size)
    // The kernel wants to be told the packet's length (bpf_prog_test_run_xdp).
    let given: [BTFValue.Field] =
      type == .xdp && packet != nil ? [.init("data_end", .integer(Int128(packet?.count ?? 0)))] : []
    guard write(node, as: layout.type, before: given, over: &bytes) else { return nil }
    return Input(bytes: Bytes(bytes))
  }

  /// What a step says itself of a context that it takes over otherwise, and which bits those are; `nil` after a complaint.
  func changes(_ node: YAMLNode) -> (bytes: Bytes, mask: Bytes)? {
    var own = node
    own.content = .mapping((node.entries ?? []).filter { !$0.key.isWord("previous") })
    if let entry = node.entries?.first(where: { $0.key.isWord("previous") }),
      !CarriedPacketReader.isTrue(entry.value, complaints)
    {
      return nil
    }
    let type = rules?.context == .own ? argument : ContextLayout.of(self.type)?.type
    guard rules?.givesContext == true, let type else {
      complaints.add(node.position, "no context of a \(self.type) program comes back that could be taken over")
      return nil
    }
    for entry in own.entries ?? [] {
      guard !isTried, let field = ContextLayout.of(self.type)?.field(entry.key.label), !field.isSettable else {
        continue
      }
      complaints.add(entry.key.position, "the kernel takes no value for `\(field.name)` in a test run")
      return nil
    }
    // Where a value lies is told by what becomes of zeros and of ones.
    var zeros = [UInt8](repeating: 0, count: type.size)
    var ones = [UInt8](repeating: 0xff, count: type.size)
    guard write(own, as: type, over: &zeros), write(own, as: type, over: &ones) else { return nil }
    return (Bytes(zeros), Bytes(zip(zeros, ones).map { ~($0 ^ $1) }))
  }

  private func write(
    _ node: YAMLNode, as type: BTFType, before: [BTFValue.Field] = [], over bytes: inout [UInt8]
  ) -> Bool {
    do throws(BTFCodecError) {
      if !before.isEmpty { try BTFCodec.write(.fields(before), as: type, to: &bytes, at: 0) }
      // One number for an array is its first element.
      try BTFCodec.write(Self.listed(node.value, type), as: type, to: &bytes, at: 0)
      return true
    } catch {
      complaints.add(error, in: node)
      return false
    }
  }

  private static func listed(_ value: BTFValue, _ type: BTFType) -> BTFValue {
    guard case .fields(let fields) = value else { return value }
    return .fields(
      fields.map { field in
        guard case .integer = field.value, let member = type.member(field.name), type.type(of: member).array != nil
        else { return field }
        return .init(field.name, .list([field.value]))
      })
  }

  private func words(_ node: YAMLNode) -> Input? {
    guard let items = node.items else {
      complaints.add(
        node.position, "`context` of a \(type) program is a list of its arguments, and here is \(node.kind)")
      return nil
    }
    guard items.count <= RawTracepointArguments.most else {
      complaints.add(
        node.position, "\(items.count) arguments, and there can be no more than \(RawTracepointArguments.most)")
      return nil
    }
    var state: Bytes?
    var words: [UInt64] = []
    for (index, item) in items.enumerated() {
      if type == .structOps, index == 0, item.entries != nil, let structure = facts.btf.structure(Self.stateName) {
        var bytes = [UInt8](repeating: 0, count: structure.size)
        guard write(item, as: structure, over: &bytes) else { return nil }
        state = Bytes(bytes)
        words.append(0)
        continue
      }
      guard case .integer(let number) = item.scalar, number >= Int128(Int64.min), number <= Int128(UInt64.max) else {
        complaints.add(item.position, "an argument is a number of 64 bits, and here is \(item.kind)")
        return nil
      }
      words.append(UInt64(truncatingIfNeeded: number))
    }
    return Input(bytes: Bytes(RawTracepointArguments(words).bytes), state: state)
  }

  private func own(_ node: YAMLNode) -> Input? {
    if case .bytes(let bytes) = node.value { return Input(bytes: Bytes(bytes)) }
    guard let argument else {
      complaints.add(
        node.position, "the object doesn't say what `\(program.name)` takes as context",
        hint: "give its parameter a struct's type, or write { hex: … }")
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: argument.size)
    return write(node, as: argument, over: &bytes) ? Input(bytes: Bytes(bytes)) : nil
  }

  /// The type behind the pointer that a syscall program takes.
  private var argument: BTFType? {
    guard let type = facts.btf.target(ofFirstParameterOf: program.name), type.size > 0, type.size <= Int(UInt16.max)
    else { return nil }
    return type
  }

  // MARK: Out

  /// What is expected of the context after the run, with offsets in what the executor hands back.
  func expectation(_ node: YAMLNode?, input: Input?) -> [ExpectedValue.Part] {
    guard let node else { return [] }
    guard rules?.givesContext == true else {
      complaints.add(node.position, "the context of a \(type) program doesn't come back from a test run")
      return []
    }
    switch rules?.context {
    case .structure?:
      refuseFieldsThatStay(node)
      return parts(node, ContextLayout.of(type)?.type, at: 0)
    case .own?: return parts(node, argument, at: 0)
    default:
      // The state comes back behind the arguments.
      guard let items = node.items, items.count == 1, input?.state != nil else {
        complaints.add(
          node.position, "of the arguments only the state that the first points to comes back",
          hint: "write it as a list of one mapping: [ { val: 1 } ]")
        return []
      }
      return parts(items[0], facts.btf.structure(Self.stateName), at: input?.bytes.count ?? 0)
    }
  }

  /// Complains of fields that never come back, and would pass as zero whatever the program did.
  private func refuseFieldsThatStay(_ node: YAMLNode) {
    guard let layout = ContextLayout.of(type) else { return }
    for entry in node.entries ?? [] where !layout.comesBack(entry.key.label) {
      let name = entry.key.label
      complaints.add(
        entry.key.position, "no kernel hands `\(name)` of \(layout.name) back from a test run",
        hint: name.hasPrefix("vlan_")
          ? "let the program keep skb->\(name) in a global, or attach it and `receive` the frame, tag and all"
          : "let the program keep skb->\(name) in a global, and expect that")
    }
  }

  /// How many bytes of context to ask back; of those that are changed in place, none.
  func outputSize(_ node: YAMLNode?) -> Int {
    node != nil && rules?.context == .structure ? ContextLayout.of(type)?.size ?? 0 : 0
  }

  /// What is expected of the data that a flow dissector's run gives.
  func flowKeys(_ node: YAMLNode?) -> [ExpectedValue.Part] {
    guard let node else { return [] }
    guard type == .flowDissector else {
      complaints.add(node.position, "`flow_keys` come out of flow_dissector programs, and this is a \(type) program")
      return []
    }
    return parts(node, ContextLayout.flowKeys.type, at: 0)
  }

  private func parts(_ node: YAMLNode, _ type: BTFType?, at offset: Int) -> [ExpectedValue.Part] {
    guard let type, node.entries != nil else {
      complaints.add(node.position, "what is expected must be a mapping from fields to values")
      return []
    }
    guard let value = ExpectedValueReader(complaints: complaints).read(node, as: .btf(type), at: offset) else {
      return []
    }
    guard case .parts(let parts) = value.shape else { return [.init(label: "", value: value)] }
    return parts
  }
}
