/// A route of a network namespace's main table, or of another one.
public struct Route: Hashable, Sendable {
  /// What becomes of packets that take it (`RTN_*` of linux/rtnetlink.h).
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case unicast
    case blackhole
    case unreachable
    case prohibit
  }

  public var kind: Kind
  /// All of its bytes zero and a prefix of none for a default route; they also say whether it is IPv4 or IPv6.
  public var destination: InterfaceAddress
  /// The next hop, four or sixteen bytes; `nil` for what is on the link.
  public var gateway: Bytes?
  /// By name; `nil` lets the kernel find the one that the gateway is on.
  public var device: String?
  /// The preferred source address.
  public var source: Bytes?
  public var metric: UInt32?
  /// Bytes that a packet may have, its network header included.
  public var mtu: UInt32?
  /// `nil` is the main one, 254.
  public var table: UInt32?
  /// The further namespace that it belongs to; `nil` is the test's own.
  public var namespace: String?

  public init(
    _ kind: Kind = .unicast, to destination: InterfaceAddress, gateway: Bytes? = nil, device: String? = nil,
    source: Bytes? = nil, metric: UInt32? = nil, mtu: UInt32? = nil, table: UInt32? = nil, namespace: String? = nil
  ) {
    self.kind = kind
    self.destination = destination
    self.gateway = gateway
    self.device = device
    self.source = source
    self.metric = metric
    self.mtu = mtu
    self.table = table
    self.namespace = namespace
  }
}

/// A neighbour whose link-layer address is known for good (`NUD_PERMANENT`), so that nobody is asked for it.
public struct Neighbour: Hashable, Sendable {
  /// Four or sixteen bytes.
  public var address: Bytes
  /// Six bytes.
  public var mac: Bytes
  /// The device that it is reached by, by name.
  public var device: String
  /// The further namespace that it belongs to; `nil` is the test's own.
  public var namespace: String?

  public init(address: Bytes, mac: Bytes, device: String, namespace: String? = nil) {
    self.address = address
    self.mac = mac
    self.device = device
    self.namespace = namespace
  }
}

/// A setting of the test's network namespace, below `/proc/sys/net`.
public struct NetworkSetting: Hashable, Sendable {
  /// With dots: `net.ipv4.ip_forward`.
  public var name: String
  public var value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// What makes a router of the namespace: `net.ipv4.ip_forward` and `net.ipv6.conf.all.forwarding`.
  public static let forwarding = [
    NetworkSetting(name: "net.ipv4.ip_forward", value: "1"),
    NetworkSetting(name: "net.ipv6.conf.all.forwarding", value: "1"),
  ]
}
