import BPF
import TestPlan

/// Answers a plan's requirements by probing the running kernel.
enum KernelProbe {
  static func has(_ requirement: Requirement) -> Bool {
    switch requirement {
    case .helper(_, let id, let programType): KernelProbes.has(helper: id, programType: programType)
    case .kfunc(let name): KernelProbes.has(kfunc: name)
    case .programType(_, let id): KernelProbes.has(programType: id)
    case .mapType(_, let id): KernelProbes.has(mapType: id)
    case .btf(let name): KernelProbes.has(type: name)
    case .device: true  // found out when one is made
    case .testRun(let name): TestRunAbility(named: name).map { KernelProbes.has(testRun: $0) } ?? false
    case .attach(let kind): AttachKind(rawValue: kind).map { KernelProbes.has(attach: $0) } ?? false
    case .interpreter: JITSetting.canBeOff
    }
  }
}

extension PlanExecutor {
  /// Does once what is slow the first time, so that a micro-VM's clones needn't.
  public static func warm() { KernelProbes.warm() }

  /// What there is to know of the kernel this process runs on.
  public static func facts() -> GuestFacts {
    // The kernel's own word: an agent's `uname` is made to please libbpf (CGuestShims).
    let release = readFile("/proc/sys/kernel/osrelease").map {
      String(decoding: $0.filter { $0 > 0x20 }, as: UTF8.self)
    }
    return GuestFacts(
      release: release ?? BPFSystem.kernelRelease, machine: BPFSystem.names.machine,
      libbpf: BPFSystem.libbpfVersion, possibleCPUs: BPFSystem.possibleCPUs)
  }
}
