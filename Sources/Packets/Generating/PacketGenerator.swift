/// Makes packets that differ from one packet in some fields: input for property tests.
///
/// The same seed makes the same packets, and each can be made alone by its number.
public struct PacketGenerator: Sendable {
  private let base: [Layer]
  private let vary: [PacketVariation]
  private let seed: UInt64

  /// Packets like `base`, but for what varies. Throws when the packet has no such layer.
  public init(
    from base: Packet, varying vary: [PacketVariation], seed: UInt64
  ) throws(FieldMaskError) {
    self.base = ExpressionPrinter.shortest(base)
    self.vary = vary
    self.seed = seed
    for case .field(let mask) in vary where !self.base.contains(where: { $0.id == mask.layer }) {
      let names = self.base.map { $0.id.type.name }.joined(separator: "/")
      throw FieldMaskError(message: "\(mask) can't vary: the packet is \(names)")
    }
  }

  /// The packet of a number, from 0.
  ///
  /// Half of the values are those that programs get wrong: the smallest, the largest, and their neighbours.
  public func packet(_ number: Int) -> Packet {
    var random = SplitMix64(seed: seed, run: number)
    var layers = base
    for variation in vary {
      switch variation {
      case .length: setLength(&layers, &random)
      case .field(let mask):
        for index in layers.indices where layers[index].id == mask.layer {
          let fields = mask.layer.type.fields
          guard let chosen = mask.field ?? fields.indices.randomElement(using: &random) else { continue }
          layers[index].values[chosen] = FieldSampler.value(of: fields[chosen], &random)
        }
      }
    }
    return Packet(layers: layers)
  }

  /// Payloads around the sizes of frames that matter: none, the shortest frame, an MTU.
  private func setLength(_ layers: inout [Layer], _ random: inout SplitMix64) {
    let edges = [0, 1, 2, 3, 7, 8, 18, 46, 64, 256, 1446, 1460, 1472, 1480]
    let length =
      Bool.random(using: &random) ? edges.randomElement(using: &random) ?? 0 : .random(in: 0...1480, using: &random)
    let bytes = FieldSampler.bytes(length, &random)
    if let index = layers.lastIndex(where: { $0.id == .raw }) {
      layers[index].values[0] = .bytes(bytes)
    } else {
      var raw = Layer(.raw)
      raw.values[0] = .bytes(bytes)
      layers.append(raw)
    }
  }
}

/// What differs from one generated packet to the next.
public enum PacketVariation: Hashable, Sendable, CustomStringConvertible {
  /// A field; of a whole layer, one of its fields at a time.
  case field(FieldMask)
  /// The size of the payload.
  case length

  /// Reads `IP.src`, `TCP` or `length`. Throws when there is no such layer or field.
  public init(_ text: String) throws(FieldMaskError) {
    if text == "length" {
      self = .length
    } else {
      self = .field(try FieldMask(text))
    }
  }

  /// As it is written.
  public var description: String {
    switch self {
    case .field(let mask): mask.description
    case .length: "length"
    }
  }
}

/// Values for a field.
enum FieldSampler {
  static func value(of field: Field, _ random: inout SplitMix64) -> FieldValue {
    switch field.kind {
    case .mac: return .bytes(mac(&random))
    case .ipv4: return .bytes(ipv4(&random))
    case .ipv6: return .bytes(ipv6(&random))
    case .tcpOptions: return .bytes(tcpOptions(&random))
    case .ipv4List: return .bytes((0..<Int.random(in: 0...3, using: &random)).flatMap { _ in ipv4(&random) })
    case .ipv6List: return .bytes((0..<Int.random(in: 0...3, using: &random)).flatMap { _ in ipv6(&random) })
    case .numbers(let width): return .bytes(bytes(width * Int.random(in: 0...4, using: &random), &random))
    case .pairs: return .bytes(bytes(4 * Int.random(in: 0...4, using: &random), &random))
    case .layers(let kind): return .bytes(items(kind, &random))
    case .names(let names, _) where Int.random(in: 0..<4, using: &random) == 0:
      return .number(names.keys.sorted().randomElement(using: &random) ?? 0)
    case .decimal, .hex, .checksum, .little, .names, .flags, .fixedPoint:
      return .number(number(field.bits ?? 8, &random))
    case .dnsName: return .bytes(DNSName.encode(Array("host\(random.next() % 1000).example.org".utf8)))
    case .bytes, .dnsData, .dhcpOptions:
      let most = field.bits.map { $0 / 8 } ?? 64
      return .bytes(bytes(.random(in: 0...most, using: &random), &random))
    }
  }

