import BPF
import TestPlan

/// Routes of a test's network: `try Route("default", via: "10.0.0.2")`, `try Route("fd01::/64", device: "v0")`,
/// `try Route("192.0.2.0/24", .blackhole)`.
extension Route {
  /// A route to a network, to an address, or `default`, which is IPv4 unless `via` or `source` say otherwise.
  public init(
    _ destination: String, _ kind: Kind = .unicast, via gateway: String? = nil, device: String? = nil,
    source: String? = nil, metric: UInt32? = nil, mtu: UInt32? = nil, table: UInt32? = nil, namespace: String? = nil
  ) throws {
    let gateway = try gateway.map { try addressBytes($0, of: "route to \(destination)") }
    let source = try source.map { try addressBytes($0, of: "route to \(destination)") }
    let network: InterfaceAddress
    if destination == "default" {
      let size = gateway?.count ?? source?.count ?? 4
      network = InterfaceAddress(bytes: Bytes([UInt8](repeating: 0, count: size)), prefixLength: 0)
    } else if let (bytes, length) = Address.withPrefix(destination) {
      network = InterfaceAddress(bytes: Bytes(bytes), prefixLength: length)
    } else {
      throw BPFError(
        .badArgument, operation: "route to \(destination)",
        detail: "no network: write 192.0.2.0/24, fd01::/64, an address, or default")
    }
    self.init(
      kind, to: network, gateway: gateway, device: device, source: source, metric: metric, mtu: mtu, table: table,
      namespace: namespace)
  }
}

/// Neighbours of a test's network: `try Neighbour("10.0.0.2", mac: "02:00:00:00:00:22", device: "v0")`.
extension Neighbour {
  /// One whose link-layer address is known, so that nobody is asked for it.
  public init(_ address: String, mac: String, device: String, namespace: String? = nil) throws {
    guard let bytes = Address.mac(mac) else {
      throw BPFError(.badArgument, operation: "neighbour \(address)", detail: "`\(mac)` is not a MAC address")
    }
    self.init(
      address: try addressBytes(address, of: "neighbour \(address)"), mac: Bytes(bytes), device: device,
      namespace: namespace)
  }
}

private func addressBytes(_ text: String, of what: String) throws -> Bytes {
  guard let bytes = Address.ipv4(text) ?? Address.ipv6(text) else {
    throw BPFError(.badArgument, operation: what, detail: "`\(text)` is not an IPv4 or IPv6 address")
  }
  return Bytes(bytes)
}
