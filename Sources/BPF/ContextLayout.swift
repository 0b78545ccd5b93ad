import CLibbpf

/// How a program type's context lies in memory as user space sees it: what `ctx_in` and `ctx_out` of a test run hold.
public struct ContextLayout: Sendable {
  /// A field of the struct.
  public struct Field: Sendable, Hashable {
    public var name: String
    /// Bytes from the start of the struct.
    public var offset: Int
    /// Bytes of one element.
    public var size: Int
    /// Elements; 1 for what isn't an array.
    public var count: Int
    /// Whether `BPF_PROG_TEST_RUN` takes a value from user space on some kernel: any other must be zero.
    public var isSettable: Bool
  }

  /// The C struct: `xdp_md`.
  public let name: String
  /// Bytes of the struct as this version knows it.
  public let size: Int
  public let fields: [Field]

  /// The field of that name.
  public func field(_ name: String) -> Field? { fields.first { $0.name == name } }

  /// The layout for a program type; `nil` for types whose context isn't known here.
  public static func of(_ type: BPFProgramType) -> ContextLayout? {
    switch type {
    case .xdp: xdp
    case .schedCLS, .schedACT: skb
    default: nil
    }
  }

  /// `struct xdp_md` (linux/bpf.h). What may be set: `xdp_convert_md_to_buff` in net/bpf/test_run.c.
  static let xdp: ContextLayout = {
    typealias C = xdp_md
    var table = Table<C>()
    table.add("data", \.data, settable: true)
    table.add("data_end", \.data_end, settable: true)
    table.add("data_meta", \.data_meta)
    table.add("ingress_ifindex", \.ingress_ifindex, settable: true)
    table.add("rx_queue_index", \.rx_queue_index, settable: true)
    table.add("egress_ifindex", \.egress_ifindex)
    return ContextLayout(name: "xdp_md", size: MemoryLayout<C>.size, fields: table.fields)
  }()

  /// `struct __sk_buff` (linux/bpf.h). What may be set: `convert___skb_to_skb` in net/bpf/test_run.c.
  static let skb: ContextLayout = {
    typealias C = __sk_buff
    var table = Table<C>()
    table.add("len", \.len)
    table.add("pkt_type", \.pkt_type)
    table.add("mark", \.mark, settable: true)
    table.add("queue_mapping", \.queue_mapping)
    table.add("protocol", \.protocol)
    table.add("vlan_present", \.vlan_present)
    table.add("vlan_tci", \.vlan_tci)
    table.add("vlan_proto", \.vlan_proto)
    table.add("priority", \.priority, settable: true)
    table.add("ingress_ifindex", \.ingress_ifindex, settable: true)
    table.add("ifindex", \.ifindex, settable: true)
    table.add("tc_index", \.tc_index)
    table.add("cb", \.cb, count: 5, settable: true)
    table.add("hash", \.hash)
    table.add("tc_classid", \.tc_classid)
    table.add("napi_id", \.napi_id)
    table.add("tstamp", \.tstamp, settable: true)
    table.add("wire_len", \.wire_len, settable: true)
    table.add("gso_segs", \.gso_segs, settable: true)
    table.add("gso_size", \.gso_size, settable: true)
    table.add("hwtstamp", \.hwtstamp, settable: true)
    return ContextLayout(name: "__sk_buff", size: MemoryLayout<C>.size, fields: table.fields)
  }()

  private struct Table<C> {
    var fields: [Field] = []

    mutating func add<Value>(
      _ name: String, _ path: KeyPath<C, Value>, count: Int = 1, settable: Bool = false
    ) {
      guard let offset = MemoryLayout<C>.offset(of: path) else { return }
      fields.append(
        Field(
          name: name, offset: offset, size: MemoryLayout<Value>.size / count, count: count, isSettable: settable))
    }
  }
}
