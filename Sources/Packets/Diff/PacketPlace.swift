/// One field of a packet by its name in expressions, `IP.ttl`, or `IP[2].ttl` of the second such layer; or a layer alone.
public struct PacketPlace: Hashable, Sendable, CustomStringConvertible {
  private let mask: FieldMask
  /// Which of the layers of that kind, from 1.
  private let number: Int

  /// Reads `Layer.field`, `Layer[n].field` or `Layer`. Throws when there is no such layer or field, saying what comes near.
  public init(_ text: String) throws(FieldMaskError) {
    var name = text
    var number = 1
    if let open = text.firstIndex(of: "["), let close = text[open...].firstIndex(of: "]") {
      guard let given = Int(text[text.index(after: open)..<close]), given > 0 else {
        throw FieldMaskError(message: "“\(text)” has no number of a layer in its brackets; write it like IP[2].ttl")
      }
      number = given
      name.removeSubrange(open...close)
    }
    self.mask = try FieldMask(name)
    self.number = number
  }

  /// As it is written.
  public var description: String {
    let layer = mask.layer.type.name + (number > 1 ? "[\(number)]" : "")
    return field.map { "\(layer).\($0.name)" } ?? layer
  }

  private var field: Field? { mask.field.map { mask.layer.type.fields[$0] } }

  /// Whether it names a layer, and none of its fields.
  public var isLayer: Bool { mask.field == nil }

  /// Whether the field holds a number, rather than an address or other bytes.
  public var isNumber: Bool { field?.isNumber ?? false }

  /// Whether the packet has it.
  public func isThere(in packet: Packet) -> Bool { isLayer ? slot(packet) != nil : value(in: packet) != nil }

  /// What the packet, as it is, has there; `nil` where it has no such layer, or the layer no such field.
  public func value(in packet: Packet) -> PacketValue? {
    guard let index = mask.field, let slot = slot(packet) else { return nil }
    return Layer.decode(slot.id, packet.bytes[slot.range]).first { $0.index == index }.map { value($0.value) }
  }

  /// A value as an expression has it in `IP(ttl=…)`, but that names, flags and addresses need no quotation marks.
  ///
  /// Throws what is wrong with it.
  public func value(_ text: String) throws(PacketExpressionError) -> PacketValue? {
    guard let index = mask.field, let field else { return nil }
    let literal = field.isLiteral(text) ? text : Self.quoted(text)
    let layers = try ExpressionReader.layers(of: "\(mask.layer.type.name)(\(field.name)=\(literal))")
    return (layers.first?.values[index]).flatMap { $0 }.map { value($0) }
  }

  /// A number for people: with its name, if it has one.
  public func text(_ number: UInt64) -> String { field?.readable(.number(number)) ?? "\(number)" }

  /// Bytes for people: an address in its usual notation.
  public func text(_ bytes: [UInt8]) -> String { field?.readable(.bytes(bytes)) ?? "" }

  private func slot(_ packet: Packet) -> Slot? {
    packet.slots.lazy.filter { $0.id == mask.layer }.dropFirst(number - 1).first
  }

  private func value(_ value: FieldValue) -> PacketValue {
    let text = field?.readable(value) ?? ""
    switch value {
    case .number(let number): return PacketValue(number: number, bytes: [], text: text)
    case .bytes(let bytes): return PacketValue(number: nil, bytes: bytes, text: text)
    }
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : $0 == "\n" ? "\\n" : "\($0)" }.joined()
    return "\"\(escaped)\""
  }
}

/// What stands in a field.
public struct PacketValue: Hashable, Sendable {
  /// In the machine's order; `nil` for addresses and other bytes.
  public var number: UInt64?
  /// Of what isn't a number, as on the wire.
  public var bytes: [UInt8]
  /// As people like to read it: `6 (tcp)`, `10.0.0.1`.
  public var text: String
}

extension Packet {
  /// What stands in a field, by its name: `IP.ttl`, `IP[2].src`. `nil` where the packet has none; throws for a name that no
  /// layer or field has.
  public func value(of name: String) throws(FieldMaskError) -> PacketValue? { try PacketPlace(name).value(in: self) }
}

extension Field {
  /// Whether a text is written into an expression as it is, rather than within quotation marks.
  fileprivate func isLiteral(_ text: String) -> Bool {
    guard let first = text.first else { return false }
    if isNumber { return first.isASCII && (first.isNumber || first == "-") && !text.contains(" ") }
    switch kind {
    case .mac, .ipv4, .ipv6, .bytes, .dnsName: return false
    default: return "[(".contains(first)
    }
  }
}
