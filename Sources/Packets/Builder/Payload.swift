/// Bytes that no layer reads; `Raw` in expressions.
public struct Payload: PacketLayer {
  /// Which layer it is.
  public static let kind = LayerKind(.raw)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }

  /// The bytes themselves.
  public init(_ bytes: [UInt8]) {
    fields = LayerFields(Self.kind)
    load = bytes
  }

  /// Text, as UTF-8.
  public init(_ text: String) { self.init(Array(text.utf8)) }

  /// One byte so many times, at most as often as a packet may be long.
  public init(repeating byte: UInt8, count: Int) {
    self.init(Array(repeating: byte, count: min(max(0, count), Packet.maximumSize)))
  }

  /// The bytes.
  public var load: [UInt8]? {
    get { fields.bytes(0) }
    set { fields.setBytes(0, newValue) }
  }
}

/// Control bits of a TCP header (RFC 9293 section 3.1, RFC 3168 for ECN, RFC 3540 for the nonce).
public struct TCPFlags: OptionSet, Hashable, Sendable {
  /// The bits as in the header, the least significant being `fin`.
  public let rawValue: UInt16

  /// From the bits of the header.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let fin = TCPFlags(rawValue: 0x01)
  public static let syn = TCPFlags(rawValue: 0x02)
  public static let rst = TCPFlags(rawValue: 0x04)
  public static let psh = TCPFlags(rawValue: 0x08)
  public static let ack = TCPFlags(rawValue: 0x10)
  public static let urg = TCPFlags(rawValue: 0x20)
  public static let ece = TCPFlags(rawValue: 0x40)
  public static let cwr = TCPFlags(rawValue: 0x80)
  public static let ns = TCPFlags(rawValue: 0x100)
}

/// Flags of an IPv4 header (RFC 791 section 3.1, RFC 3514 for the third).
public struct IPFlags: OptionSet, Hashable, Sendable {
  /// The bits as in the header, the least significant being `moreFragments`.
  public let rawValue: UInt8

  /// From the bits of the header.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let moreFragments = IPFlags(rawValue: 1)
  public static let dontFragment = IPFlags(rawValue: 2)
  public static let evil = IPFlags(rawValue: 4)
}
