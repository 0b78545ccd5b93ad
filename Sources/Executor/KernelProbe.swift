import BPF
import TestPlan

/// Answers a plan's requirements by probing the running kernel.
enum KernelProbe {
  static func has(_ requirement: Requirement) throws(BPFError) -> Bool {
    switch requirement {
    case .helper(_, let id, let programType): return try KernelProbes.has(helper: id, programType: programType)
    case .kfunc(let name): return try KernelProbes.has(kfunc: name)
    case .programType(_, let id): return try KernelProbes.has(programType: id)
    case .mapType(_, let id): return try KernelProbes.has(mapType: id)
    case .btf(let name): return try KernelProbes.has(type: name)
    case .device: return true  // found out when one is made
    case .testRun(let name):
      guard let ability = TestRunAbility(named: name) else { return false }
      return try KernelProbes.has(testRun: ability)
    case .attach(let name):
      guard let kind = AttachKind(rawValue: name) else { return false }
      return try KernelProbes.has(attach: kind)
    case .processors(let count): return BPFSystem.possibleCPUs >= Int(count)
    case .interpreter: return try JITSetting.canBeOff()
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
      libbpf: BPFSystem.libbpfVersion, possibleCPUs: BPFSystem.possibleCPUs,
      hasFetchingAtomics: KernelProbes.hasFetchingAtomics)
  }
}
