/// What the first byte of a packet belongs to.
public enum LinkLayer: String, Hashable, Sendable {
  /// An Ethernet header.
  case ethernet
  /// An IPv4 or IPv6 header, told apart by the version in its first four bits.
  case rawIP
  /// The header that Linux makes up for captures of any interface, in its first and its second version.
  case linuxCooked, linuxCooked2

  func first(of bytes: [UInt8]) -> LayerID? {
    switch self {
    case .ethernet:
      // Up to 1500 it is a length (IEEE 802.3), not a type.
      if bytes.count >= 14, Int(bytes[12]) << 8 | Int(bytes[13]) <= 1500 { return .dot3 }
      return .ether
    case .linuxCooked: return .cookedLinux
    case .linuxCooked2: return .cookedLinuxV2
    case .rawIP:
      guard let version = bytes.first.map({ $0 >> 4 }) else { return nil }
      return version == 6 ? .ipv6 : version == 4 ? .ip : nil
    }
  }
}

/// A packet as layers: written as a Scapy expression, or found in bytes.
///
/// Inside, it is one run of bytes with a short list of where each layer lies and which of its fields were given: dissecting
/// copies nothing, and building is a copy in which lengths and checksums are filled in.
public struct Packet: Hashable, Sendable {
  var bytes: [UInt8]
  var slots: [Slot]
  /// Set when a value given in Swift is none of its field: building says so.
  var problem: PacketBuildError?

  /// The most bytes that an expression may describe: twice the longest IP packet, since frames that are put together from
  /// several (XDP's fragments, GRO) may be longer than any on a wire.
  public static let maximumSize = 2 * 65_536

  /// Finds the layers in bytes.
  ///
  /// It never fails: what can't be read as the layer that it should be is `Raw`, and what lies behind the end that a length
  /// field gives is `Padding`.
  public init(dissecting bytes: [UInt8], from link: LinkLayer = .ethernet) {
    self.bytes = bytes
    self.slots = bytes.isEmpty ? [] : Dissector.dissect(bytes, from: link.first(of: bytes))
  }

  /// Reads an expression in Scapy's syntax: `Ether()/IP(dst="10.0.0.1")/TCP(dport=443, flags="S")/Raw("hello")`.
  ///
  /// Nothing is executed. Throws when the expression doesn't parse, names something unknown or holds a value that doesn't fit.
  public init(expression: String) throws(PacketExpressionError) {
    self.init(layers: try ExpressionReader.layers(of: expression))
  }

  /// Puts layers on top of each other. Padding moves to the end, where it lies on the wire.
  init(layers: [Layer]) {
    var ordered = layers.filter { $0.id != .padding } + layers.filter { $0.id == .padding }
    for index in ordered.indices.dropFirst() where ordered[index].id == .dns && ordered[index - 1].id == .tcp {
      // The same message, with its length as the first field.
      var message = Layer(.dnsOverTCP)
      message.values = [nil] + ordered[index].values
      ordered[index] = message
    }
    self.bytes = []
    self.slots = []
    slots.reserveCapacity(ordered.count)
    for (index, layer) in ordered.enumerated() {
      let upper = index + 1 < ordered.count ? ordered[index + 1].id : nil
      let (header, given) = layer.encode(under: upper)
      let start = UInt32(truncatingIfNeeded: bytes.count)
      bytes.append(contentsOf: header)
      slots.append(Slot(id: layer.id, start: start, end: UInt32(truncatingIfNeeded: bytes.count), given: given))
    }
  }

  /// The packet with another on top of it. Only the layer at the seam may change: it says what it carries.
  func carrying(_ above: Packet) -> Packet {
    guard let seam = slots.last, let next = above.slots.first, seam.id != .tcp || next.id != .dns,
      !slots.contains(where: { $0.id == .padding })
    else { return Packet(layers: layers + above.layers) }
    var joined = self
    if !seam.id.type.overload(under: next.id).isEmpty {
      let (header, given) = layer(seam).encode(under: next.id)
      joined.bytes.replaceSubrange(seam.range, with: header)
      joined.slots[slots.count - 1].end = UInt32(truncatingIfNeeded: joined.bytes.count)
      joined.slots[slots.count - 1].given = given
    }
    let shift = UInt32(truncatingIfNeeded: joined.bytes.count)
    joined.bytes += above.bytes
    for var slot in above.slots {
      slot.start &+= shift
      slot.end &+= shift
      joined.slots.append(slot)
    }
    return joined
  }

  /// The bytes, with lengths, checksums and next-protocol numbers computed unless they were given.
  ///
  /// Throws only when a length that must be computed doesn't fit its field.
  public func build() throws(PacketBuildError) -> [UInt8] {
    if let problem { throw problem }
    var out = bytes
    let bodyEnd = slots.last?.id == .padding ? paddingStart : out.count
    var problem: PacketBuildError?
    out.withUnsafeMutableBufferPointer { buffer in
      slots.withUnsafeBufferPointer { slots in
        let build = Build(bytes: buffer, slots: slots, bodyEnd: bodyEnd)
        for index in stride(from: slots.count - 1, through: 0, by: -1) where slots[index].given != .max {
          do throws(PacketBuildError) {
            try slots[index].id.type.finish(index, build)
          } catch {
            problem = error
            return
          }
        }
      }
    }
    if let problem { throw problem }
    return out
  }

  private var paddingStart: Int {
    slots.first { $0.id == .padding }.map { Int($0.start) } ?? bytes.count
  }

  /// The packet as an expression that builds the same bytes: what computing or a default gives anyway is left out.
  public var expression: String { ExpressionPrinter.print(self) }

  /// The layers as values, in the order of an expression.
  var layers: [Layer] { slots.map(layer) }

  /// A layer as values of the fields that were given.
  func layer(_ slot: Slot) -> Layer {
    var layer = Layer(slot.id)
    for placed in Layer.decode(slot.id, bytes[slot.range]) where slot.isGiven(placed.index) {
      layer.values[placed.index] = placed.value
    }
    return layer
  }
}
