import BPF
import TestPlan

/// A network namespace, devices, a cgroup and sockets, made for one test. The thread that makes it stands in it until it
/// leaves; when the thread or the process dies before, the kernel takes the network down by itself.
public final class TestEnvironment {
  /// Sockets by their names.
  public let sockets: SocketTable
  /// The network namespace, for BPF links; `nil` when there is none of its own.
  public var networkDescriptor: Int32? { network?.descriptor }
  /// The cgroup, for BPF links; `nil` when there is none.
  public var cgroupDescriptor: Int32? { cgroup?.descriptor }
  /// The cgroup's folder.
  public var cgroupPath: String? { cgroup?.path }

  private var network: NetworkNamespace?
  private var former: NetworkNamespace?
  private var cgroup: ControlGroup?
  private var pin: ThreadPin?

  /// Makes what is described, and moves the calling thread into it.
  ///
  /// Throws `BPFError` with the code `.unknownDevice` for a kind of device that the kernel doesn't have. Whatever it throws, nothing
  /// of it stays.
  public init(_ description: Environment) throws(BPFError) {
    sockets = SocketTable()
    do throws(BPFError) {
      if description.needsNetwork { try makeNetwork(description) }
      if description.cgroup {
        let group = try ControlGroup()
        cgroup = group
        try group.enter()
      }
      for operation in description.sockets {
        let seen = sockets.perform(operation)
        guard seen.errno == 0 else {
          throw BPFError(.kernel, errno: seen.errno, operation: operation.words)
        }
      }
    } catch {
      leave()
      throw error
    }
  }

  /// Closes the sockets, moves the thread back to where it was, and removes everything. May be called again.
  public func leave() {
    sockets.closeAll()
    cgroup?.leave()
    cgroup = nil
    pin?.release()
    pin = nil
    // We hold its descriptor, and the right that let us leave it lets us back in.
    try? former?.enter()
    former = nil
    network = nil
  }

  /// Does something in a further namespace, by the name that a device's peer gives it, on the calling thread.
  public func inNamespace<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
    guard let home = network, let namespace = sockets.namespaces[name] else {
      let known = sockets.namespaces.keys.sorted().joined(separator: ", ")
      throw BPFError(
        .unknownName, operation: "the environment has no namespace `\(name)`",
        detail: known.isEmpty ? "none of its devices is in another" : "there is \(known)")
    }
    try namespace.enter()
    let result = Swift.Result { try body() }
    try home.enter()
    return try result.get()
  }

  private func makeNetwork(_ description: Environment) throws(BPFError) {
    let devices = description.devices
    // Each processor has its own queue of received packets: two that are sent from one arrive in their order.
    pin = ThreadPin()
    former = try .current()
    var netlinks: [String: NetlinkSocket] = [:]
    for name in devices.compactMap({ $0.peer?.namespace }) where sockets.namespaces[name] == nil {
      let (namespace, netlink) = try NetworkNamespace.make()
      sockets.namespaces[name] = namespace
      netlinks[name] = netlink
    }
    let (namespace, netlink) = try NetworkNamespace.make()
    network = namespace
    sockets.home = namespace
    for device in devices {
      try netlink.makeDevice(
        device, peerNamespace: device.peer?.namespace.flatMap { sockets.namespaces[$0]?.descriptor })
      for end in [device.end, device.peer].compactMap({ $0 }) {
        let link = end.namespace.flatMap { netlinks[$0] } ?? netlink
        for address in end.addresses { try link.add(address, index: end.index, name: end.name) }
        try link.bringUp(index: end.index, name: end.name)
      }
      for end in [device.end, device.peer].compactMap({ $0 }) {
        (end.namespace.flatMap { netlinks[$0] } ?? netlink).settle(name: end.name)
      }
    }
    for setting in description.settings { try setting.apply() }
    // Neighbours first: nobody is then asked for the address of a next hop.
    for neighbour in description.neighbours {
      let device = try index(of: neighbour.device, in: neighbour.namespace, devices)
      try (neighbour.namespace.flatMap { netlinks[$0] } ?? netlink).add(neighbour, device: device)
    }
    for route in description.routes {
      let device = try route.device.map { name throws(BPFError) in try index(of: name, in: route.namespace, devices) }
      try (route.namespace.flatMap { netlinks[$0] } ?? netlink).add(route, device: device ?? 0)
    }
  }

  private func index(
    of name: String, in namespace: String?, _ devices: [NetworkDevice]
  ) throws(BPFError) -> UInt32 {
    if name == "lo" { return 1 }
    if let end = devices.ends(in: namespace).first(where: { $0.name == name }) { return end.index }
    throw BPFError(.unknownName, operation: "the environment has no device `\(name)`")
  }
}

/// Does something inside an environment made for it, on the calling thread, and removes the environment afterwards.
///
/// `body` must neither move to another thread nor wait for one that should be inside too.
public func withEnvironment<Result>(
  _ description: Environment, _ body: (TestEnvironment) throws -> Result
) throws -> Result {
  let environment = try TestEnvironment(description)
  defer { environment.leave() }
  return try body(environment)
}
