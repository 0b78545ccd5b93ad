extension ContextLayout {
  /// `struct bpf_sk_lookup` (linux/bpf.h). What may be set: `bpf_prog_test_run_sk_lookup` in net/bpf/test_run.c.
  static let skLookup = ContextLayout(
    "bpf_sk_lookup", size: 72,
    [
      .u64("cookie", 0), .u32("family", 8, settable: true, .addressFamily),
      .u32("protocol", 12, settable: true, .ipProtocol), .be32("remote_ip4", 16, settable: true),
      .be32("remote_ip6", 20, count: 4, settable: true), .be16("remote_port", 36, settable: true),
      .be32("local_ip4", 40, settable: true), .be32("local_ip6", 44, count: 4, settable: true),
      .u32("local_port", 60, settable: true), .u32("ingress_ifindex", 64),
    ])
}

/// The context of socket lookup programs, `struct bpf_sk_lookup`: who sends to whom, and after a run which socket was
/// chosen. Kernels since 5.14 run them. Ports and addresses are in host order.
public struct SKLookupContext: Sendable, Hashable {
  /// The socket that was chosen, by its cookie; 0 for none. Only a run sets it.
  public var cookie: UInt64 = 0
  /// `AF_INET` (2) or `AF_INET6` (10).
  public var family: UInt32
  /// `IPPROTO_TCP` (6) or `IPPROTO_UDP` (17).
  public var `protocol`: UInt32
  public var remoteIP4: UInt32
  /// Four words, each in host order.
  public var remoteIP6: [UInt32]
  public var remotePort: UInt16
  public var localIP4: UInt32
  /// Four words, each in host order.
  public var localIP6: [UInt32]
  public var localPort: UInt32

  public init(
    family: UInt32 = 2, protocol: UInt32 = 6, remoteIP4: UInt32 = 0, remoteIP6: [UInt32] = [0, 0, 0, 0],
    remotePort: UInt16 = 0, localIP4: UInt32 = 0, localIP6: [UInt32] = [0, 0, 0, 0], localPort: UInt32 = 0
  ) {
    self.family = family
    self.protocol = `protocol`
    self.remoteIP4 = remoteIP4
    self.remoteIP6 = remoteIP6
    self.remotePort = remotePort
    self.localIP4 = localIP4
    self.localIP6 = localIP6
    self.localPort = localPort
  }

  /// Reads `ctx_out` of a run.
  public init(bytes: [UInt8]) {
    let layout = ContextLayout.skLookup
    self.init(
      family: layout.load("family", from: bytes), protocol: layout.load("protocol", from: bytes),
      remoteIP4: layout.load("remote_ip4", from: bytes), remoteIP6: layout.loadAll("remote_ip6", from: bytes),
      remotePort: layout.load("remote_port", from: bytes), localIP4: layout.load("local_ip4", from: bytes),
      localIP6: layout.loadAll("local_ip6", from: bytes), localPort: layout.load("local_port", from: bytes))
    cookie = layout.load("cookie", from: bytes)
  }

  /// `ctx_in` of a run.
  public var bytes: [UInt8] {
    let layout = ContextLayout.skLookup
    var bytes = [UInt8](repeating: 0, count: layout.size)
    layout.store(cookie, "cookie", in: &bytes)
    layout.store(family, "family", in: &bytes)
    layout.store(`protocol`, "protocol", in: &bytes)
    layout.store(remoteIP4, "remote_ip4", in: &bytes)
    layout.storeAll(remoteIP6, "remote_ip6", in: &bytes)
    layout.store(remotePort, "remote_port", in: &bytes)
    layout.store(localIP4, "local_ip4", in: &bytes)
    layout.storeAll(localIP6, "local_ip6", in: &bytes)
    layout.store(localPort, "local_port", in: &bytes)
    return bytes
  }
}
