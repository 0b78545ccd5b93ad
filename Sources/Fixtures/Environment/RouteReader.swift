import BPF
import TestPlan

/// Reads what a test's network knows of the way to others.
///
/// ```yaml
/// environment:
///   devices: [ { veth: v0, address: 10.0.0.1/24, peer: { name: v1, namespace: far } } ]
///   routes:
///     - { to: default, via: 10.0.0.2 }             # also device, source, metric, mtu, table, namespace
///     - { to: fd01::/64, device: v0 }
///     - { to: 192.0.2.0/24, type: blackhole }      # unreachable, prohibit
///   neighbours: [ { address: 10.0.0.2, mac: "02:00:00:00:00:22", device: v0 } ]
///   forwarding: true                               # net.ipv4.ip_forward and net.ipv6.conf.all.forwarding
///   sysctls: { net.ipv4.conf.v0.forwarding: 0 }    # of the test's own network
/// ```
struct RouteReader {
  static let keys = ["routes", "neighbours", "forwarding", "sysctls"]
  private static let routeKeys = [
    "to", "via", "device", "source", "metric", "mtu", "table", "type", "namespace",
  ]

  let complaints: Complaints
  /// Devices that may be named.
  let devices: [NetworkDevice]

  func read(_ fields: Fields, into environment: inout Environment) {
    environment.routes = (fields["routes"].map { $0.items ?? [$0] } ?? []).compactMap(route)
    environment.neighbours = (fields["neighbours"].map { $0.items ?? [$0] } ?? []).compactMap(neighbour)
    if let node = fields["forwarding"] {
      if case .bool(let isOn) = node.scalar {
        if isOn { environment.settings += NetworkSetting.forwarding }
      } else {
        complaints.add(node.position, "`forwarding` is true or false, and here is \(node.kind)")
      }
    }
    if let node = fields["sysctls"] { environment.settings += settings(node) }
  }

  private func settings(_ node: YAMLNode) -> [NetworkSetting] {
    guard let entries = node.entries else {
      complaints.add(node.position, "`sysctls` is a mapping from names to values: { net.ipv4.ip_forward: 1 }")
      return []
    }
    return entries.compactMap { entry in
      guard let name = entry.key.text, name.hasPrefix("net.") else {
        complaints.add(
          entry.key.position, "\(entry.key.kind) is not a setting of a network",
          hint: "those of `environment` begin with `net.`; others are the machine's, set by a trigger")
        return nil
      }
      guard let value = entry.value.text else {
        complaints.add(entry.value.position, "a setting is a number or a text, and here is \(entry.value.kind)")
        return nil
      }
      return NetworkSetting(name: name, value: value)
    }
  }

  private func route(_ node: YAMLNode) -> Route? {
    guard let fields = Fields(node, of: "a route", known: Self.routeKeys, complaints) else { return nil }
    let namespace = namespace(fields)
    let gateway = address(fields, "via")
    guard let to = fields.text("to") else {
      if fields["to"] == nil { complaints.add(node.position, "a route has a `to:`: a network, or `default`") }
      return nil
    }
    var kind = Route.Kind.unicast
    if let text = fields.text("type") {
      guard let known = Route.Kind(rawValue: text.value) else {
        complaints.add(
          text.position, "no type of route is called `\(text.value)`",
          hint: suggestion(for: text.value, among: Route.Kind.allCases.map(\.rawValue)))
        return nil
      }
      kind = known
    }
    let source = address(fields, "source")
    let size = gateway?.count ?? source?.count ?? 4
    let destination: InterfaceAddress
    if to.value == "default" {
      destination = InterfaceAddress(bytes: Bytes([UInt8](repeating: 0, count: size)), prefixLength: 0)
    } else if let (bytes, length) = Address.withPrefix(to.value) {
      destination = InterfaceAddress(bytes: Bytes(bytes), prefixLength: length)
    } else {
      complaints.add(
        to.position, "`\(to.value)` is no network", hint: "write 192.0.2.0/24, fd01::/64, an address, or default")
      return nil
    }
    for (key, other) in [("via", gateway), ("source", source)]
    where other != nil && other?.count != destination.bytes.count {
      complaints.add(fields.position(of: key), "`\(key)` and `to` are of different kinds, IPv4 and IPv6")
    }
    let device = device(fields, namespace)
    if kind == .unicast, gateway == nil, device == nil {
      complaints.add(node.position, "the route leads nowhere", hint: "name its `device`, or the next hop: `via`")
    }
    return Route(
      kind, to: destination, gateway: gateway, device: device, source: source, metric: fields.count("metric"),
      mtu: fields.count("mtu"), table: fields.count("table"), namespace: namespace)
  }

  private func neighbour(_ node: YAMLNode) -> Neighbour? {
    let known = ["address", "mac", "device", "namespace"]
    guard let fields = Fields(node, of: "a neighbour", known: known, complaints) else { return nil }
    for key in ["address", "mac", "device"] where fields[key] == nil {
      complaints.add(node.position, "a neighbour has an `address`, a `mac` and a `device`, and here is no `\(key)`")
      return nil
    }
    let namespace = namespace(fields)
    guard let address = address(fields, "address"), let device = device(fields, namespace),
      let text = fields.text("mac")
    else { return nil }
    guard let mac = Address.mac(text.value) else {
      complaints.add(text.position, "`\(text.value)` is not a MAC address")
      return nil
    }
    return Neighbour(address: address, mac: Bytes(mac), device: device, namespace: namespace)
  }

  // MARK: Parts

  private func address(_ fields: Fields, _ key: String) -> Bytes? {
    guard let text = fields.text(key) else { return nil }
    if let bytes = Address.ipv4(text.value) ?? Address.ipv6(text.value) { return Bytes(bytes) }
    complaints.add(text.position, "`\(text.value)` is not an IPv4 or IPv6 address")
    return nil
  }

  private func namespace(_ fields: Fields) -> String? {
    guard let name = fields.text("namespace") else { return nil }
    let known = devices.compactMap { $0.peer?.namespace }
    if !known.contains(name.value) {
      complaints.add(
        name.position, "no device is in a namespace `\(name.value)`", hint: suggestion(for: name.value, among: known))
    }
    return name.value
  }

  private func device(_ fields: Fields, _ namespace: String?) -> String? {
    guard let name = fields.text("device") else { return nil }
    let known = ["lo"] + devices.ends(in: namespace).map(\.name)
    if !known.contains(name.value) {
      complaints.add(
        name.position,
        "\(namespace.map { "the namespace `\($0)`" } ?? "the environment") has no device `\(name.value)`",
        hint: suggestion(for: name.value, among: known))
    }
    return name.value
  }
}
