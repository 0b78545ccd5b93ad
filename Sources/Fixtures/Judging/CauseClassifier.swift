import BPF
import Glibc
import Results
import TestPlan

/// Finds out from errno and logs what a refusal to load comes from.
enum CauseClassifier {
  /// The cause, `nil` when nothing tells.
  static func cause(of refusal: Refusal) -> Cause? {
    if refusal.map != nil, refusal.verifierLog.isEmpty { return mapCause(refusal.errno) }
    if let sign = LoadSign(in: refusal.verifierLog) ?? LoadSign(in: refusal.libbpfLog) { return cause(of: sign) }
    if !refusal.verifierLog.isEmpty { return .verifier }
    switch refusal.errno {
    case EPERM, EACCES: return .permission
    case ENOMEM, E2BIG, ENOSPC, EMFILE, ENFILE, EAGAIN: return .resources
    // Without a log the kernel has not come as far as the verifier: it doesn't know the type, or how it is to be attached.
    // Had libbpf given up before, its warning would speak of something else.
    case EINVAL, EOPNOTSUPP, Errno.notSupported:
      return refusal.libbpfLog.isEmpty || refusal.libbpfLog.contains("program load failed") ? .programType : nil
    case ESRCH, ENOENT: return .attachTarget
    default: return nil
    }
  }

  private static func cause(of sign: LoadSign) -> Cause {
    switch sign {
    case .relocation: .core
    case .attachTarget: .attachTarget
    case .kfunc: .kfunc
    case .kernelBTF, .btf: .btf
    case .helper: .helper
    case .instructionSet: .instructionSet
    case .kconfig: .kconfig
    }
  }

  private static func mapCause(_ errno: Int32) -> Cause {
    switch errno {
    case EPERM, EACCES: .permission
    case ENOMEM, EMFILE, ENFILE, EAGAIN: .resources
    default: .mapType
    }
  }

  /// The cause of a skip.
  static func cause(of requirement: Requirement) -> Cause {
    switch requirement {
    case .helper: .helper
    case .kfunc: .kfunc
    case .programType, .testRun: .programType
    case .mapType: .mapType
    case .btf: .btf
    case .attach, .device: .attachTarget
    case .interpreter: .kernel
    case .processors: .resources
    }
  }
}
