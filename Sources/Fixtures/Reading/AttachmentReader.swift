import TestPlan

/// An attachment as the fixture has it.
struct AttachmentCase: Sendable {
  /// A program, or a struct_ops map.
  var name: Located<String>
  /// What is written under `to`.
  var target: YAMLNode?
}

/// Reads `attach: [on_exec]` and `attach: [ { program: on_exec, to: … } ]`.
struct AttachmentReader {
  let complaints: Complaints

  func read(_ node: YAMLNode?) -> [AttachmentCase] {
    guard let node else { return [] }
    return (node.items ?? [node]).compactMap(attachment)
  }

  /// What `expect: { attach: refused }` says.
  func isRefused(_ node: YAMLNode) -> Bool? {
    switch node.text {
    case "accepted": return false
    case "refused": return true
    default:
      complaints.add(node.position, "`attach` is expected to be accepted or refused, and here is \(node.kind)")
      return nil
    }
  }

  private func attachment(_ node: YAMLNode) -> AttachmentCase? {
    if let name = node.text { return AttachmentCase(name: Located(name, node.position)) }
    guard let fields = Fields(node, of: "an attachment", known: ["program", "map", "to"], complaints) else {
      return nil
    }
    guard let name = fields.text("program") ?? fields.text("map") else {
      complaints.add(node.position, "an attachment names a `program`, or a struct_ops `map`")
      return nil
    }
    return AttachmentCase(name: name, target: fields["to"])
  }
}
