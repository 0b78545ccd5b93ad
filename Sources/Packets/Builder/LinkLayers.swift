/// Ethernet II. Without addresses it goes from zero to everybody.
public struct Ether: PacketLayer {
  /// Which layer it is.
  public static let kind = LayerKind(.ether)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }

  /// Gives the fields that are not to have their default or to be computed.
  public init(dst: String? = nil, src: String? = nil, type: UInt16? = nil) {
    fields = LayerFields(Self.kind)
    self.dst = dst
    self.src = src
    self.type = type
  }

  /// The receiver's address, six bytes as `02:00:00:00:00:01`.
  public var dst: String? {
    get { fields.text(0) }
    set { fields.setAddress(0, newValue) }
  }

  /// The sender's address.
  public var src: String? {
    get { fields.text(1) }
    set { fields.setAddress(1, newValue) }
  }

  /// EtherType of what is carried; by default that of the layer above.
  public var type: UInt16? {
    get { fields.number(2) }
    set { fields.set(2, newValue) }
  }
}

/// A tag that puts a frame into a virtual network: `Dot1Q`, or `Dot1AD` around it (IEEE 802.1Q clause 9.6).
public protocol VLANTag: PacketLayer {}

extension VLANTag {
  /// Gives the fields that are not to have their default or to be computed.
  public init(vlan: UInt16? = nil, prio: UInt8? = nil, dei: UInt8? = nil, type: UInt16? = nil) {
    self.init(fields: LayerFields(Self.kind))
    self.vlan = vlan
    self.prio = prio
    self.dei = dei
    self.type = type
  }

  /// VLAN identifier, 12 bits; 1 by default.
  public var vlan: UInt16? {
    get { fields.number(2) }
    set { fields.set(2, newValue) }
  }

  /// Priority code point, 3 bits.
  public var prio: UInt8? {
    get { fields.number(0) }
    set { fields.set(0, newValue) }
  }

  /// Drop eligible indicator, 1 bit.
  public var dei: UInt8? {
    get { fields.number(1) }
    set { fields.set(1, newValue) }
  }

  /// EtherType of what is carried.
  public var type: UInt16? {
    get { fields.number(3) }
    set { fields.set(3, newValue) }
  }
}

/// A VLAN tag.
public struct Dot1Q: VLANTag {
  /// Which layer it is.
  public static let kind = LayerKind(.dot1q)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }
}

/// A provider's VLAN tag, the outer one of QinQ.
public struct Dot1AD: VLANTag {
  /// Which layer it is.
  public static let kind = LayerKind(.dot1ad)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }
}

/// Address resolution for IPv4 over Ethernet.
public struct ARP: PacketLayer {
  /// Which layer it is.
  public static let kind = LayerKind(.arp)
  /// What was given.
  public var fields: LayerFields

  /// A layer of these fields.
  public init(fields: LayerFields) { self.fields = fields }

  /// Gives the fields that are not to have their default or to be computed.
  public init(op: UInt16? = nil, hwsrc: String? = nil, psrc: String? = nil, hwdst: String? = nil, pdst: String? = nil) {
    fields = LayerFields(Self.kind)
    self.op = op
    self.hwsrc = hwsrc
    self.psrc = psrc
    self.hwdst = hwdst
    self.pdst = pdst
  }

  /// 1 asks, 2 answers.
  public var op: UInt16? {
    get { fields.number(4) }
    set { fields.set(4, newValue) }
  }

  /// The sender's MAC address.
  public var hwsrc: String? {
    get { fields.text(5) }
    set { fields.setAddress(5, newValue) }
  }

  /// The sender's IPv4 address.
  public var psrc: String? {
    get { fields.text(6) }
    set { fields.setAddress(6, newValue) }
  }

  /// The target's MAC address.
  public var hwdst: String? {
    get { fields.text(7) }
    set { fields.setAddress(7, newValue) }
  }

  /// The target's IPv4 address.
  public var pdst: String? {
    get { fields.text(8) }
    set { fields.setAddress(8, newValue) }
  }
}
