/// Gives meaning to what the parser read: layers and values of their fields.
struct ExpressionReader {
  let parser: ExpressionParser

  static func layers(of expression: String) throws(PacketExpressionError) -> [Layer] {
    var parser = ExpressionParser(expression)
    let nodes = try parser.parse()
    let reader = ExpressionReader(parser: parser)
    var layers: [Layer] = []
    var size = 0
    for node in nodes {
      let layer = try reader.layer(node)
      for value in layer.values { size += value?.bytes.count ?? 0 }
      guard size <= Packet.maximumSize else {
        throw reader.error("longer than a packet may be (\(Packet.maximumSize) bytes)", at: node.at)
      }
      layers.append(layer)
    }
    return layers
  }

  func error(_ message: String, at offset: Int) -> PacketExpressionError { parser.error(message, at: offset) }

  private func layer(_ node: ExpressionNode) throws(PacketExpressionError) -> Layer {
    switch node.kind {
    case .bytes(let bytes):
      var layer = Layer(.raw)
      layer.values[0] = .bytes(bytes)
      return layer
    case .call(let call):
      let id = try id(of: call)
      guard !(id.type is any ItemType.Type) else {
        throw error("\(call.name) stands in a list such as options=[…], not between slashes", at: call.at)
      }
      return try layer(id, call)
    default: throw error("expected a layer, not \(node.noun)", at: node.at)
    }
  }

  /// Names from elsewhere that people try.
  private static let hints = [
    "IPv4": "IP", "Ethernet": "Ether", "Payload": "Raw", "VLAN": "Dot1Q", "QinQ": "Dot1AD",
    "ICMPv6": "ICMPv6EchoRequest",
  ]

  private func id(of call: ExpressionCall) throws(PacketExpressionError) -> LayerID {
    if let id = LayerID.named(call.name) { return id }
    let hint = Self.hints[call.name].map { " (did you mean \($0)?)" } ?? parser.nearest(call.name, LayerID.names)
    throw error("unknown layer \(call.name)\(hint)", at: call.at)
  }

  func layer(_ id: LayerID, _ call: ExpressionCall) throws(PacketExpressionError) -> Layer {
    var layer = Layer(id)
    let fields = id.type.fields
    var seen: Set<String> = []
    for argument in call.arguments {
      guard let name = argument.name else {
        guard id == .raw || id == .padding, seen.insert("load").inserted else {
          throw error("fields of \(call.name) are given by name, as in \(example(fields))", at: argument.at)
        }
        layer.values[0] = try value(fields[0], argument.value, call)
        continue
      }
      guard let index = fields.firstIndex(where: { $0.name == name }) else {
        let near = parser.nearest(name, fields.map(\.name))
        let all = near.isEmpty && !fields.isEmpty ? " (it has \(fields.map(\.name).joined(separator: ", ")))" : near
        throw error("\(call.name) has no field \(name)\(all)", at: argument.at)
      }
      guard seen.insert(name).inserted else { throw error("\(call.name).\(name) is given twice", at: argument.at) }
      if case .none = argument.value.kind {
        // What is computed, or looked up, is left to that; any other number is zero in Scapy.
        if fields[index].isNumber, !fields[index].isComputed { layer.values[index] = .number(0) }
        continue
      }
      layer.values[index] = try value(fields[index], argument.value, call)
    }
    return layer
  }

  private func example(_ fields: [Field]) -> String { "\(fields.first?.name ?? "field")=…" }

