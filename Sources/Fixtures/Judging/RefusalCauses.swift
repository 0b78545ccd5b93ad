import BPF
import Results
import TestPlan

extension Cause {
  /// What results call it.
  init(_ cause: RefusalCause) {
    switch cause {
    case .verifier: self = .verifier
    case .core: self = .core
    case .programType: self = .programType
    case .mapType: self = .mapType
    case .helper: self = .helper
    case .kfunc: self = .kfunc
    case .btf: self = .btf
    case .attachTarget: self = .attachTarget
    case .instructionSet: self = .instructionSet
    case .permission: self = .permission
    case .resources: self = .resources
    case .kconfig: self = .kconfig
    }
  }

  /// What a skip comes from.
  init(of requirement: Requirement) {
    switch requirement {
    case .helper: self = .helper
    case .kfunc: self = .kfunc
    case .programType, .testRun: self = .programType
    case .mapType: self = .mapType
    case .btf: self = .btf
    case .attach, .device: self = .attachTarget
    case .interpreter: self = .kernel
    case .processors: self = .resources
    }
  }
}

extension PlannedTest {
  /// What a refusal to load comes from, and what to do about it.
  func diagnose(_ refusal: Refusal, release: KernelRelease? = nil) -> LoadExplainer.Diagnosis {
    var load = LoadRefusal(
      errno: refusal.errno, verifierLog: refusal.verifierLog, libbpfLog: refusal.libbpfLog,
      type: refusal.program.flatMap { types[$0] } ?? (types.count == 1 ? types.values.first : nil),
      isMap: refusal.map != nil && refusal.verifierLog.isEmpty, release: release,
      gap: refusal.gap.flatMap(LoadGap.init(rawValue:)))
    let diagnosis = LoadExplainer.diagnose(load)
    guard diagnosis.cause == .instructionSet else { return diagnosis }
    load.newerInstructions = NewerInstruction.of(refusal.program, in: object.array)
    return LoadExplainer.diagnose(load)
  }
}
