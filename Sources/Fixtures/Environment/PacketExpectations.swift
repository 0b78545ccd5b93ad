import TestPlan

extension StepReader {
  /// Expectations of triggers, with each `packet:` as bytes.
  func packetsAsBytes(_ node: YAMLNode) -> YAMLNode {
    var node = node
    if let items = node.items { node.content = .list(items.map { packetsAsBytes($0) }) }
    if let entries = node.entries {
      node.content = .mapping(
        entries.map { entry in
          guard entry.key.isWord("packet") else { return entry }
          if PacketProperties.areMeant(by: entry.value) {
            return .init(key: entry.key, value: asBytes(entry.value, under: "starts_with"))
          }
          return asBytes(entry)
        })
    }
    return node
  }

  private func asBytes(_ node: YAMLNode, under key: String) -> YAMLNode {
    guard let entries = node.entries else { return node }
    return YAMLNode(
      content: .mapping(
        entries.map { $0.key.isWord(key) && Bytes(hex: $0.value.text ?? "-") == nil ? asBytes($0) : $0 }),
      position: node.position)
  }

  private func asBytes(_ entry: YAMLNode.Entry) -> YAMLNode.Entry {
    guard let bytes = packets.bytes(entry.value) else { return entry }
    return .init(key: entry.key, value: .bytes(bytes, at: entry.value.position))
  }
}

extension YAMLNode {
  /// `{ hex: … }`
  static func bytes(_ bytes: [UInt8], at position: Position) -> YAMLNode {
    func scalar(_ text: String, plain: Bool) -> YAMLNode {
      YAMLNode(content: .scalar(text, plain: plain), position: position)
    }
    let entry = Entry(key: scalar("hex", plain: true), value: scalar(Bytes(bytes).hex, plain: false))
    return YAMLNode(content: .mapping([entry]), position: position)
  }
}
