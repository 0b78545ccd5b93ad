extension ContextLayout {
  /// `struct bpf_flow_keys` (linux/bpf.h). Only `flags` may be set: `verify_user_bpf_flow_keys` in net/bpf/test_run.c.
  public static let flowKeys = ContextLayout(
    "bpf_flow_keys", size: 56,
    [
      .u16("nhoff", 0), .u16("thoff", 2), .u16("addr_proto", 4, .etherType), .u8("is_frag", 6), .u8("is_first_frag", 7),
      .u8("is_encap", 8), .u8("ip_proto", 9, .ipProtocol), .be16("n_proto", 10, .etherType), .be16("sport", 12),
      .be16("dport", 14), .be32("ipv4_src", 16), .be32("ipv4_dst", 20), .be32("ipv6_src", 16, count: 4),
      .be32("ipv6_dst", 32, count: 4), .u32("flags", 48, settable: true, .flowFlags), .be32("flow_label", 52),
    ])
}

/// What a flow dissector found, `struct bpf_flow_keys`: the data that comes back from its test run, and as context the
/// `flags` that it is to heed. All numbers are in host order.
public struct FlowKeys: Sendable, Hashable {
  /// Where the network header begins, in bytes.
  public var nhoff: UInt16
  /// Where the transport header begins, in bytes.
  public var thoff: UInt16
  /// The EtherType of the addresses.
  public var addrProto: UInt16
  public var isFrag: Bool
  public var isFirstFrag: Bool
  public var isEncap: Bool
  public var ipProto: UInt8
  /// The EtherType of the packet.
  public var nProto: UInt16
  public var sport: UInt16
  public var dport: UInt16
  /// Sixteen bytes in the order of the wire; of IPv4 the first four.
  public var source: [UInt8]
  /// Sixteen bytes in the order of the wire; of IPv4 the first four.
  public var destination: [UInt8]
  /// `BPF_FLOW_DISSECTOR_F_*`.
  public var flags: UInt32
  public var flowLabel: UInt32

  /// Keys of nothing, with the flags that a dissector is to heed.
  public init(flags: UInt32 = 0) {
    self.init(bytes: [])
    self.flags = flags
  }

  /// Reads what came back as data.
  public init(bytes: [UInt8]) {
    let layout = ContextLayout.flowKeys
    func flag(_ name: String) -> Bool { (layout.load(name, from: bytes) as UInt8) != 0 }
    nhoff = layout.load("nhoff", from: bytes)
    thoff = layout.load("thoff", from: bytes)
    addrProto = layout.load("addr_proto", from: bytes)
    isFrag = flag("is_frag")
    isFirstFrag = flag("is_first_frag")
    isEncap = flag("is_encap")
    ipProto = layout.load("ip_proto", from: bytes)
    nProto = layout.load("n_proto", from: bytes)
    sport = layout.load("sport", from: bytes)
    dport = layout.load("dport", from: bytes)
    // IPv4 addresses stand side by side, in the place of the first half of an IPv6 address.
    let isIPv4 = addrProto == 0x0800
    func address(_ name: String) -> [UInt8] {
      guard let field = layout.field(name), field.offset + field.size * field.count <= bytes.count else { return [] }
      return Array(bytes[field.offset..<(field.offset + field.size * field.count)])
    }
    func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: 16 - bytes.count) }
    source = padded(address(isIPv4 ? "ipv4_src" : "ipv6_src"))
    destination = padded(address(isIPv4 ? "ipv4_dst" : "ipv6_dst"))
    flags = layout.load("flags", from: bytes)
    flowLabel = layout.load("flow_label", from: bytes)
  }

  /// The struct's bytes. As `ctx_in` of a run only `flags` may be other than zero.
  public var bytes: [UInt8] {
    let layout = ContextLayout.flowKeys
    var bytes = [UInt8](repeating: 0, count: layout.size)
    layout.store(nhoff, "nhoff", in: &bytes)
    layout.store(thoff, "thoff", in: &bytes)
    layout.store(addrProto, "addr_proto", in: &bytes)
    layout.store(isFrag ? 1 : 0, "is_frag", in: &bytes)
    layout.store(isFirstFrag ? 1 : 0, "is_first_frag", in: &bytes)
    layout.store(isEncap ? 1 : 0, "is_encap", in: &bytes)
    layout.store(ipProto, "ip_proto", in: &bytes)
    layout.store(nProto, "n_proto", in: &bytes)
    layout.store(sport, "sport", in: &bytes)
    layout.store(dport, "dport", in: &bytes)
    let width = addrProto == 0x0800 ? 4 : 16
    for (index, byte) in (source.prefix(width) + destination.prefix(width)).enumerated() where index < 32 {
      bytes[16 + index] = byte
    }
    layout.store(flags, "flags", in: &bytes)
    layout.store(flowLabel, "flow_label", in: &bytes)
    return bytes
  }
}