  private static func number(_ bits: Int, _ random: inout SplitMix64) -> UInt64 {
    let most: UInt64 = bits >= 64 ? .max : (1 << UInt64(bits)) - 1
    let edges = [0, 1, 2, most, most - min(most, 1), most / 2, most / 2 + 1]
    return Bool.random(using: &random)
      ? min(most, edges.randomElement(using: &random) ?? 0) : .random(in: 0...most, using: &random)
  }

  static func bytes(_ count: Int, _ random: inout SplitMix64) -> [UInt8] {
    (0..<count).map { _ in .random(in: 0...255, using: &random) }
  }

  private static func mac(_ random: inout SplitMix64) -> [UInt8] {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return Array(repeating: 0xff, count: 6)
    case 1: return Array(repeating: 0, count: 6)
    case 2: return [0x01, 0, 0x5e] + bytes(3, &random)  // IPv4 multicast (RFC 1112 section 6.4)
    default: return bytes(6, &random)
    }
  }

  private static func ipv4(_ random: inout SplitMix64) -> [UInt8] {
    let edges: [[UInt8]] = [
      [0, 0, 0, 0], [255, 255, 255, 255], [127, 0, 0, 1], [224, 0, 0, 1], [10, 0, 0, 1], [192, 168, 0, 255],
      [169, 254, 1, 1], [100, 64, 0, 1], [192, 0, 2, 1],
    ]
    return Bool.random(using: &random) ? edges.randomElement(using: &random) ?? [] : bytes(4, &random)
  }

  private static func ipv6(_ random: inout SplitMix64) -> [UInt8] {
    let edges = ["::", "::1", "ff02::1", "fe80::1", "2001:db8::1", "::ffff:10.0.0.1", "64:ff9b::1", "fc00::1"]
    let edge = edges.randomElement(using: &random).flatMap { AddressText.parseIPv6($0) }
    return Bool.random(using: &random) ? edge ?? [] : bytes(16, &random)
  }

  private static func tcpOptions(_ random: inout SplitMix64) -> [UInt8] {
    var out: [UInt8] = []
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      let option: TCPOptions.Item =
        switch Int.random(in: 0..<7, using: &random) {
        case 0: .noOperation
        case 1: .numbers(2, [number(16, &random)])
        case 2: .numbers(3, [number(8, &random)])
        case 3: .bytes(4, [])
        case 4: .numbers(8, [number(32, &random), number(32, &random)])
        case 5: .numbers(5, [number(32, &random), number(32, &random)])
        default: .bytes(.random(in: 2...254, using: &random), bytes(.random(in: 0...6, using: &random), &random))
        }
      let encoded = TCPOptions.encode(option)
      if out.count + encoded.count <= 40 { out += encoded }
    }
    return out
  }

  /// A few items with everything at its default.
  private static func items(_ kind: any LayerList.Type, _ random: inout SplitMix64) -> [UInt8] {
    let all = LayerID.allCases.filter { kind.accepts($0) && $0 != .raw }
    var out: [UInt8] = []
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let encoded = all.randomElement(using: &random).map { Layer($0).encode(under: nil).bytes } ?? []
      // What goes into the smallest of headers, IPv4's.
      if out.count + encoded.count <= 40 { out += encoded }
    }
    return out
  }
}
