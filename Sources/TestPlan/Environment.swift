/// What a test finds around it, made afresh for it and removed after it: a network namespace with its devices, a cgroup,
/// sockets. The test's programs are loaded and attached, and its triggers run, inside.
public struct Environment: Hashable, Sendable {
  /// Whether there is a network namespace, with `lo` up. Devices and sockets imply one.
  public var network: Bool
  /// In order; those in the test's own namespace have the indices that they are given here, and an index of 0 becomes the
  /// next number. `lo` is 1.
  public var devices: [NetworkDevice]
  /// Whether there is a cgroup (version 2), which the test's triggers and sockets belong to.
  public var cgroup: Bool
  /// Sockets to open before the maps are filled, which can then refer to them.
  public var sockets: [SocketOperation]
  /// Written when all devices are there.
  public var settings: [NetworkSetting]
  /// Added in order, after the settings.
  public var routes: [Route]
  public var neighbours: [Neighbour]

  public init(
    network: Bool = false, devices: [NetworkDevice] = [], cgroup: Bool = false, sockets: [SocketOperation] = [],
    settings: [NetworkSetting] = [], routes: [Route] = [], neighbours: [Neighbour] = []
  ) {
    self.settings = settings
    self.routes = routes
    self.neighbours = neighbours
    self.network = network
    self.devices = devices
    self.cgroup = cgroup
    var next: UInt32 = 2
    for place in devices.indices {
      self.devices[place].end.number(&next)
      self.devices[place].peer?.number(&next)
    }
    self.sockets = sockets
  }

  /// Whether anything needs a network namespace.
  public var needsNetwork: Bool {
    network || !devices.isEmpty || !sockets.isEmpty || !settings.isEmpty || !routes.isEmpty || !neighbours.isEmpty
  }
}

extension [NetworkDevice] {
  /// Their ends in one namespace, `nil` being the test's own.
  public func ends(in namespace: String?) -> [DeviceEnd] {
    flatMap { [$0.end, $0.peer].compactMap { $0 } }.filter { $0.namespace == namespace }
  }
}

/// A virtual network device.
public struct NetworkDevice: Hashable, Sendable {
  /// What kind it is.
  public enum Kind: String, Hashable, Sendable {
    /// Two ends; what is sent into one is received by the other.
    case veth
    /// Swallows what is sent.
    case dummy
  }

  public var kind: Kind
  public var end: DeviceEnd
  /// The other end, of a veth pair only.
  public var peer: DeviceEnd?

  public init(kind: Kind, end: DeviceEnd, peer: DeviceEnd? = nil) {
    self.kind = kind
    self.end = end
    self.peer = peer
  }
}

/// A device as its network namespace sees it.
public struct DeviceEnd: Hashable, Sendable {
  /// At most 15 bytes (`IFNAMSIZ`).
  public var name: String
  /// Its `ifindex`, at least 2; 0 leaves it to the environment.
  public var index: UInt32
  public var addresses: [InterfaceAddress]
  /// Six bytes; `nil` lets the kernel choose.
  public var mac: Bytes?
  /// Bytes; `nil` is the kind's own, 1500.
  public var mtu: UInt32?
  /// The further namespace that it stands in; `nil` is the test's own.
  public var namespace: String?

  public init(
    name: String, index: UInt32 = 0, addresses: [InterfaceAddress] = [], mac: Bytes? = nil, mtu: UInt32? = nil,
    namespace: String? = nil
  ) {
    self.name = name
    self.index = index
    self.addresses = addresses
    self.mac = mac
    self.mtu = mtu
    self.namespace = namespace
  }

  fileprivate mutating func number(_ next: inout UInt32) {
    if index == 0 { index = next }
    next = max(next, index) + 1
  }
}

/// An address of a device, and the network around it.
public struct InterfaceAddress: Hashable, Sendable {
  /// Four or sixteen, in network order.
  public var bytes: Bytes
  public var prefixLength: UInt8

  public init(bytes: Bytes, prefixLength: UInt8) {
    self.bytes = bytes
    self.prefixLength = prefixLength
  }
}
