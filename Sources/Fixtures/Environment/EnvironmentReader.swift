import BPF
import TestPlan

/// Reads what a test finds around it.
///
/// ```yaml
/// environment:
///   devices:
///     - veth: v0                                   # index 2; lo is 1
///       address: [10.0.0.1/24, fd00::1/64]
///       peer: { name: v1, address: 10.0.0.2/24, namespace: far }   # index 3; or just `peer: v1`
///     - dummy: d0                                  # index 4
///   cgroup: true                                   # implied by attaching a program of a cgroup type
///   network: true                                  # implied by devices, sockets and triggers that use sockets
///   sockets: [ … ]                                 # as in `trigger:`, done before the maps are filled
/// ```
///
/// Devices are numbered in the order in which they are written, from 2 on. Traffic between two addresses of one namespace
/// goes through `lo`, whatever devices have them: a veth pair carries traffic when its peer is in a namespace of its own,
/// or when a packet is put on it.
struct EnvironmentReader {
  static let keys = ["network", "devices", "cgroup", "sockets"] + RouteReader.keys
  static let veth = ["veth", "address", "mac", "mtu", "peer"]
  static let dummy = ["dummy", "address", "mac", "mtu"]
  static let peer = ["name", "address", "mac", "mtu", "namespace"]

  let complaints: Complaints
  let packets: PacketReader

  func environment(_ node: YAMLNode) -> Environment? {
    guard let fields = Fields(node, of: "`environment`", known: Self.keys, complaints) else { return nil }
    var result = Environment(
      network: flag(fields, "network"), devices: Self.devices(fields, self), cgroup: flag(fields, "cgroup"))
    RouteReader(complaints: complaints, devices: result.devices).read(fields, into: &result)
    let sockets = SocketReader(complaints: complaints, packets: packets, devices: result.deviceIndices)
    result.sockets = (fields["sockets"].map { $0.items ?? [$0] } ?? []).compactMap { sockets.operation($0) }
    return result
  }

  private func flag(_ fields: Fields, _ key: String) -> Bool {
    guard let node = fields[key] else { return false }
    guard case .bool(let flag) = node.scalar else {
      complaints.add(node.position, "`\(key)` is true or false, and here is \(node.kind)")
      return false
    }
    return flag
  }

  // MARK: Devices

  private static func devices(_ fields: Fields, _ reader: EnvironmentReader) -> [NetworkDevice] {
    var devices: [NetworkDevice] = []
    var index: UInt32 = 2
    var names: Set<String> = ["lo"]
    for item in fields["devices"].map({ $0.items ?? [$0] }) ?? [] {
      guard let device = reader.device(item, &index) else { continue }
      for end in [device.end, device.peer].compactMap({ $0 })
      where !names.insert("\(end.namespace.map { $0 + "/" } ?? "")\(end.name)").inserted {
        reader.complaints.add(item.position, "a second device named `\(end.name)`")
      }
      devices.append(device)
    }
    return devices
  }

  private func device(_ node: YAMLNode, _ index: inout UInt32) -> NetworkDevice? {
    let isDummy = node.entries?.contains { $0.key.text == "dummy" } ?? false
    guard let fields = Fields(node, of: "a device", known: isDummy ? Self.dummy : Self.veth, complaints) else {
      return nil
    }
    let kind: NetworkDevice.Kind = isDummy ? .dummy : .veth
    guard let name = fields.text(kind.rawValue) else {
      if fields[kind.rawValue] == nil {
        complaints.add(node.position, "a device is `veth: NAME` or `dummy: NAME`")
      }
      return nil
    }
    let end = self.end(name, fields, &index)
    guard kind == .veth else { return NetworkDevice(kind: .dummy, end: end) }
    guard let other = fields["peer"] else {
      complaints.add(node.position, "a veth has two ends, and this one has no `peer`")
      return nil
    }
    let peer: DeviceEnd
    if let name = other.text {
      peer = DeviceEnd(name: checked(Located(name, other.position)), index: index)
      index += 1
    } else {
      guard let fields = Fields(other, of: "a peer", known: Self.peer, complaints) else { return nil }
      guard let name = fields.text("name") else {
        if fields["name"] == nil { complaints.add(other.position, "the peer has no `name`") }
        return nil
      }
      peer = self.end(name, fields, &index)
    }
    return NetworkDevice(kind: .veth, end: end, peer: peer)
  }

  private func end(_ name: Located<String>, _ fields: Fields, _ index: inout UInt32) -> DeviceEnd {
    defer { index += 1 }
    var end = DeviceEnd(
      name: checked(name), index: index, addresses: fields.texts("address").compactMap(address),
      mtu: fields.count("mtu"), namespace: fields["namespace"].flatMap { _ in fields.text("namespace")?.value })
    if let mac = fields.text("mac") {
      end.mac = Address.mac(mac.value).map { Bytes($0) }
      if end.mac == nil { complaints.add(mac.position, "`\(mac.value)` is not a MAC address") }
    }
    return end
  }

  /// The kernel's rule (`dev_valid_name`, net/core/dev.c): 1 to 15 bytes without `/`, `:` and white space.
  private func checked(_ name: Located<String>) -> String {
    let bytes = name.value.utf8
    if bytes.isEmpty || bytes.count > 15 || name.value == "." || name.value == ".."
      || bytes.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":") || $0 <= 0x20 })
    {
      complaints.add(
        name.position, "`\(name.value)` can't be the name of a device",
        hint: "it has 1 to 15 bytes and no `/`, `:` or white space")
    }
    return name.value
  }

  private func address(_ text: Located<String>) -> InterfaceAddress? {
    if let (bytes, length) = Address.withPrefix(text.value) {
      return InterfaceAddress(bytes: Bytes(bytes), prefixLength: length)
    }
    complaints.add(
      text.position, "`\(text.value)` is not an address with its prefix", hint: "write 10.0.0.1/24 or fd00::1/64")
    return nil
  }
}

extension Environment {
  /// Indices of the devices of the test's own namespace by their names.
  var deviceIndices: [String: UInt32] {
    let ends = devices.flatMap { [$0.end, $0.peer].compactMap { $0 } }.filter { $0.namespace == nil }
    return Dictionary([("lo", 1)] + ends.map { ($0.name, $0.index) }, uniquingKeysWith: { first, _ in first })
  }
}
