extension TestRunOptions {
  /// Bytes by which a packet may grow in a run, at the most: an XDP program has a page (`bpf_prog_test_run_xdp`), one on a
  /// socket buffer the MTU of the loopback device, 64 KiB (`__bpf_skb_max_len` in net/core/filter.c), whatever went in.
  static let mostGrowth = 68 << 10

  /// Room for the packet that comes back of one of so many bytes, so that none is cut.
  public static func room(for packet: Int) -> Int { min(packet + mostGrowth, mostCapacity) }

  /// Asks an XDP program's context back, which alone tells how much of the data that comes back is metadata: what
  /// `bpf_xdp_adjust_meta` makes lies in front of the packet (`bpf_prog_test_run_xdp` in net/bpf/test_run.c).
  ///
  /// Kernels before 5.15 take no context; they hand back the packet alone.
  public mutating func askForXDPContext() {
    guard let data, dataOutCapacity > 0 else { return }
    if context == nil {
      guard KernelProbes.takesXDPContext else { return }
      context = XDPContext(length: UInt32(clamping: data.count)).bytes
    }
    contextOutCapacity = max(contextOutCapacity, ContextLayout.xdp.size)
  }
}

extension KernelProbes {
  /// Whether the kernel takes and gives `xdp_md` contexts, found out once. Who may not ask may not run a program either.
  static let takesXDPContext = (try? has(testRun: .xdpContext)) ?? false
}

extension BPFProgramType {
  /// How many bytes of metadata lie in front of the packet, in data that goes with this context or came with it.
  public func metadataLength(context: [UInt8]?, data: Int) -> Int {
    guard self == .xdp, let context, context.count >= 4 else { return 0 }
    return min(Int(XDPContext(bytes: context).data), data)
  }
}

extension TestRunRules {
  /// Why nothing is known of an XDP program's metadata.
  public static let missingMetadata = "this kernel hands none back from a test run, which takes xdp_md contexts (5.15)"

  /// Why an outer VLAN tag may be missing of what a test run hands back.
  public static let missingTag =
    "only the outer VLAN tag is missing: bpf_skb_vlan_push, or _pop of the outer of two, keeps it beside the packet, and no "
    + "kernel's test run puts it back; "
    + "look at what the program itself reads (skb->vlan_tci), or attach it and receive the frame"
}
