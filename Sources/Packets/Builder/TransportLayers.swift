/// Transmission control.
public struct TCP: PacketLayer {
  /// Which layer it is.
  public static let kind = LayerKind(.tcp)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }

  /// Gives the fields that are not to have their default or to be computed.
  public init(
    sport: UInt16? = nil, dport: UInt16? = nil, flags: TCPFlags? = nil, seq: UInt32? = nil, ack: UInt32? = nil,
    window: UInt16? = nil, options: [UInt8]? = nil, dataofs: UInt8? = nil, chksum: UInt16? = nil, urgptr: UInt16? = nil
  ) {
    fields = LayerFields(Self.kind)
    self.sport = sport
    self.dport = dport
    self.flags = flags
    self.seq = seq
    self.ack = ack
    self.window = window
    self.options = options
    self.dataofs = dataofs
    self.chksum = chksum
    self.urgptr = urgptr
  }

  /// Source port; 20 by default.
  public var sport: UInt16? {
    get { fields.number(0) }
    set { fields.set(0, newValue) }
  }

  /// Destination port; 80 by default.
  public var dport: UInt16? {
    get { fields.number(1) }
    set { fields.set(1, newValue) }
  }

  /// Control bits; `[.syn]` by default.
  public var flags: TCPFlags? {
    get { fields.number(6).map(TCPFlags.init(rawValue:)) }
    set { fields.set(6, newValue?.rawValue) }
  }

  /// Sequence number.
  public var seq: UInt32? {
    get { fields.number(2) }
    set { fields.set(2, newValue) }
  }

  /// Acknowledgement number.
  public var ack: UInt32? {
    get { fields.number(3) }
    set { fields.set(3, newValue) }
  }

  /// Receive window in bytes, before scaling; 8192 by default.
  public var window: UInt16? {
    get { fields.number(7) }
    set { fields.set(7, newValue) }
  }

  /// Options as bytes on the wire.
  public var options: [UInt8]? {
    get { fields.bytes(10) }
    set { fields.setBytes(10, newValue) }
  }

  /// Header length in units of four bytes; computed by default.
  public var dataofs: UInt8? {
    get { fields.number(4) }
    set { fields.set(4, newValue) }
  }

  /// Checksum; computed by default.
  public var chksum: UInt16? {
    get { fields.number(8) }
    set { fields.set(8, newValue) }
  }

  /// Urgent pointer.
  public var urgptr: UInt16? {
    get { fields.number(9) }
    set { fields.set(9, newValue) }
  }
}

/// User datagrams.
public struct UDP: PacketLayer {
  /// Which layer it is.
  public static let kind = LayerKind(.udp)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }

  /// Gives the fields that are not to have their default or to be computed.
  public init(sport: UInt16? = nil, dport: UInt16? = nil, len: UInt16? = nil, chksum: UInt16? = nil) {
    fields = LayerFields(Self.kind)
    self.sport = sport
    self.dport = dport
    self.len = len
    self.chksum = chksum
  }

  /// Source port; 53 by default.
  public var sport: UInt16? {
    get { fields.number(0) }
    set { fields.set(0, newValue) }
  }

  /// Destination port; 53 by default.
  public var dport: UInt16? {
    get { fields.number(1) }
    set { fields.set(1, newValue) }
  }

  /// Length in bytes, header included; computed by default.
  public var len: UInt16? {
    get { fields.number(2) }
    set { fields.set(2, newValue) }
  }

  /// Checksum, 0 for none; computed by default.
  public var chksum: UInt16? {
    get { fields.number(3) }
    set { fields.set(3, newValue) }
  }
}

/// Internet control messages.
public struct ICMP: PacketLayer {
  /// Which layer it is.
  public static let kind = LayerKind(.icmp)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }

  /// Gives the fields that are not to have their default or to be computed.
  public init(
    type: UInt8? = nil, code: UInt8? = nil, id: UInt16? = nil, seq: UInt16? = nil, nexthopmtu: UInt16? = nil,
    chksum: UInt16? = nil
  ) {
    fields = LayerFields(Self.kind)
    self.type = type
    self.code = code
    self.id = id
    self.seq = seq
    self.nexthopmtu = nexthopmtu
    self.chksum = chksum
  }

  /// 8, an echo request, by default.
  public var type: UInt8? {
    get { fields.number(0) }
    set { fields.set(0, newValue) }
  }

  /// 0 by default.
  public var code: UInt8? {
    get { fields.number(1) }
    set { fields.set(1, newValue) }
  }

  /// Identifier, of those types that have one.
  public var id: UInt16? {
    get { fields.number(3) }
    set { fields.set(3, newValue) }
  }

  /// Sequence number, of those types that have one.
  public var seq: UInt16? {
    get { fields.number(4) }
    set { fields.set(4, newValue) }
  }

  /// MTU of the next hop in bytes, of type 3.
  public var nexthopmtu: UInt16? {
    get { fields.number(13) }
    set { fields.set(13, newValue) }
  }

  /// Checksum; computed by default.
  public var chksum: UInt16? {
    get { fields.number(2) }
    set { fields.set(2, newValue) }
  }
}

/// What a ping over IPv6 and its answer have (RFC 4443 sections 4.1 and 4.2).
public protocol ICMPv6Echo: PacketLayer {}

extension ICMPv6Echo {
  /// Gives the fields that are not to have their default or to be computed.
  public init(id: UInt16? = nil, seq: UInt16? = nil, data: [UInt8]? = nil, cksum: UInt16? = nil) {
    self.init(fields: LayerFields(Self.kind))
    self.id = id
    self.seq = seq
    self.data = data
    self.cksum = cksum
  }

  /// Identifier.
  public var id: UInt16? {
    get { fields.number(3) }
    set { fields.set(3, newValue) }
  }

  /// Sequence number.
  public var seq: UInt16? {
    get { fields.number(4) }
    set { fields.set(4, newValue) }
  }

  /// What is to come back, or came.
  public var data: [UInt8]? {
    get { fields.bytes(5) }
    set { fields.setBytes(5, newValue) }
  }

  /// Checksum; computed by default.
  public var cksum: UInt16? {
    get { fields.number(2) }
    set { fields.set(2, newValue) }
  }
}

/// A ping over IPv6.
public struct ICMPv6EchoRequest: ICMPv6Echo {
  /// Which layer it is.
  public static let kind = LayerKind(.icmpv6EchoRequest)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }
}

/// The answer to a ping over IPv6.
public struct ICMPv6EchoReply: ICMPv6Echo {
  /// Which layer it is.
  public static let kind = LayerKind(.icmpv6EchoReply)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }
}
