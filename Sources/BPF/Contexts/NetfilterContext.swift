extension ContextLayout {
  /// `struct nf_hook_state` (include/linux/netfilter.h): two bytes, then five pointers, which must be null. What may be
  /// set: `verify_and_copy_hook_state` in net/bpf/test_run.c.
  static let netfilter = ContextLayout(
    "nf_hook_state", size: 48,
    [.u8("hook", 0, settable: true, .netfilterHook), .u8("pf", 1, settable: true, .netfilterFamily)])
}

/// The context of netfilter programs, `struct nf_hook_state`: at which hook, and for which protocol. Kernels since 6.4.
public struct NetfilterContext: Sendable, Hashable {
  /// `NF_INET_PRE_ROUTING` (0) to `NF_INET_POST_ROUTING` (4). At `NF_INET_LOCAL_OUT` (3), the kernel's own choice, the
  /// packet begins with its IP header, and at any other with an Ethernet header.
  public var hook: UInt8
  /// `NFPROTO_IPV4` (2) or `NFPROTO_IPV6` (10).
  public var pf: UInt8

  public init(hook: UInt8 = 3, pf: UInt8 = 2) {
    self.hook = hook
    self.pf = pf
  }

  public init(bytes: [UInt8]) {
    self.init(
      hook: ContextLayout.netfilter.load("hook", from: bytes), pf: ContextLayout.netfilter.load("pf", from: bytes))
  }

  /// `ctx_in` of a run.
  public var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: ContextLayout.netfilter.size)
    ContextLayout.netfilter.store(hook, "hook", in: &bytes)
    ContextLayout.netfilter.store(pf, "pf", in: &bytes)
    return bytes
  }
}
