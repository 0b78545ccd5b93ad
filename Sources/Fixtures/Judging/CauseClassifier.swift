import BPF
import Glibc
import Results
import TestPlan

/// Finds out from errno and logs what a refusal to load comes from.
///
/// The words are the kernel's (kernel/bpf/verifier.c, btf.c, core.c) and libbpf's (libbpf.c, relo_core.c), which have
/// changed little between 5.10 and 7.3; where they have, each wording has its row.
enum CauseClassifier {
  /// Words that decide, the more telling ones first.
  private static let signs: [(cause: Cause, words: [String])] = [
    (
      .core,
      [
        "<invalid CO-RE relocation>", "failed to resolve CO-RE relocation", "unknown#195896080", "unknown#0xbad2310",
        "no matching targets found",
      ]
    ),
    (
      .attachTarget,
      [
        "failed to find kernel BTF type ID of", "attach_btf_id", "is not attachable", "no attach point",
        "failed to find BTF info for attach", "doesn't have an attach target", "Attach to unsupported member",
      ]
    ),
    (
      .kfunc,
      [
        "extern (func ksym)", "<invalid kfunc call>", "calling kernel function", "kernel function call",
        "BPF_CALL uses reserved fields", "cannot find address for kernel function", "is not a kernel function",
        "kfunc", "calling kernel functions",
      ]
    ),
    (
      .btf,
      [
        "failed to find valid kernel BTF", "Error loading vmlinux BTF", "kernel BTF is missing",
        "btf_vmlinux is malformed",
        "in-kernel BTF is malformed", "extern (var ksym)", "kernel doesn't support BTF", "BTF is required",
      ]
    ),
    (
      .helper,
      [
        "unknown func ", "invalid func ", "program of this type cannot use helper",
        "cannot call GPL-restricted function",
        "helper call is not allowed", "helper call might sleep", "function access is denied",
        // A callback, to a kernel that knows none.
        "number of funcs in func_info doesn't match",
      ]
    ),
    (
      .instructionSet,
      [
        "unknown opcode", "uses reserved fields", "invalid atomic opcode", "uses invalid atomic",
        "unrecognized bpf_ld_imm64",
        "invalid BPF_LD_IMM", "unknown insn class", "atomic instructions",
      ]
    ),
  ]

  /// The cause, `nil` when nothing tells.
  static func cause(of refusal: Refusal) -> Cause? {
    if refusal.map != nil, refusal.verifierLog.isEmpty { return mapCause(refusal.errno) }
    for text in [refusal.verifierLog, refusal.libbpfLog] where !text.isEmpty {
      // A verifier's log may run to megabytes, and what decides stands at its end.
      let end = String(decoding: text.utf8.suffix(16 << 10), as: UTF8.self)
      for sign in signs where sign.words.contains(where: end.contains) { return sign.cause }
    }
    if !refusal.verifierLog.isEmpty { return .verifier }
    switch refusal.errno {
    case EPERM, EACCES: return .permission
    case ENOMEM, E2BIG, ENOSPC, EMFILE, ENFILE, EAGAIN: return .resources
    // Without a log the kernel has not come as far as the verifier: it doesn't know the type, or how it is to be attached.
    // Had libbpf given up before, its warning would speak of something else.
    case EINVAL, EOPNOTSUPP, Errno.notSupported:
      return refusal.libbpfLog.isEmpty || refusal.libbpfLog.contains("program load failed") ? .programType : nil
    case ESRCH, ENOENT: return .attachTarget
    default: return nil
    }
  }

  private static func mapCause(_ errno: Int32) -> Cause {
    switch errno {
    case EPERM, EACCES: .permission
    case ENOMEM, EMFILE, ENFILE, EAGAIN: .resources
    default: .mapType
    }
  }

  /// The cause of a skip.
  static func cause(of requirement: Requirement) -> Cause {
    switch requirement {
    case .helper: .helper
    case .kfunc: .kfunc
    case .programType, .testRun: .programType
    case .mapType: .mapType
    case .btf: .btf
    case .attach, .device: .attachTarget
    case .interpreter: .kernel
    }
  }
}
