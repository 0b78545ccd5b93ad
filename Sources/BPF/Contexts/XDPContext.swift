extension ContextLayout {
  /// `struct xdp_md` (linux/bpf.h). What may be set: `xdp_convert_md_to_buff` in net/bpf/test_run.c.
  static let xdp = ContextLayout(
    "xdp_md", size: 24,
    [
      .u32("data", 0, settable: true), .u32("data_end", 4, settable: true), .u32("data_meta", 8),
      .u32("ingress_ifindex", 12, settable: true), .u32("rx_queue_index", 16, settable: true),
      .u32("egress_ifindex", 20),
    ])
}

/// The context of XDP programs, `struct xdp_md`: kernels since 5.15 take it.
public struct XDPContext: Sendable, Hashable {
  /// Bytes of metadata that the data given begins with: a multiple of 4, at most 32 before 6.1.77 or so, 252 since.
  public var data: UInt32
  /// Bytes of the data given: metadata and packet.
  public var dataEnd: UInt32
  /// The interface the packet came in by, by number; 0 for the loopback.
  public var ingressIfindex: UInt32
  /// A receive queue of `ingressIfindex`.
  public var rxQueueIndex: UInt32

  /// - Parameters:
  ///   - metadata: how many of the bytes given as data are metadata.
  ///   - length: how many bytes are given as data, those of the metadata included.
  public init(metadata: UInt32 = 0, length: UInt32, ingressIfindex: UInt32 = 0, rxQueueIndex: UInt32 = 0) {
    self.data = metadata
    self.dataEnd = length
    self.ingressIfindex = ingressIfindex
    self.rxQueueIndex = rxQueueIndex
  }

  /// Reads `ctx_out` of a run.
  public init(bytes: [UInt8]) {
    let layout = ContextLayout.xdp
    self.init(
      metadata: layout.load("data", from: bytes), length: layout.load("data_end", from: bytes),
      ingressIfindex: layout.load("ingress_ifindex", from: bytes),
      rxQueueIndex: layout.load("rx_queue_index", from: bytes))
  }

  /// `ctx_in` of a run.
  public var bytes: [UInt8] {
    let layout = ContextLayout.xdp
    var bytes = [UInt8](repeating: 0, count: layout.size)
    layout.store(data, "data", in: &bytes)
    layout.store(dataEnd, "data_end", in: &bytes)
    layout.store(ingressIfindex, "ingress_ifindex", in: &bytes)
    layout.store(rxQueueIndex, "rx_queue_index", in: &bytes)
    return bytes
  }
}
