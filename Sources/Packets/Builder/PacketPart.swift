/// Anything that can stand between slashes: a layer, or a packet of several.
public protocol PacketPart: Sendable {
  /// The part as a packet of its own.
  var packet: Packet { get }
}

extension Packet: PacketPart {
  /// The packet itself.
  public var packet: Packet { self }
}

/// Puts one part on top of another: `Ether()/IPv4(src: "10.0.0.1")/TCP(dport: 443, flags: [.syn])/Payload("hello")`.
public func / (lower: some PacketPart, upper: some PacketPart) -> Packet {
  let (below, above) = (lower.packet, upper.packet)
  var packet = below.carrying(above)
  packet.problem = below.problem ?? above.problem
  return packet
}

/// One layer as a Swift value. A field that is `nil` has its default, or is computed when the packet is built.
public protocol PacketLayer: PacketPart, Hashable {
  /// Which layer it is.
  static var kind: LayerKind { get }
  /// What was given.
  var fields: LayerFields { get set }
  /// A layer of these fields, which must be of the same kind.
  init(fields: LayerFields)
}

extension PacketLayer {
  /// A packet of this layer alone.
  public var packet: Packet {
    var packet = Packet(layers: [fields.layer])
    packet.problem = fields.problem
    return packet
  }

  /// As it stands in an expression: `TCP(dport=443)`.
  public var expression: String { ExpressionPrinter.text(fields.layer) }
}

/// The name of a layer, known to exist.
public struct LayerKind: Hashable, Sendable, CustomStringConvertible {
  let id: LayerID

  init(_ id: LayerID) { self.id = id }

  /// The name in expressions.
  public var description: String { id.type.name }
}

/// The values of a layer's fields, as they go on the wire.
public struct LayerFields: Hashable, Sendable {
  var layer: Layer
  /// The first value that is none of its field.
  var problem: PacketBuildError?

  /// Nothing given.
  public init(_ kind: LayerKind) { layer = Layer(kind.id) }

  init(layer: Layer) { self.layer = layer }

  func number<T: FixedWidthInteger>(_ index: Int) -> T? {
    layer.values[index].map { T(truncatingIfNeeded: $0.number) }
  }

  mutating func set(_ index: Int, _ value: (some FixedWidthInteger)?) {
    guard let value else {
      layer.values[index] = nil
      return
    }
    let number = UInt64(value)
    let bits = layer.id.type.fields[index].bits ?? 64
    if bits < 64, number >> UInt64(bits) != 0 { refuse(index, "is \(number), and it holds 0 to \((1 << bits) - 1)") }
    layer.values[index] = .number(number)
  }

  func text(_ index: Int) -> String? {
    guard let value = layer.values[index] else { return nil }
    let text = layer.id.type.fields[index].text(value)
    return text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : text
  }

  /// Sets an address from its text. One that isn't an address is remembered until the packet is built.
  mutating func setAddress(_ index: Int, _ text: String?) {
    guard let text else {
      layer.values[index] = nil
      return
    }
    let bytes: [UInt8]?
    let wanted: String
    switch layer.id.type.fields[index].kind {
    case .mac: (bytes, wanted) = (AddressText.parseMAC(text), "a MAC address")
    case .ipv4: (bytes, wanted) = (AddressText.parseIPv4(text), "an IPv4 address")
    default: (bytes, wanted) = (AddressText.parseIPv6(text), "an IPv6 address")
    }
    if let bytes {
      layer.values[index] = .bytes(bytes)
    } else {
      refuse(index, "is \(wanted), not “\(text)”")
    }
  }

  func bytes(_ index: Int) -> [UInt8]? { layer.values[index]?.bytes }

  mutating func setBytes(_ index: Int, _ bytes: [UInt8]?) { layer.values[index] = bytes.map { .bytes($0) } }

  private mutating func refuse(_ index: Int, _ problem: String) {
    self.problem = self.problem ?? PacketBuildError(layer: layer.id, field: index, problem: problem)
  }
}
