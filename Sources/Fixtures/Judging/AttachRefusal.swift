import BPF
import Glibc
import Results
import TestPlan

/// Says why a program could not be attached.
enum AttachRefusal {
  static func cause(of refusal: Refusal) -> Cause? {
    switch refusal.errno {
    case EPERM, EACCES: .permission
    case ENOMEM, EMFILE, ENFILE, ENOSPC, EAGAIN: .resources
    case ENOENT, ESRCH, EADDRNOTAVAIL, ENODEV, EINVAL, EILSEQ, ERANGE: .attachTarget
    case EOPNOTSUPP, Errno.notSupported: .programType
    default: nil
    }
  }

  /// The errno by name, what libbpf says, and what to do about it.
  static func explain(_ refusal: Refusal) -> String {
    guard refusal.errno != 0 else { return refusal.operation }
    let words = "\(refusal.operation): \(Errno.name(refusal.errno)) (\(Errno.message(refusal.errno)))"
    return advice(refusal).map { "\(words); \($0)" } ?? words
  }

  private static func advice(_ refusal: Refusal) -> String? {
    // What libbpf tries when the kernel offers no perf events of that kind is the tracefs of old.
    if refusal.operation.contains("legacy kprobe event") || refusal.operation.contains("legacy uprobe event") {
      return "this machine has no probes for it, nor a tracefs to make them by: a micro-VM has both (`--kernel ID`)"
    }
    if refusal.operation.contains("failed to determine tracepoint") {
      return "the kernel has no such tracepoint, or its tracefs isn't mounted here: a micro-VM's is (`--kernel ID`)"
    }
    return switch refusal.errno {
    case EPERM, EACCES:
      "this kernel is locked down, or the process lacks privileges: run it in a micro-VM (`--kernel ID`)"
    // Drivers', such as veth_xdp_set of drivers/net/veth.c.
    case ERANGE:
      "the interface's MTU is more than one page holds: only programs that take fragments go there (`SEC(\"xdp.frags\")`), or give it and its peer a smaller `mtu`"
    case ENOENT, ESRCH, EADDRNOTAVAIL: "the kernel has nothing of that name to attach to"
    case EOPNOTSUPP, Errno.notSupported:
      "the section doesn't say what to attach to (write `attach: [ { program: …, to: … } ]`), or the kernel can't"
    default: nil
    }
  }
}
