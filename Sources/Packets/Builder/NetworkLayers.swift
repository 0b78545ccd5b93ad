/// Internet protocol version 4; `IP` in expressions.
public struct IPv4: PacketLayer {
  /// Which layer it is.
  public static let kind = LayerKind(.ip)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }

  /// Gives the fields that are not to have their default or to be computed.
  public init(
    src: String? = nil, dst: String? = nil, ttl: UInt8? = nil, tos: UInt8? = nil, id: UInt16? = nil,
    flags: IPFlags? = nil, frag: UInt16? = nil, proto: UInt8? = nil, len: UInt16? = nil, chksum: UInt16? = nil,
    ihl: UInt8? = nil, version: UInt8? = nil
  ) {
    fields = LayerFields(Self.kind)
    self.src = src
    self.dst = dst
    self.ttl = ttl
    self.tos = tos
    self.id = id
    self.flags = flags
    self.frag = frag
    self.proto = proto
    self.len = len
    self.chksum = chksum
    self.ihl = ihl
    self.version = version
  }

  /// The sender's address; 127.0.0.1 by default.
  public var src: String? {
    get { fields.text(10) }
    set { fields.setAddress(10, newValue) }
  }

  /// The receiver's address; 127.0.0.1 by default.
  public var dst: String? {
    get { fields.text(11) }
    set { fields.setAddress(11, newValue) }
  }

  /// Time to live in hops; 64 by default.
  public var ttl: UInt8? {
    get { fields.number(7) }
    set { fields.set(7, newValue) }
  }

  /// Type of service: DSCP and ECN.
  public var tos: UInt8? {
    get { fields.number(2) }
    set { fields.set(2, newValue) }
  }

  /// Identification; 1 by default.
  public var id: UInt16? {
    get { fields.number(4) }
    set { fields.set(4, newValue) }
  }

  /// More fragments, don't fragment.
  public var flags: IPFlags? {
    get { fields.number(5).map(IPFlags.init(rawValue:)) }
    set { fields.set(5, newValue?.rawValue) }
  }

  /// Fragment offset in units of eight bytes.
  public var frag: UInt16? {
    get { fields.number(6) }
    set { fields.set(6, newValue) }
  }

  /// Protocol number; by default that of the layer above.
  public var proto: UInt8? {
    get { fields.number(8) }
    set { fields.set(8, newValue) }
  }

  /// Total length in bytes; computed by default.
  public var len: UInt16? {
    get { fields.number(3) }
    set { fields.set(3, newValue) }
  }

  /// Checksum of the header; computed by default.
  public var chksum: UInt16? {
    get { fields.number(9) }
    set { fields.set(9, newValue) }
  }

  /// Header length in units of four bytes; computed by default.
  public var ihl: UInt8? {
    get { fields.number(1) }
    set { fields.set(1, newValue) }
  }

  /// 4 by default.
  public var version: UInt8? {
    get { fields.number(0) }
    set { fields.set(0, newValue) }
  }
}

/// Internet protocol version 6.
public struct IPv6: PacketLayer {
  /// Which layer it is.
  public static let kind = LayerKind(.ipv6)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }

  /// Gives the fields that are not to have their default or to be computed.
  public init(
    src: String? = nil, dst: String? = nil, hlim: UInt8? = nil, tc: UInt8? = nil, fl: UInt32? = nil, nh: UInt8? = nil,
    plen: UInt16? = nil, version: UInt8? = nil
  ) {
    fields = LayerFields(Self.kind)
    self.src = src
    self.dst = dst
    self.hlim = hlim
    self.tc = tc
    self.fl = fl
    self.nh = nh
    self.plen = plen
    self.version = version
  }

  /// The sender's address; ::1 by default.
  public var src: String? {
    get { fields.text(6) }
    set { fields.setAddress(6, newValue) }
  }

  /// The receiver's address; ::1 by default.
  public var dst: String? {
    get { fields.text(7) }
    set { fields.setAddress(7, newValue) }
  }

  /// Hop limit; 64 by default.
  public var hlim: UInt8? {
    get { fields.number(5) }
    set { fields.set(5, newValue) }
  }

  /// Traffic class.
  public var tc: UInt8? {
    get { fields.number(1) }
    set { fields.set(1, newValue) }
  }

  /// Flow label, 20 bits.
  public var fl: UInt32? {
    get { fields.number(2) }
    set { fields.set(2, newValue) }
  }

  /// Next header; by default that of the layer above.
  public var nh: UInt8? {
    get { fields.number(4) }
    set { fields.set(4, newValue) }
  }

  /// Payload length in bytes; computed by default.
  public var plen: UInt16? {
    get { fields.number(3) }
    set { fields.set(3, newValue) }
  }

  /// 6 by default.
  public var version: UInt8? {
    get { fields.number(0) }
    set { fields.set(0, newValue) }
  }
}

/// Generic routing encapsulation.
public struct GRE: PacketLayer {
  /// Which layer it is.
  public static let kind = LayerKind(.gre)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }

  /// Gives the fields that are not to have their default or to be computed.
  public init(
    key: UInt32? = nil, keyPresent: UInt8? = nil, sequenceNumber: UInt32? = nil, seqnumPresent: UInt8? = nil,
    chksumPresent: UInt8? = nil, proto: UInt16? = nil
  ) {
    fields = LayerFields(Self.kind)
    self.key = key
    self.keyPresent = keyPresent
    self.sequenceNumber = sequenceNumber
    self.seqnumPresent = seqnumPresent
    self.chksumPresent = chksumPresent
    self.proto = proto
  }

  /// Key; there only with `keyPresent`.
  public var key: UInt32? {
    get { fields.number(11) }
    set { fields.set(11, newValue) }
  }

  /// 1 when there is a key.
  public var keyPresent: UInt8? {
    get { fields.number(2) }
    set { fields.set(2, newValue) }
  }

  /// Sequence number; there only with `seqnumPresent`.
  public var sequenceNumber: UInt32? {
    get { fields.number(12) }
    set { fields.set(12, newValue) }
  }

  /// 1 when there is a sequence number.
  public var seqnumPresent: UInt8? {
    get { fields.number(3) }
    set { fields.set(3, newValue) }
  }

  /// 1 when there is a checksum.
  public var chksumPresent: UInt8? {
    get { fields.number(0) }
    set { fields.set(0, newValue) }
  }

  /// EtherType of what is carried; by default that of the layer above.
  public var proto: UInt16? {
    get { fields.number(8) }
    set { fields.set(8, newValue) }
  }
}

/// Virtual extensible LAN.
public struct VXLAN: PacketLayer {
  /// Which layer it is.
  public static let kind = LayerKind(.vxlan)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }

  /// Gives the fields that are not to have their default or to be computed.
  public init(vni: UInt32? = nil, flags: UInt8? = nil) {
    fields = LayerFields(Self.kind)
    self.vni = vni
    self.flags = flags
  }

  /// Network identifier, 24 bits.
  public var vni: UInt32? {
    get { fields.number(6) }
    set { fields.set(6, newValue) }
  }

  /// Flags; by default as Scapy sets them for the layer above.
  public var flags: UInt8? {
    get { fields.number(0) }
    set { fields.set(0, newValue) }
  }
}
