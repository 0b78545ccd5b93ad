extension LoadMessage {
  /// Every message that tells a cause, the more telling ones first. To know another one is a row here, and a program that
  /// provokes it in `Tests/IntegrationTests/Rejections`.
  ///
  /// The words are the kernel's (kernel/bpf/verifier.c, btf.c, core.c, trampoline.c) and libbpf's (libbpf.c, relo_core.c),
  /// which have changed little between 5.10 and 7.3; where they have, each wording is here.
  static let all: [LoadMessage] =
    relocations + variables + configuration + attaching + kfuncs + helpers + types + instructions

  private static let relocations = [
    // libbpf leaves a call of no helper (0xbad2310) where a relocation has no target.
    LoadMessage(
      "<invalid CO-RE relocation>", "failed to resolve CO-RE relocation", "unknown#195896080", "unknown#0xbad2310",
      "no matching targets found", cause: .core
    ) { _ in
      "a type or field that the program reads isn't in this kernel: guard it with bpf_core_field_exists()"
    }
  ]

  private static let variables = [
    LoadMessage("extern (var ksym) '", cause: .btf) { line in
      let name = line.word(after: "extern (var ksym) '") ?? "that name"
      return line.text.contains("incompatible")
        ? "the kernel's `\(name)` is of another type than the program declares it with"
        : "the kernel's BTF has no variable `\(name)`: declare it __weak and see whether its address is 0"
    },
    LoadMessage("failed to find the address for kernel symbol", "failed to find kernel symbol", cause: .btf) { line in
      line.word(after: "symbol '").map { "the kernel shows no address of `\($0)`: declare it __weak" }
    },
    LoadMessage(
      "failed to find valid kernel BTF", "Error loading vmlinux BTF", "kernel BTF is missing",
      "vmlinux BTF is not found", cause: .btf
    ) { _ in
      "the kernel has no BTF of its own types (CONFIG_DEBUG_INFO_BTF), which this program needs"
    },
    LoadMessage(
      "btf_vmlinux is malformed", "in-kernel BTF is malformed", "kernel doesn't support BTF", "BTF is required",
      cause: .btf),
  ]

  private static let configuration = [
    LoadMessage("failed to open system Kconfig", cause: .kconfig) { _ in
      "this kernel doesn't show its configuration (neither /proc/config.gz nor a config in /boot): say what the program reads of it, `kconfig: { CONFIG_HZ: 250 }`"
    },
    LoadMessage("extern (kcfg) '", "parsing in-memory Kconfig", "extern 'CONFIG_", "extern 'LINUX_", cause: .kconfig) {
      line in
      guard let name = line.word(after: "extern '") else {
        return "the option has a value of another type than the program declares it with"
      }
      return
        "this kernel's configuration doesn't set \(name): declare it __weak, or give it, such as `kconfig: { \(name): y }`"
    },
    // After those of the configuration, since libbpf says the same of both.
    LoadMessage("(strong): not resolved", cause: .btf) { line in
      line.word(after: "extern '").map { "the kernel has no symbol `\($0)`: declare it __weak and see whether it is 0" }
    },
  ]

  private static let attaching = [
    LoadMessage("failed to find kernel BTF type ID of '", cause: .attachTarget) { line in
      line.word(after: "type ID of '").map {
        "this kernel has no `\($0)` to attach to: it may be inlined, called otherwise, or in a module that isn't loaded"
      }
    },
    LoadMessage("attach target is specified", "doesn't have an attach target", cause: .attachTarget) { _ in
      "the section doesn't say what the program attaches to: name it there (`SEC(\"fentry/NAME\")`), or in the test (`attach: [ { program: …, to: { function: NAME } } ]`; in Swift `setAttachTarget()`), which is set before the load"
    },
    LoadMessage("is not modifiable", cause: .attachTarget) { _ in
      "fmod_ret changes functions that the kernel marks for error injection or as security hooks, and no others"
    },
    LoadMessage("attach to unsupported member", cause: .attachTarget) { line in
      line.word(after: "unsupported member ").map {
        "the kernel calls no BPF program for `\($0)`, though it does for other members of that struct"
      }
    },
    LoadMessage("is not a supported struct", cause: .attachTarget) { _ in
      "no `SEC(\".struct_ops\")` map of the object names this program, or the kernel has no such struct of operations"
    },
    // libbpf looks for the type that the kernel keeps such a struct in.
    LoadMessage("struct bpf_struct_ops_", cause: .attachTarget) { line in
      line.word(after: "struct bpf_struct_ops_").map {
        "this kernel has a `struct \($0)`, and lets no BPF program implement it"
      }
    },
    LoadMessage("struct_ops init_kern: struct ", cause: .btf) { line in
      line.word(after: "init_kern: struct ").map {
        "this kernel has no `struct \($0)`: it is older, or built without it, or it is in a module that isn't loaded"
      }
    },
    LoadMessage("struct_ops init_kern", "struct_ops reloc", cause: .btf),
    // "%s is not sleepable"; what must be sleepable to call something stands with the kfuncs.
    LoadMessage(" is not sleepable", cause: .attachTarget) { line in
      line.word(before: " is not sleepable").map {
        "`\($0)` is called where nothing may sleep: leave out the `.s` of the section"
      }
    },
    LoadMessage(
      "attach_btf_id", "is not attachable", "no attach point", "failed to find BTF info for attach",
      "can't be attached", "__noreturn function", "The address of function ", "Can't attach to", "Cannot replace ",
      "Subprog %s doesn't exist", "FENTRY/FEXIT program can only", "Attaching tracing programs", cause: .attachTarget),
  ]

  private static let kfuncs = [
    LoadMessage("cannot call kernel function from non-GPL", cause: .kfunc) { _ in gpl },
    LoadMessage("extern (func ksym) '", cause: .kfunc) { line in
      guard let name = line.word(after: "extern (func ksym) '") else { return nil }
      return line.text.contains("incompatible")
        ? "this kernel's `\(name)` takes or returns something else than the program declares (its types must be whole ones, as vmlinux.h has them)"
        : "this kernel has no kfunc `\(name)`: declare it __weak and guard it with bpf_ksym_exists()"
    },
    LoadMessage("calling kernel function", cause: .kfunc) { "\($0.kind) may not call this kfunc" },
    LoadMessage("to call sleepable kfunc", "sleepable kfunc ", "is sleepable within", cause: .kfunc) { _ in
      "the kfunc may sleep: only programs of a section that ends with `.s` may call it, and not under a lock"
    },
    LoadMessage("metadata kfuncs require", cause: .kfunc) { _ in
      "the kfunc asks the device that the program is loaded for: a test run has none"
    },
    LoadMessage(
      "<invalid kfunc call>", "kernel function call", "BPF_CALL uses reserved fields",
      "cannot find address for kernel function", "is not a kernel function", "destructive kfunc calls require",
      "rcu tag support for kfunc", cause: .kfunc),
  ]

  private static let helpers = [
    LoadMessage("program of this type cannot use helper ", cause: .helper) { line in
      line.word(after: "cannot use helper ").map { "\(line.kind) may not call \($0)\(lockdown($0))" }
    },
    LoadMessage("unknown func ", "invalid func ", cause: .helper) { line in
      (line.word(after: "unknown func ") ?? line.word(after: "invalid func ")).map {
        "this kernel doesn't know helper \(named($0)), or not for \(line.kind)\(lockdown($0))"
      }
    },
    // check_btf_func: what looks like a function too many to a kernel that knows no BPF_PSEUDO_FUNC.
    LoadMessage("number of funcs in func_info doesn't match", cause: .helper) { _ in
      "this kernel takes no function as an argument, as helpers such as bpf_loop() and bpf_for_each_map_elem() have them since 5.13"
    },
    LoadMessage("cannot call GPL-restricted function", cause: .helper) { _ in gpl },
    LoadMessage("helper call might sleep", "in non-sleepable prog", cause: .helper) { _ in
      "the helper may sleep: only programs of a section that ends with `.s` may call it"
    },
    LoadMessage("helper call is not allowed", "function access is denied", cause: .helper),
  ]

  private static let types = [
    LoadMessage("programs can be sleepable", cause: .programType) { line in
      "this kernel has no \(line.kind) that may sleep: leave out the `.s` of the section"
    },
    LoadMessage("programs can only be sleepable", cause: .programType),
    LoadMessage(
      "Sleepable programs can only use", "programs can only use preallocated", cause: .mapType),
  ]

  private static let instructions = [
    LoadMessage(
      "unknown opcode", "uses reserved fields", "invalid atomic opcode", "uses invalid atomic",
      "unrecognized bpf_ld_imm64", "invalid BPF_LD_IMM", "unknown insn class", cause: .instructionSet
    ) { NewerInstruction.advice($0.refusal) }
  ]

  private static let gpl = "the function is for programs under the GPL: char LICENSE[] SEC(\"license\") = \"GPL\";"

  /// A kernel that doesn't know a helper knows it by its number alone: `unknown#181` is `bpf_loop#181`.
  private static func named(_ helper: String) -> String {
    guard helper.hasPrefix("unknown#"), let id = UInt32(helper.dropFirst(8)) else { return helper }
    return "\(HelperNames.name(of: id))#\(id)"
  }

  /// Helpers that a locked-down kernel hides (`security_locked_down` in kernel/bpf/helpers.c and kernel/trace/bpf_trace.c).
  private static func lockdown(_ helper: String) -> String {
    ["bpf_probe_read", "bpf_probe_write_user"].contains { helper.hasPrefix($0) }
      ? " (a kernel under lockdown hides it from all programs)" : ""
  }
}
