import CLibbpf
import Glibc

extension KernelProbes {
  /// Whether the kernel has a kfunc of that name: a function of its own that BPF programs may call.
  ///
  /// Kernels since 6.10 say which are by a declaration tag in their BTF (Documentation/bpf/kfuncs.rst). Of others, where a
  /// function is all that BTF has, small programs of several types try to call it; of their modules' functions nothing
  /// more is known than that they are there.
  public static func has(kfunc name: String) throws(BPFError) -> Bool {
    if let id = kernelTypeID(name, kinds: [.function]) {
      return taggedKfuncs.isEmpty ? try canCall(function: id, "kfunc \(name)") : taggedKfuncs.contains(id)
    }
    try needBTF(for: "kfunc \(name)")
    return isModules(kfunc: name)
  }

  /// Functions of the kernel itself with the tag `bpf_kfunc`.
  private static let taggedKfuncs: Set<UInt32> = libbpfBTF.pointer.map { tagged(in: $0, from: 1) } ?? []

  /// Whether a loaded module has it.
  private static func isModules(kfunc name: String) -> Bool {
    guard let base = libbpfBTF.pointer else { return false }
    for module in folderNames("/sys/kernel/btf") ?? [] where module != "vmlinux" {
      guard let btf = btf__load_module_btf(module, base) else { continue }
      defer { btf__free(btf) }
      let id = btf__find_by_name_kind(btf, name, BTFKindNumber.function.rawValue)
      guard id > 0 else { continue }
      if taggedKfuncs.isEmpty || tagged(in: btf, from: btf__type_cnt(base)).contains(UInt32(id)) { return true }
    }
    return false
  }

  private static func tagged(in btf: OpaquePointer, from first: UInt32) -> Set<UInt32> {
    var found: Set<UInt32> = []
    for id in first..<max(first, btf__type_cnt(btf)) {
      guard let type = btf__type_by_id(btf, id),
        BTFKindNumber(rawValue: type.pointee.info >> 24 & 0x1f) == .declarationTag,
        let name = btf__name_by_offset(btf, type.pointee.name_off), strcmp(name, "bpf_kfunc") == 0
      else { continue }
      found.insert(type.pointee.type)
    }
    return found
  }

  /// Whether the verifier lets programs of some type call a function of the kernel's BTF. What it says of the arguments,
  /// of which there are none, comes after that (kernel/bpf/verifier.c: `add_kfunc_call`, `check_kfunc_call`).
  private static func canCall(function id: UInt32, _ what: String) throws(BPFError) -> Bool {
    // call, with BPF_PSEUDO_KFUNC_CALL (2) as the source register; exit
    let instructions: [UInt64] = [UInt64(id) << 32 | 2 << 12 | 0x85, 0x95]
    let refusals = [
      // Kernels before 5.13 know no kfuncs.
      "reserved fields", "is not allowed", "not supported", "is not a function", "cannot find address", "JIT",
    ]
    var silent: Int32 = 0
    for (type, prepare) in kfuncCallers {
      guard let (words, errno) = SmallProgram.objection(type, instructions, prepare: prepare) else { return true }
      if words.isEmpty {
        if Privilege.isRefusal(errno) { silent = errno }
      } else if !refusals.contains(where: words.contains) {
        return true
      }
    }
    return try Privilege.absent(what, errno: silent)
  }

  private typealias Preparation = (inout bpf_prog_load_opts) -> Void

  /// One type of programs for each set of kfuncs (kernel/bpf/btf.c: `bpf_prog_type_to_kfunc_hook`).
  private static var kfuncCallers: [(BPFProgramType, Preparation)] {
    let types: [BPFProgramType] = [
      .xdp, .schedCLS, .cgroupSKB, .socketFilter, .lwtIn, .skSKB, .kprobe, .syscall, .netfilter,
    ]
    var callers: [(BPFProgramType, Preparation)] = types.map { type in (type, { $0.setNeeds(of: type) }) }
    func add(_ type: BPFProgramType, _ attachType: UInt32, of target: UInt32) {
      let prepare: Preparation = { options in
        options.expected_attach_type = bpf_attach_type(rawValue: attachType)
        options.attach_btf_id = target
      }
      callers.append((type, prepare))
    }
    if let tracepoint = kernelTypeID("btf_trace_sys_enter") {
      add(.tracing, BPF_TRACE_RAW_TP.rawValue, of: tracepoint)
    }
    if let operations = kernelTypeID("tcp_congestion_ops", kinds: [.structure]),
      let member = member("ssthresh", of: operations)
    {
      add(.structOps, member, of: operations)
    }
    return callers
  }

  /// The number of a struct's member.
  private static func member(_ name: String, of type: UInt32) -> UInt32? {
    guard let btf = libbpfBTF.pointer, let record = btf__type_by_id(btf, type) else { return nil }
    let count = Int(record.pointee.info & 0xffff)
    let members = UnsafeRawPointer(record + 1).assumingMemoryBound(to: btf_member.self)
    return (0..<count).first { index in
      btf__name_by_offset(btf, members[index].name_off).map { strcmp($0, name) == 0 } ?? false
    }.map { UInt32($0) }
  }
}
