/// What the words of a log say about a refusal to load, the more telling ones first.
///
/// The words are the kernel's (kernel/bpf/verifier.c, btf.c, core.c) and libbpf's (libbpf.c, relo_core.c), which have
/// changed little between 5.10 and 7.3; where they have, each wording is here.
public enum LoadSign: CaseIterable, Sendable {
  /// A CO-RE relocation has no target.
  case relocation
  /// There is nothing to attach to.
  case attachTarget
  case kfunc
  /// The kernel has no BTF of its own types.
  case kernelBTF
  /// The kernel's BTF lacks something, or it knows no BTF.
  case btf
  case helper
  case instructionSet
  /// A `__kconfig` extern has no value.
  case kconfig

  /// The sign that a log has; `nil` when it has none.
  public init?(in log: String) {
    let end = Self.end(of: log)
    guard let found = Self.allCases.first(where: { $0.isIn(end) }) else { return nil }
    self = found
  }

  func isIn(_ log: String) -> Bool { words.contains(where: log.contains) }

  /// The kernel's own words at the end of a verifier's log, which may run to megabytes: what decides stands there. The lines
  /// of the program's source between them (`; return *kfunc_header; @ filter.bpf.c:12`) may have any words.
  static func end(of log: String) -> String {
    let bytes = log.utf8
    var end = bytes.suffix(16 << 10)
    // Half a line may be source, too.
    if end.startIndex > bytes.startIndex, let newline = end.firstIndex(of: UInt8(ascii: "\n")) {
      end = bytes[newline...]
    }
    let lines = end.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.filter { $0.first != UInt8(ascii: ";") }.map { String(decoding: $0, as: UTF8.self) }
      .joined(separator: "\n")
  }

  private var words: [String] {
    switch self {
    case .kconfig: ["failed to open system Kconfig", "extern (kcfg) 'CONFIG_", "extern 'CONFIG_"]
    case .relocation:
      [
        "<invalid CO-RE relocation>", "failed to resolve CO-RE relocation", "unknown#195896080", "unknown#0xbad2310",
        "no matching targets found",
      ]
    case .attachTarget:
      [
        "failed to find kernel BTF type ID of", "attach_btf_id", "is not attachable", "no attach point",
        "failed to find BTF info for attach", "doesn't have an attach target", "Attach to unsupported member",
      ]
    case .kfunc:
      [
        "extern (func ksym)", "<invalid kfunc call>", "calling kernel function", "kernel function call",
        "BPF_CALL uses reserved fields", "cannot find address for kernel function", "is not a kernel function",
        "metadata kfuncs require", "destructive kfunc calls require", "call sleepable kfunc", "kfunc offset",
        "rcu tag support for kfunc",
      ]
    case .kernelBTF: ["failed to find valid kernel BTF", "Error loading vmlinux BTF", "kernel BTF is missing"]
    case .btf:
      [
        "btf_vmlinux is malformed", "in-kernel BTF is malformed", "extern (var ksym)", "kernel doesn't support BTF",
        "BTF is required",
      ]
    case .helper:
      [
        "unknown func ", "invalid func ", "program of this type cannot use helper",
        "cannot call GPL-restricted function", "helper call is not allowed", "helper call might sleep",
        "function access is denied",
        // A callback, to a kernel that knows none.
        "number of funcs in func_info doesn't match",
      ]
    case .instructionSet:
      [
        "unknown opcode", "uses reserved fields", "invalid atomic opcode", "uses invalid atomic",
        "unrecognized bpf_ld_imm64", "invalid BPF_LD_IMM", "unknown insn class", "atomic instructions",
      ]
    }
  }
}
