import TestPlan

/// A packet that a step takes over from the run before it, as the fixture has it.
struct CarriedPacketCase: Sendable {
  var position: Position
  /// Bytes in front of it.
  var prefix: [UInt8] = []
  /// Whether what the program returned stands in front of it, in four bytes as the machine keeps numbers.
  var hasReturn = false
  var changes: [PacketChange] = []

  /// The same for an executor.
  var plan: (packet: CarriedPacket, returns: [ReturnPlace]) {
    guard hasReturn else { return (CarriedPacket(prefix: Bytes(prefix), changes: changes), []) }
    let places = (0..<4).map { ReturnPlace(holder: .prefix, offset: $0, byte: UInt8($0)) }
    return (CarriedPacket(prefix: Bytes([0, 0, 0, 0]), changes: changes), places)
  }
}

/// Reads `packet: previous`, and `packet: { previous: true, at: { 22: 40 }, prepend: $previous.return }`.
struct CarriedPacketReader {
  let complaints: Complaints

  /// Whether a packet, or a context, is meant to be the one that came out of the run before.
  static func isMeant(by node: YAMLNode) -> Bool {
    node.isWord("previous") || node.entries?.contains { $0.key.isWord("previous") } ?? false
  }

  func read(_ node: YAMLNode) -> CarriedPacketCase? {
    var result = CarriedPacketCase(position: node.position)
    guard node.entries != nil else { return result }
    guard let fields = Fields(node, of: "a packet taken over", known: ["previous", "at", "prepend"], complaints),
      Self.isTrue(fields["previous"], complaints)
    else { return nil }
    if let prefix = fields["prepend"] {
      if prefix.isWord(PreviousReturn.word) {
        result.hasReturn = true
      } else if let bytes = hex(prefix) {
        result.prefix = bytes
      }
    }
    for entry in fields["at"]?.entries ?? [] {
      guard case .integer(let number) = entry.key.scalar, let offset = Int(exactly: number), offset >= 0 else {
        complaints.add(entry.key.position, "an offset is a number of bytes, and here is \(entry.key.kind)")
        continue
      }
      if let bytes = hex(entry.value) { result.changes.append(PacketChange(offset: offset, bytes: Bytes(bytes))) }
    }
    if let node = fields["at"], node.entries == nil {
      complaints.add(node.position, "`at` is a mapping from offsets to bytes in hexadecimal: { 22: 40 }")
    }
    return result
  }

  private func hex(_ node: YAMLNode) -> [UInt8]? {
    if let bytes = node.text.flatMap({ Bytes(hex: $0) }), bytes.count > 0 { return bytes.array }
    complaints.add(node.position, "not pairs of hexadecimal digits, but \(node.kind)")
    return nil
  }

  /// Whether `previous` is true, which is all that it can be.
  static func isTrue(_ node: YAMLNode?, _ complaints: Complaints) -> Bool {
    guard let node, case .bool(true) = node.scalar else {
      if let node { complaints.add(node.position, "`previous` is true, or isn't there, and here is \(node.kind)") }
      return false
    }
    return true
  }
}
