import CBPFShims
import CLibbpf
import Glibc

/// A way of attaching programs that a kernel, or what is mounted on a machine, may lack.
public enum AttachKind: String, Hashable, Sendable, CaseIterable {
  case kprobe, uprobe, tracepoint
  /// kprobe.multi, since 5.18.
  case kprobeMulti = "kprobe_multi"
  case rawTracepoint = "raw_tracepoint"
  case perfEvent = "perf_event"
  /// fentry, fexit and fmod_ret of kernel functions: needs BPF trampolines.
  case trace = "fentry"
  case typedTracepoint = "tp_btf"
  /// A BPF LSM that is among the active ones.
  case lsm
  case iterator = "iter"
}

extension KernelProbes {
  /// Whether programs can be attached in that way. Tried, where trying costs little; what has a file is looked up.
  public static func has(attach kind: AttachKind) throws(BPFError) -> Bool {
    bpftest_log_install()
    let devices = "/sys/bus/event_source/devices"
    switch kind {
    case .kprobe: return try exists(["\(devices)/kprobe/type"], kind)
    case .uprobe: return try exists(["\(devices)/uprobe/type"], kind)
    case .tracepoint:
      return try exists(["/sys/kernel/tracing/events/sched", "/sys/kernel/debug/tracing/events/sched"], kind)
    case .perfEvent: return try exists(["\(devices)/software/type"], kind)
    case .rawTracepoint: return try has(programType: 17)
    case .kprobeMulti: return try answer(kind) { () throws(BPFError) in try tryKprobeMulti() }
    case .trace: return try tries(kind, .tracing, BPF_TRACE_FENTRY, "vfs_read")
    case .typedTracepoint: return try tries(kind, .tracing, BPF_TRACE_RAW_TP, "btf_trace_sched_process_exec")
    case .lsm: return try tries(kind, .lsm, BPF_LSM_MAC, "bpf_lsm_file_open") && KernelSecurity.isActive("bpf")
    case .iterator: return try tries(kind, .tracing, BPF_TRACE_ITER, "bpf_iter_task", attaches: false)
    }
  }

  private static func what(_ kind: AttachKind) -> String { "a way to attach \(kind.rawValue) programs" }

  /// Whether something could be done that throws what the kernel refused it with.
  private static func answer(_ kind: AttachKind, _ body: () throws(BPFError) -> Void) throws(BPFError) -> Bool {
    do {
      try body()
      return true
    } catch {
      return try Privilege.absent(what(kind), errno: error.errno)
    }
  }

  /// Kernels before 5.18 load the program as an ordinary kprobe and refuse the link.
  private static func tryKprobeMulti() throws(BPFError) {
    let attachType = BPF_TRACE_KPROBE_MULTI
    let program = try SmallProgram(.kprobe, prepare: { $0.expected_attach_type = attachType })
    let link = "vfs_read".withCString { name in
      var names: UnsafePointer<CChar>? = name
      return withUnsafeMutablePointer(to: &names) { list in
        var options = bpf_link_create_opts()
        options.sz = MemoryLayout<bpf_link_create_opts>.size
        options.kprobe_multi.syms = list
        options.kprobe_multi.cnt = 1
        return bpf_link_create(program.descriptor, 0, attachType, &options)
      }
    }
    try close(link: link)
  }

  private static func close(link: Int32) throws(BPFError) {
    guard link >= 0 else { throw BPFError(.kernel, errno: -link, operation: "attaching a program of two instructions") }
    Glibc.close(link)
  }

  /// Whether one of the files is there.
  private static func exists(_ paths: [String], _ kind: AttachKind) throws(BPFError) -> Bool {
    var refused: Int32 = 0
    for path in paths {
      if access(path, F_OK) == 0 { return true }
      if Privilege.isRefusal(errno) { refused = errno }
    }
    return try Privilege.absent(what(kind), errno: refused)
  }

  /// Loads `return 0` for a function or type of the kernel's BTF, and attaches it for a moment.
  private static func tries(
    _ kind: AttachKind, _ type: BPFProgramType, _ attachType: bpf_attach_type, _ target: String, attaches: Bool = true
  ) throws(BPFError) -> Bool {
    guard let id = kernelTypeID(target) else {
      try needBTF(for: what(kind))
      return false
    }
    return try answer(kind) { () throws(BPFError) in
      let program = try SmallProgram(type) { options in
        options.expected_attach_type = attachType
        options.attach_btf_id = id
      }
      if attaches { try close(link: bpf_raw_tracepoint_open(nil, program.descriptor)) }
    }
  }
}

/// The kernel's security modules.
enum KernelSecurity {
  /// Whether a module is among the active ones; where the list can't be seen, it is taken to be.
  static func isActive(_ module: String) -> Bool {
    guard let list = readFile("/sys/kernel/security/lsm") else { return true }
    return String(decoding: list, as: UTF8.self).split { $0 == "," || $0 == "\n" }.contains { $0 == module }
  }
}
