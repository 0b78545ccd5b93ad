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
    case .kprobeMulti: return exists("/sys/bus/event_source/devices/kprobe/type") && tries(.kprobe, attachType: 42)
    // BPF_TRACE_FENTRY, BPF_TRACE_RAW_TP, BPF_LSM_MAC, BPF_TRACE_ITER (linux/bpf.h).
    case .trace: return tries(.tracing, attachType: 24, target: "vfs_read", attaches: true)
    case .typedTracepoint:
      return tries(.tracing, attachType: 23, target: "btf_trace_sched_process_exec", attaches: true)
    case .lsm: return tries(.lsm, attachType: 27, target: "bpf_lsm_file_open", attaches: true)
    case .iterator: return tries(.tracing, attachType: 28, target: "bpf_iter_task")
    }
  }

  private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Loads `return 0`, and attaches it for a moment.
  private static func tries(
    _ type: BPFProgramType, attachType: UInt32, target: String? = nil, attaches: Bool = false
  ) -> Bool {
    // r0 = 0; exit
    let instructions: [UInt64] = [0xb7, 0x95]
    var options = bpf_prog_load_opts()
    options.sz = MemoryLayout<bpf_prog_load_opts>.size
    options.expected_attach_type = bpf_attach_type(rawValue: attachType)
    if let target {
      guard let id = kernelTypeID(target) else { return false }
      options.attach_btf_id = id
    }
    let program = instructions.withUnsafeBytes {
      bpf_prog_load(
        bpf_prog_type(rawValue: type.rawValue), nil, "GPL", $0.bindMemory(to: bpf_insn.self).baseAddress, $0.count / 8,
        &options)
    }
    guard program >= 0 else { return false }
    defer { close(program) }
    guard attaches else { return true }
    let link = bpf_raw_tracepoint_open(nil, program)
    guard link >= 0 else { return false }
    close(link)
    return true
  }
}