  private func value(
    _ field: Field, _ node: ExpressionNode, _ call: ExpressionCall
  ) throws(PacketExpressionError) -> FieldValue {
    let title = "\(call.name).\(field.name)"
    switch field.kind {
    case .decimal, .hex, .checksum, .little, .names:
      return .number(try number(field, node, title, names: ValueNames(field, call)))
    case .flags(let names):
      guard case .bytes(let text) = node.kind else { return .number(try number(field, node, title)) }
      return .number(try flags(names, String(decoding: text, as: UTF8.self), node.at, title))
    case .fixedPoint(let bits):
      // Bytes stand for what no whole number says.
      if case .bytes(let bytes) = node.kind, bytes.count <= 8 {
        return .number(bytes.reduce(0) { $0 << 8 | UInt64($1) })
      }
      return .number(try number(field, node, title, bits: (field.bits ?? 64) - bits) << UInt64(bits))
    case .mac:
      if field.bits == 128, case .bytes(let bytes) = node.kind, !node.isText { return .bytes(bytes) }
      if let bytes = anyLength(field, node) { return .bytes(bytes) }
      return try address(node, title, "a MAC address such as \"02:00:00:00:00:01\"", 6, AddressText.parseMAC)
    case .ipv4:
      if let bytes = anyLength(field, node) { return .bytes(bytes) }
      return try address(node, title, "an IPv4 address such as \"10.0.0.1\"", 4) { AddressText.parseIPv4($0) }
    case .ipv6: return try address(node, title, "an IPv6 address such as \"2001:db8::1\"", 16, AddressText.parseIPv6)
    case .bytes:
      guard case .bytes(let bytes) = node.kind else {
        throw error("\(title) is a string, not \(node.noun)", at: node.at)
      }
      return .bytes(bytes)
    case .ipv4List:
      return .bytes(
        try list(node, title) { item throws(PacketExpressionError) in
          try address(item, title, "a list of IPv4 addresses", 4) { AddressText.parseIPv4($0) }.bytes
        })
    case .tcpOptions: return .bytes(try list(node, title) { item throws(PacketExpressionError) in try tcpOption(item) })
    case .ipv6List:
      return .bytes(
        try list(node, title) { item throws(PacketExpressionError) in
          try address(item, title, "a list of IPv6 addresses", 16, AddressText.parseIPv6).bytes
        })
    case .numbers(let width):
      let most = (UInt64(1) << UInt64(width * 8)) - 1
      return .bytes(
        try list(node, title) { item throws(PacketExpressionError) in
          guard case .number(let number) = item.kind, number >= 0, number <= Int128(most) else {
            throw error("\(title) is a list of numbers from 0 to \(most)", at: item.at)
          }
          return stride(from: width * 8 - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
        })
    case .pairs:
      return .bytes(
        try list(node, title) { item throws(PacketExpressionError) in
          guard case .bytes(let text) = item.kind,
            let pair = Optional(text.split(separator: 0x3a).compactMap { UInt16(String(decoding: $0, as: UTF8.self)) }),
            pair.count == 2
          else { throw error("\(title) is a list of pairs such as \"2:3\"", at: item.at) }
          return pair.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        })
    case .dhcpOptions:
      return .bytes(try list(node, title) { item throws(PacketExpressionError) in try dhcpOption(item) })
    case .dnsName:
      guard case .bytes(let text) = node.kind else { throw error("\(title) is a name, not \(node.noun)", at: node.at) }
      return .bytes(DNSName.encode(text))
    case .dnsData: return .bytes(try dnsData(node, call, title))
    case .layers(let kind):
      return .bytes(try list(node, title) { item throws(PacketExpressionError) in try self.item(item, kind) })
    }
  }

  /// ARP's addresses are of any length and kind: in ARP alone the width follows the value.
  private func anyLength(_ field: Field, _ node: ExpressionNode) -> [UInt8]? {
    guard case .bytes = field.width, case .bytes(let bytes) = node.kind else { return nil }
    return node.isText ? AddressText.parseIPv6(String(decoding: bytes, as: UTF8.self)) : bytes
  }

  func number(
    _ field: Field, _ node: ExpressionNode, _ title: String, names: ValueNames? = nil, bits: Int? = nil
  ) throws(PacketExpressionError) -> UInt64 {
    let bits = bits ?? field.bits ?? 32
    let most: UInt64 = bits >= 64 ? .max : (1 << UInt64(bits)) - 1
    switch node.kind {
    case .number(let number):
      guard number >= 0, number <= Int128(most) else {
        throw error("\(title) is \(number), and it holds 0 to \(most)", at: node.at)
      }
      return UInt64(number)
    case .bytes(let text):
      let text = String(decoding: text, as: UTF8.self)
      guard let names else { throw error("\(title) is a number from 0 to \(most), not a string", at: node.at) }
      if let found = names.number(text) {
        guard found <= most else {
          throw error("\(title) is \(text) (\(found)), and it holds 0 to \(most)", at: node.at)
        }
        return found
      }
      throw error("\(title) knows no name \"\(text.prefix(60))\"\(names.hint(text, parser))", at: node.at)
    default: throw error("\(title) is a number from 0 to \(most), not \(node.noun)", at: node.at)
    }
  }

  private func flags(
    _ names: [String], _ text: String, _ at: Int, _ title: String
  ) throws(PacketExpressionError) -> UInt64 {
    let isLetters = names.allSatisfy { $0.utf8.count == 1 }
    let words = isLetters ? text.map(String.init) : text.split(separator: "+").map(String.init)
    var value: UInt64 = 0
    for word in words {
      guard let bit = names.firstIndex(of: word) else {
        let known = isLetters ? names.joined() : names.joined(separator: "+")
        throw error("\(title) has no flag \"\(word)\" (it has \"\(known)\")", at: at)
      }
      value |= 1 << UInt64(bit)
    }
    return value
  }

  private func address(
    _ node: ExpressionNode, _ title: String, _ wanted: String, _ count: Int, _ parse: (String) -> [UInt8]?
  ) throws(PacketExpressionError) -> FieldValue {
    guard case .bytes(let text) = node.kind else { throw error("\(title) is \(wanted), not \(node.noun)", at: node.at) }
    let string = String(decoding: text, as: UTF8.self)
    if let bytes = parse(string) { return .bytes(bytes) }
    if string.contains("/") { throw error("\(title) is \(wanted): one address, not a network", at: node.at) }
    throw error("\(title) is \(wanted), not \"\(string.prefix(60))\"", at: node.at)
  }

  /// A list of options as their bytes; a string stands for the bytes themselves, which may then be wrong on purpose.
  private func list(
    _ node: ExpressionNode, _ title: String, _ item: (ExpressionNode) throws(PacketExpressionError) -> [UInt8]
  ) throws(PacketExpressionError) -> [UInt8] {
    switch node.kind {
    case .bytes(let bytes): return bytes
    case .list(let items):
      var out: [UInt8] = []
      for node in items { out += try item(node) }
      return out
    case .call: return try item(node)
    default: throw error("\(title) is a list, not \(node.noun)", at: node.at)
    }
  }

  /// A layer within a list.
  private func item(
    _ node: ExpressionNode, _ kind: any LayerList.Type
  ) throws(PacketExpressionError) -> [UInt8] {
    guard case .call(let call) = node.kind else {
      throw error("\(kind.noun) is written as a layer, not as \(node.noun)", at: node.at)
    }
    let id = try id(of: call)
    guard kind.accepts(id) else { throw error("\(call.name) is not \(kind.noun)", at: call.at) }
    return try layer(id, call).encode(under: nil).bytes
  }

  private func tcpOption(_ node: ExpressionNode) throws(PacketExpressionError) -> [UInt8] {
    guard case .tuple(let pair) = node.kind, pair.count == 2 else {
      throw error("a TCP option is written like (\"MSS\", 1460), not \(node.noun)", at: node.at)
    }
    let kind: TCPOptions.Kind
    switch pair[0].kind {
    case .number(let number):
      guard let number = UInt8(exactly: number) else { throw error("an option's kind is 0 to 255", at: pair[0].at) }
      if number > 1, case .bytes = pair[1].kind {
        return try bounded(.bytes(number, try optionBytes(pair[1])), pair[1])
      }
      kind =
        TCPOptions.kinds.first { $0.number == number } ?? TCPOptions.Kind(number: number, name: "\(number)", widths: [])
    case .bytes(let text):
      let name = String(decoding: text, as: UTF8.self)
      guard let found = TCPOptions.kinds.first(where: { $0.name == name }) else {
        throw error(
          "unknown TCP option \"\(name)\"\(parser.nearest(name, TCPOptions.kinds.map(\.name)))", at: pair[0].at)
      }
      kind = found
    default: throw error("an option's kind is a name or a number, not \(pair[0].noun)", at: pair[0].at)
    }
    return try tcpOption(kind, pair[1])
  }

  private func tcpOption(
    _ kind: TCPOptions.Kind, _ value: ExpressionNode
  ) throws(PacketExpressionError) -> [UInt8] {
    if kind.number == 0 { return TCPOptions.encode(.end) }
    if kind.number == 1 { return TCPOptions.encode(.noOperation) }
    var items: [ExpressionNode]
    switch value.kind {
    case .none: items = []
    case .bytes:
      var bytes = try optionBytes(value)
      if kind.name == "MD5" { bytes = bytes.prefix(16) + Array(repeating: 0, count: max(0, 16 - bytes.count)) }
      return try bounded(.bytes(kind.number, bytes), value)
    case .tuple(let inner), .list(let inner): items = inner
    case .number: items = [value]
    case .call: throw error("an option's value is a number, a tuple or a string", at: value.at)
    }
    let widths = TCPOptions.widths(kind, numbers: items.count)
    guard items.count == widths.count else {
      throw error("\(kind.name) takes \(widths.count) numbers, or a string of bytes", at: value.at)
    }
    if items.isEmpty { return TCPOptions.encode(.bytes(kind.number, [])) }
    var numbers: [UInt64] = []
    for (item, width) in zip(items, widths) {
      let most = (UInt64(1) << UInt64(width * 8)) - 1
      guard case .number(let number) = item.kind, number >= 0, number <= Int128(most) else {
        throw error("\(kind.name) holds numbers from 0 to \(most)", at: item.at)
      }
      numbers.append(UInt64(number))
    }
    items.removeAll()
    return try bounded(.numbers(kind.number, numbers), value)
  }

  private func optionBytes(_ node: ExpressionNode) throws(PacketExpressionError) -> [UInt8] {
    if case .bytes(let bytes) = node.kind { return bytes }
    throw error("expected a string of bytes, not \(node.noun)", at: node.at)
  }

  private func bounded(_ item: TCPOptions.Item, _ node: ExpressionNode) throws(PacketExpressionError) -> [UInt8] {
    let bytes = TCPOptions.encode(item)
    guard bytes.count <= 40 else {
      throw error("the option has \(bytes.count) bytes, and a header has room for 40", at: node.at)
    }
    return bytes
  }
}
