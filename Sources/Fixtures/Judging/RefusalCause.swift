import Glibc
import Results
import TestPlan

extension Refusal {
  /// What a refusal to load comes from, by the words of the verifier and of libbpf and, where both are silent, by errno.
  ///
  /// The order matters: a CO-RE relocation without a target reaches the verifier as a call of an unknown helper.
  var cause: Cause? {
    Self.rules.first { $0.applies(to: self) }?.cause ?? (verifierLog.isEmpty ? silentCause : .verifier)
  }

  private struct Rule {
    var cause: Cause
    var verifier: [String] = []
    var libbpf: [String] = []

    func applies(to refusal: Refusal) -> Bool {
      verifier.contains { refusal.verifierLog.contains($0) } || libbpf.contains { refusal.libbpfLog.contains($0) }
    }
  }

  private static let rules = [
    // libbpf poisons the instruction with a call of helper 0xbad2310 (relo_core.c: bpf_core_poison_insn) and, from 0.8,
    // says so in place of the verifier's words (libbpf.c: fixup_log_failed_core_relo).
    Rule(cause: .core, verifier: ["invalid CO-RE relocation", "195896080", "unrecognized_insn#195896080"]),
    // libbpf.c: bpf_object__resolve_ksym_func_btf_id; kernel/bpf/verifier.c: fetch_kfunc_meta, add_kfunc_call.
    Rule(
      cause: .kfunc,
      verifier: [
        "calling kernel function", "kernel function call", "cannot find address for kernel function", "unknown kfunc",
      ],
      libbpf: ["extern (func ksym)", "kernel function btf"]),
    // kernel/bpf/verifier.c: check_helper_call.
    Rule(
      cause: .helper,
      verifier: [
        "unknown func ", "invalid func ", "cannot use helper", "cannot call helper", "helper call is not allowed",
      ]),
    // kernel/bpf/verifier.c: resolve_pseudo_ldimm64, do_check_insn; JITs that lack an instruction.
    Rule(
      cause: .instructionSet,
      verifier: ["unknown opcode", "uses reserved fields", "invalid BPF_ATOMIC", "unknown insn class", "BPF_ATOMIC"]),
    // libbpf.c: libbpf_find_attach_btf_id, libbpf_prepare_prog_load.
    Rule(
      cause: .attachTarget,
      verifier: ["can only be attached", "is not modifiable", "attach_btf_id", "Tracing programs must provide btf_id"],
      libbpf: ["failed to find kernel BTF type ID of", "attach target", "not supported by the kernel: attach"]),
    Rule(
      cause: .btf,
      libbpf: [
        "kernel BTF is missing", "failed to find valid kernel BTF", "Error loading vmlinux BTF", "Error loading BTF",
        "BTF is required, but is missing",
      ]),
  ]

  private var silentCause: Cause? {
    switch errno {
    case EPERM, EACCES: .permission
    case ENOMEM, E2BIG, ENOSPC, EMFILE, ENFILE, EAGAIN: .resources
    // A map or program type that a kernel doesn't know is EINVAL to it (kernel/bpf/syscall.c: find_prog_type, map_create).
    case EINVAL where map != nil: .mapType
    case EINVAL where program != nil: .programType
    default: nil
    }
  }
}
