extension ContextLayout {
  /// `struct __sk_buff` (linux/bpf.h). What may be set: `convert___skb_to_skb` in net/bpf/test_run.c.
  static let skb = ContextLayout(
    "__sk_buff", size: 192,
    [
      .u32("len", 0), .u32("pkt_type", 4, .packetType), .u32("mark", 8, settable: true), .u32("queue_mapping", 12),
      .u32("protocol", 16), .u32("vlan_present", 20), .u32("vlan_tci", 24), .u32("vlan_proto", 28),
      .u32("priority", 32, settable: true), .u32("ingress_ifindex", 36, settable: true),
      .u32("ifindex", 40, settable: true), .u32("tc_index", 44), .u32("cb", 48, count: 5, settable: true),
      .u32("hash", 68), .u32("tc_classid", 72), .u32("data", 76), .u32("data_end", 80, settable: true),
      .u32("napi_id", 84), .u64("tstamp", 152, settable: true), .u32("wire_len", 160, settable: true),
      .u32("gso_segs", 164, settable: true), .u32("gso_size", 176, settable: true), .u8("tstamp_type", 180),
      .u64("hwtstamp", 184, settable: true),
    ])
}

/// The context of programs that run on a socket buffer: the fields of `struct __sk_buff` that a test run takes or gives.
///
/// Every kernel since 5.10 takes those up to `gso_size`; `ingress_ifindex` came with 5.14 or so, `hwtstamp` with 5.16.
public struct SKBuffContext: Sendable, Hashable {
  public var mark: UInt32
  public var priority: UInt32
  /// The interface the packet came in by, by number; 0 for none.
  public var ingressIfindex: UInt32
  /// The interface the packet is at, by number; 0 and 1 are the loopback.
  public var ifindex: UInt32
  /// The control block, five words.
  public var cb: [UInt32]
  /// Nanoseconds.
  public var tstamp: UInt64
  /// Bytes on the wire, at least the packet's own; 0 for just those.
  public var wireLen: UInt32
  public var gsoSegs: UInt32
  public var gsoSize: UInt32
  /// Nanoseconds.
  public var hwtstamp: UInt64

  public init(
    mark: UInt32 = 0, priority: UInt32 = 0, ingressIfindex: UInt32 = 0, ifindex: UInt32 = 0,
    cb: [UInt32] = [0, 0, 0, 0, 0], tstamp: UInt64 = 0, wireLen: UInt32 = 0, gsoSegs: UInt32 = 0, gsoSize: UInt32 = 0,
    hwtstamp: UInt64 = 0
  ) {
    self.mark = mark
    self.priority = priority
    self.ingressIfindex = ingressIfindex
    self.ifindex = ifindex
    self.cb = cb
    self.tstamp = tstamp
    self.wireLen = wireLen
    self.gsoSegs = gsoSegs
    self.gsoSize = gsoSize
    self.hwtstamp = hwtstamp
  }

  /// Reads `ctx_out` of a run; fields that an older kernel doesn't have are zero.
  public init(bytes: [UInt8]) {
    let layout = ContextLayout.skb
    self.init(
      mark: layout.load("mark", from: bytes), priority: layout.load("priority", from: bytes),
      ingressIfindex: layout.load("ingress_ifindex", from: bytes), ifindex: layout.load("ifindex", from: bytes),
      cb: layout.loadAll("cb", from: bytes), tstamp: layout.load("tstamp", from: bytes),
      wireLen: layout.load("wire_len", from: bytes), gsoSegs: layout.load("gso_segs", from: bytes),
      gsoSize: layout.load("gso_size", from: bytes), hwtstamp: layout.load("hwtstamp", from: bytes))
  }

  /// `ctx_in` of a run.
  public var bytes: [UInt8] {
    let layout = ContextLayout.skb
    var bytes = [UInt8](repeating: 0, count: layout.size)
    layout.store(mark, "mark", in: &bytes)
    layout.store(priority, "priority", in: &bytes)
    layout.store(ingressIfindex, "ingress_ifindex", in: &bytes)
    layout.store(ifindex, "ifindex", in: &bytes)
    layout.storeAll(cb, "cb", in: &bytes)
    layout.store(tstamp, "tstamp", in: &bytes)
    layout.store(wireLen, "wire_len", in: &bytes)
    layout.store(gsoSegs, "gso_segs", in: &bytes)
    layout.store(gsoSize, "gso_size", in: &bytes)
    layout.store(hwtstamp, "hwtstamp", in: &bytes)
    return bytes
  }
}
