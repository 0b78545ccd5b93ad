import BPF
import Results
import TestPlan

/// What an XDP program is expected to leave in front of its packet (`bpf_xdp_adjust_meta`).
struct ExpectedMetadata: Sendable {
  enum Contents: Sendable {
    case any
    /// Exactly these bytes, or none.
    case bytes([UInt8])
    /// A value of a type of so many bytes.
    case value(ExpectedValue, ValueType)
  }

  var choice: PerKernel<Contents>
  var line: Int

  /// Compares with what came back, `nil` from a kernel that hands no metadata back.
  func check(_ seen: [UInt8]?, _ prefix: String, on release: KernelRelease, _ report: (Failure) -> Void) {
    let path = "\(prefix)metadata"
    func fail(_ expected: String, _ seen: String) {
      report(Failure(path: path, expected: expected, seen: seen, line: line))
    }
    guard let contents = choice.value(on: release) else { return }
    let size: String
    switch contents {
    case .any: return
    case .bytes(let bytes): size = Self.words(bytes)
    case .value(_, let type): size = "\(type.size) bytes, \(type.declaration)"
    }
    guard let seen else {
      return fail(size, "\(TestRunRules.missingMetadata); `requires: { test_run: xdp_context }` skips the test there")
    }
    switch contents {
    case .any: return
    case .bytes(let bytes): if bytes != seen { fail(size, Self.words(seen)) }
    case .value(let value, let type):
      guard seen.count == type.size else { return fail(size, Self.words(seen)) }
      value.check([seen], path: path, on: release, report)
    }
  }

  private static func words(_ bytes: [UInt8]) -> String {
    bytes.isEmpty ? "none" : "\(bytes.count) bytes: \(Bytes(bytes).hex)"
  }
}

extension ExpectationPlanner {
  /// Reads `metadata:` — `none`, `any`, bytes in hex, or `{ type: struct hint, mark: 1 }`; `nil` after a complaint.
  func metadata(_ node: YAMLNode?, type: BPFProgramType) -> ExpectedMetadata? {
    guard let node else { return nil }
    guard type == .xdp else {
      complaints.add(node.position, "XDP programs leave metadata in front of a packet, and this is a \(type) program")
      return nil
    }
    let choice = PerKernel(node, complaints).compactMap { metadata($0) }
    return choice.all.isEmpty ? nil : ExpectedMetadata(choice: choice, line: node.position.line)
  }

  private func metadata(_ node: YAMLNode) -> ExpectedMetadata.Contents? {
    if node.isWord("any") { return .any }
    if node.isWord("none") { return .bytes([]) }
    if let bytes = (node.text ?? node.onlyHex).flatMap({ Bytes(hex: $0) }) { return .bytes(bytes.array) }
    guard let entries = node.entries, let name = entries.first(where: { $0.key.isWord("type") })?.value else {
      complaints.add(
        node.position,
        "metadata is none, bytes in hex, or the members of a struct with its type, and here is \(node.kind)",
        hint: "write { type: struct hint, mark: 1 }")
      return nil
    }
    guard let text = name.text, let type = EventTypes.named(text, in: facts.recordTypes), type.size > 0 else {
      complaints.add(
        name.position, "the object describes no type \(name.kind)",
        hint: name.text.map { EventTypes.keeping($0) })
      return nil
    }
    let members = YAMLNode(
      content: .mapping(entries.filter { !$0.key.isWord("type") }), position: node.position)
    guard members.entries?.isEmpty == false else {
      complaints.add(node.position, "nothing is expected of the metadata")
      return nil
    }
    return ExpectedValueReader(complaints: complaints).read(members, as: type).map { .value($0, type) }
  }
}

extension YAMLNode {
  /// The digits of `{ hex: … }`.
  var onlyHex: String? {
    guard let entries, entries.count == 1, entries[0].key.isWord("hex") else { return nil }
    return entries[0].value.text
  }
}
