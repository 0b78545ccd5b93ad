import BPF
import TestPlan

/// Devices of a test's network: `.veth(try DeviceEnd("v0", "10.0.0.1/24"), peer: try DeviceEnd("v1", namespace: "far"))`.
extension NetworkDevice {
  /// Two ends; what is sent into one is received by the other.
  public static func veth(_ end: DeviceEnd, peer: DeviceEnd) -> NetworkDevice {
    NetworkDevice(kind: .veth, end: end, peer: peer)
  }

  /// A device that swallows what is sent.
  public static func dummy(_ end: DeviceEnd) -> NetworkDevice { NetworkDevice(kind: .dummy, end: end) }
}

extension DeviceEnd {
  /// A device by its name and its addresses with their prefixes, such as `10.0.0.1/24`. `mac` is written as usual; one in
  /// a `namespace` is outside of the test's own, see `TestEnvironment.inNamespace`.
  public init(
    _ name: String, _ addresses: String..., mac: String? = nil, mtu: UInt32? = nil, namespace: String? = nil
  ) throws {
    func wrong(_ what: String, _ example: String) -> BPFError {
      BPFError(.badArgument, operation: "device `\(name)`", detail: "`\(what)` can't be read; write \(example)")
    }
    self.init(
      name: name,
      addresses: try addresses.map { text in
        guard let (bytes, length) = Address.withPrefix(text) else { throw wrong(text, "10.0.0.1/24 or fd00::1/64") }
        return InterfaceAddress(bytes: Bytes(bytes), prefixLength: length)
      },
      mac: try mac.map { text in
        guard let bytes = Address.mac(text) else { throw wrong(text, "02:00:00:00:00:01") }
        return Bytes(bytes)
      }, mtu: mtu, namespace: namespace)
  }
}
