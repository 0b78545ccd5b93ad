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
  public static func has(attach kind: AttachKind) -> Bool {
    bpftest_log_install()
    switch kind {
    case .kprobe: return exists("/sys/bus/event_source/devices/kprobe/type")
    case .uprobe: return exists("/sys/bus/event_source/devices/uprobe/type")
    case .tracepoint:
      return ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"].contains { exists("\($0)/events/sched") }
    case .perfEvent: return exists("/sys/bus/event_source/devices/software/type")
    case .rawTracepoint: return has(programType: 17)
    case .kprobeMulti: return triesKprobeMulti()
    case .trace: return tries(.tracing, BPF_TRACE_FENTRY, "vfs_read")
    case .typedTracepoint: return tries(.tracing, BPF_TRACE_RAW_TP, "btf_trace_sched_process_exec")
    case .lsm: return tries(.lsm, BPF_LSM_MAC, "bpf_lsm_file_open") && KernelSecurity.isActive("bpf")
    case .iterator: return tries(.tracing, BPF_TRACE_ITER, "bpf_iter_task", attaches: false)
    }
  }

  /// Kernels before 5.18 load the program as an ordinary kprobe and refuse the link.
  private static func triesKprobeMulti() -> Bool {
    let attachType = BPF_TRACE_KPROBE_MULTI
    guard let program = SmallProgram(.kprobe, prepare: { $0.expected_attach_type = attachType }) else { return false }
    return "vfs_read".withCString { name in
      var names: UnsafePointer<CChar>? = name
      return withUnsafeMutablePointer(to: &names) { list in
        var options = bpf_link_create_opts()
        options.sz = MemoryLayout<bpf_link_create_opts>.size
        options.kprobe_multi.syms = list
        options.kprobe_multi.cnt = 1
        let link = bpf_link_create(program.descriptor, 0, attachType, &options)
        if link >= 0 { close(link) }
        return link >= 0
      }
    }
  }

  private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Loads `return 0` for a function or type of the kernel's BTF, and attaches it for a moment.
  private static func tries(
    _ type: BPFProgramType, _ attachType: bpf_attach_type, _ target: String, attaches: Bool = true
  ) -> Bool {
    guard let id = kernelTypeID(target) else { return false }
    let program = SmallProgram(type) { options in
      options.expected_attach_type = attachType
      options.attach_btf_id = id
    }
    guard let program else { return false }
    guard attaches else { return true }
    let link = bpf_raw_tracepoint_open(nil, program.descriptor)
    guard link >= 0 else { return false }
    close(link)
    return true
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
