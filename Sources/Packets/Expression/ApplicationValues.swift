/// Values of fields in DNS and DHCP, which are written in ways of their own.
extension ExpressionReader {
  /// What a record holds, by the `type` that stands beside it.
  func dnsData(
    _ node: ExpressionNode, _ call: ExpressionCall, _ title: String
  ) throws(PacketExpressionError) -> [UInt8] {
    let type = try recordType(call)
    switch node.kind {
    case .bytes(let bytes):
      let text = String(decoding: bytes, as: UTF8.self)
      switch type {
      case 1:
        if let address = AddressText.parseIPv4(text) { return address }
        if !node.isText { return bytes }
        throw error("\(title) of type A is an IPv4 address", at: node.at)
      case 28:
        if let address = AddressText.parseIPv6(text) { return address }
        if !node.isText { return bytes }
        throw error("\(title) of type AAAA is an IPv6 address", at: node.at)
      case _ where DNSData.isName(type): return DNSName.encode(bytes)
      case 16: return node.isText ? DNSData.strings([bytes]) : bytes
      default: return bytes
      }
    case .list(let items) where type == 16:
      var texts: [[UInt8]] = []
      for item in items {
        guard case .bytes(let text) = item.kind else {
          throw error("\(title) of type TXT is a list of strings", at: item.at)
        }
        texts.append(text)
      }
      return DNSData.strings(texts)
    default: throw error("\(title) is a string, not \(node.noun)", at: node.at)
    }
  }

  private func recordType(_ call: ExpressionCall) throws(PacketExpressionError) -> UInt64 {
    guard let argument = call.arguments.first(where: { $0.name == "type" }) else { return 1 }
    switch argument.value.kind {
    case .number(let number): return UInt64(exactly: number) ?? 0
    case .bytes(let text):
      return ValueNames.number(String(decoding: text, as: UTF8.self), of: "type", in: call) ?? 0
    default: return 1
    }
  }

  /// `("message-type", "discover")`, `(53, b"\x01")`, `"end"`, `"pad"`.
  func dhcpOption(_ node: ExpressionNode) throws(PacketExpressionError) -> [UInt8] {
    if case .bytes(let word) = node.kind {
      switch String(decoding: word, as: UTF8.self) {
      case "end": return [255]
      case "pad": return [0]
      case let other: throw error("\"\(other.prefix(40))\" is no DHCP option without a value", at: node.at)
      }
    }
    guard case .tuple(let parts) = node.kind, parts.count >= 2 else {
      throw error("a DHCP option is written like (\"message-type\", \"discover\")", at: node.at)
    }
    let (number, value) = try dhcpKind(parts[0])
    var bytes: [UInt8] = []
    for part in parts.dropFirst() { bytes += try dhcpValue(part, value, isMessageType: number == 53) }
    guard bytes.count <= 255 else { throw error("a DHCP option holds 255 bytes at most", at: node.at) }
    return [number, UInt8(bytes.count)] + bytes
  }

  private func dhcpKind(
    _ node: ExpressionNode
  ) throws(PacketExpressionError) -> (number: UInt8, value: DHCPOptions.Value) {
    switch node.kind {
    case .number(let number):
      guard let number = UInt8(exactly: number) else { throw error("a DHCP option's number is 0 to 255", at: node.at) }
      return (number, .text)
    case .bytes(let text):
      let name = String(decoding: text, as: UTF8.self)
      if let kind = DHCPOptions.kinds.first(where: { $0.name == name }) { return (kind.number, kind.value) }
      let hint = parser.nearest(name, DHCPOptions.kinds.map(\.name))
      throw error("unknown DHCP option \"\(name)\"\(hint)", at: node.at)
    default: throw error("a DHCP option's kind is a name or a number", at: node.at)
    }
  }

  private func dhcpValue(
    _ node: ExpressionNode, _ kind: DHCPOptions.Value, isMessageType: Bool
  ) throws(PacketExpressionError) -> [UInt8] {
    switch (node.kind, kind) {
    case (.bytes(let text), .address):
      if let address = AddressText.parseIPv4(String(decoding: text, as: UTF8.self)) { return address }
    case (.bytes(let text), .number) where isMessageType:
      if let type = DHCPOptions.messageTypes.firstIndex(of: String(decoding: text, as: UTF8.self)), type > 0 {
        return [UInt8(type)]
      }
    case (.number(let number), .number(let width)) where number >= 0 && number >> (8 * Int128(width)) == 0:
      return stride(from: width * 8 - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    case (.bytes(let text), .text), (.bytes(let text), .bytes): return text
    case (.list(let items), .bytes):
      var bytes: [UInt8] = []
      for item in items {
        guard case .number(let number) = item.kind, let byte = UInt8(exactly: number) else {
          throw error("a byte is a number from 0 to 255", at: item.at)
        }
        bytes.append(byte)
      }
      return bytes
    default: break
    }
    throw error("not a value of this DHCP option", at: node.at)
  }
}
