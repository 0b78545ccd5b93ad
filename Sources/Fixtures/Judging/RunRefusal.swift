import BPF
import Glibc
import TestPlan

/// Says in words why `BPF_PROG_TEST_RUN` refused a run: the kernel says no more than an errno (net/bpf/test_run.c).
enum RunRefusal {
  static func explain(_ refusal: Refusal, step: Step, type: BPFProgramType, release: KernelRelease) -> String {
    guard refusal.errno != 0 else { return refusal.operation }
    let errno = "\(Errno.name(refusal.errno))"
    let reason = reason(refusal, step: step, type: type, release: release)
    return reason.map { "\($0) (\(errno))" } ?? "\(refusal.operation): \(errno) (\(Errno.message(refusal.errno)))"
  }

  private static func reason(
    _ refusal: Refusal, step: Step, type: BPFProgramType, release: KernelRelease
  ) -> String? {
    guard refusal.stage == .run else { return nil }
    let length = step.data?.count ?? 0
    switch refusal.errno {
    case EINVAL:
      if type == .xdp, step.context != nil || step.contextSizeOut > 0, KernelRange("<5.15")?.contains(release) == true {
        return "`xdp_md` contexts need 5.15; this kernel refuses any"
      }
      if length < 14 {
        return "the packet has \(length) bytes, and the kernel wants a whole Ethernet header of 14"
      }
      if let field = unsettable(step, type) { return "this kernel takes no value for `\(field)` of the context" }
      if type == .xdp, length > 3500 {
        return
          "the packet has \(length) bytes, more than a page has room for; a larger one needs SEC(\"xdp.frags\") and 5.18"
      }
      if type != .xdp { return tcReason(step, length) }
      return step.context == nil
        ? nil : "the kernel refuses the context: `data` to `data_end` must be the packet, and the interface must exist"
    case ENODEV: return "there is no interface of that index on this kernel"
    case Errno.notSupported, EOPNOTSUPP: return "this kernel can't run \(type) programs in a test"
    case E2BIG: return "the context has fields that this kernel doesn't know"
    case ENOMEM: return "the kernel found no memory for a packet of \(length) bytes"
    default: return nil
    }
  }

  private static func tcReason(_ step: Step, _ length: Int) -> String? {
    if length == 14 {
      return "the packet ends with its Ethernet header, and this kernel wants at least a byte behind it"
    }
    guard let bytes = step.data?.array, length > 14 else { return nil }
    let wanted: [Int: (String, Int)] = [0x0800: ("IPv4", 20), 0x86dd: ("IPv6", 40)]
    if let (name, size) = wanted[Int(bytes[12]) << 8 | Int(bytes[13])], length < 14 + size {
      return
        "the Ethernet type says \(name), and this kernel wants its whole header of \(size) bytes, not \(length - 14)"
    }
    return nil
  }

  /// A field with a value that kernels differ about.
  private static func unsettable(_ step: Step, _ type: BPFProgramType) -> String? {
    guard let context = step.context?.array, let layout = ContextLayout.of(type) else { return nil }
    // Since 5.10 there are these; each of the others came with some later kernel.
    let always = ["mark", "priority", "ifindex", "cb", "tstamp", "wire_len", "gso_segs", "gso_size"]
    return layout.fields.first { field in
      guard !always.contains(field.name), type != .xdp else { return false }
      let end = field.offset + field.size * field.count
      return end <= context.count && context[field.offset..<end].contains { $0 != 0 }
    }?.name
  }
}
