/// One layer of a packet with its fields, for showing.
public struct ShownLayer: Hashable, Sendable {
  /// `IP`, or `IP[2]` for the second one.
  public var name: String
  /// Where its header lies in the packet, in bytes.
  public var range: Range<Int>
  /// The fields in the order of their bits.
  public var fields: [ShownField]
  /// Why the bytes of a `Raw` were not read, when there is a reason.
  public var reason: String?
}

/// One field of a packet, for showing.
public struct ShownField: Hashable, Sendable {
  /// As in expressions.
  public var name: String
  /// Where it begins in the packet, in bits.
  public var bitOffset: Int
  /// How wide it is, in bits.
  public var bitCount: Int
  /// What it holds.
  public var value: ShownValue
  /// As in expressions: numbers, strings in quotes, lists.
  public var expression: String
  /// As people like to read it: a number with its name, an address without quotes.
  public var text: String
  /// Set for a checksum that is wrong: what would be right.
  public var rightValue: UInt64?
}

/// What a field holds.
public enum ShownValue: Hashable, Sendable {
  /// A number, in the machine's order.
  case number(UInt64)
  /// An address, or a name in the domain name system.
  case text(String)
  /// Anything else, as it is on the wire.
  case bytes([UInt8])
}

extension Field {
  fileprivate func shown(_ value: FieldValue) -> ShownValue {
    switch (value, kind) {
    case (.number(let number), _): return .number(number)
    case (.bytes(let bytes), .dnsName):
      return DNSName.decode(bytes).map { .text(String(decoding: $0, as: UTF8.self)) } ?? .bytes(bytes)
    case (.bytes(let bytes), .mac), (.bytes(let bytes), .ipv4), (.bytes(let bytes), .ipv6):
      let text = readable(value)
      return text.contains("\"") ? .bytes(bytes) : .text(text)
    case (.bytes(let bytes), _): return .bytes(bytes)
    }
  }
}

extension Packet {
  /// The layers and fields of the packet as it is built. Empty when it can't be built.
  public var shownLayers: [ShownLayer] {
    let built = asBuilt
    if built.bytes.isEmpty { return [] }
    let layers = built.layers
    return zip(zip(built.slots, layers), DissectedPacket(built).layers).map { pair, view in
      let (slot, layer) = pair
      let fields = view.fields.compactMap { placed -> ShownField? in
        if case .phantom = placed.field.width { return nil }
        return ShownField(
          name: placed.field.name, bitOffset: 8 * view.start + placed.bit, bitCount: placed.width,
          value: placed.field.shown(placed.value), expression: placed.field.text(placed.value, in: layer),
          text: placed.field.readable(placed.value),
          rightValue: view.rightChecksums[placed.index])
      }
      return ShownLayer(name: view.title, range: slot.range, fields: fields, reason: view.reason)
    }
  }

  /// The packet with all that is computed in place and every field given; empty when it can't be built.
  var asBuilt: Packet {
    guard let bytes = try? build() else { return Packet(layers: []) }
    var built = self
    built.bytes = bytes
    for index in built.slots.indices { built.slots[index].given = .max }
    return built
  }

  /// The packet as a tree: a line for each layer and, below it, for each field with its offset in bytes. Colours are ANSI
  /// escapes.
  public func tree(color: Bool = false) -> String {
    let layers = shownLayers
    let width = layers.flatMap(\.fields).map(\.name.count).max() ?? 0
    let digits = String(layers.last?.range.lowerBound ?? 0).count
    var lines: [String] = []
    for layer in layers {
      let title = color ? "\u{1b}[1m\(layer.name)\u{1b}[0m" : layer.name
      let reason = layer.reason.map { ": \($0)" } ?? ""
      lines.append("\(title)  bytes \(layer.range.lowerBound)..<\(layer.range.upperBound)\(reason)")
      for field in layer.fields {
        let name = field.name + String(repeating: " ", count: width - field.name.count)
        let offset = String(field.bitOffset / 8)
        let place = offset + String(repeating: " ", count: max(0, digits - offset.count))
        var line = "  \(name)  \(color ? "\u{1b}[2m\(place)\u{1b}[0m" : place)  \(field.text)"
        if let right = field.rightValue {
          let note = "wrong: 0x\(String(right, radix: 16)) is right"
          line += color ? "  \u{1b}[31m\(note)\u{1b}[0m" : "  \(note)"
        }
        lines.append(line)
      }
    }
    return lines.joined(separator: "\n")
  }
}
