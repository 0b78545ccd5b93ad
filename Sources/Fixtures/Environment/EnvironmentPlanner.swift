import BPF
import TestPlan

/// Adds to what a test asks for what it can't do without: sockets need a network, programs of cgroup types a cgroup.
struct EnvironmentPlanner {
  let test: TestCase
  let facts: ObjectFacts

  func environment(_ plan: TestPlan, type: (ObjectFacts.Program) -> BPFProgramType) -> Environment? {
    var result = test.environment ?? Environment()
    for attachment in plan.attachments ?? [] {
      switch attachment.target {
      case .cgroup(path: nil): result.cgroup = true
      case .networkNamespace, .xdp, .tc, .netfilter: result.network = true
      default: break
      }
    }
    let usesSockets = plan.steps.contains { step in
      step.triggers?.contains { if case .socket = $0 { true } else { false } } ?? false
    }
    if usesSockets { result.network = true }
    // A sysctl of the network, written by a test, must not be the machine's.
    if plan.steps.contains(where: { $0.triggers?.contains { $0.touchesNetwork } ?? false }) { result.network = true }
    return result == Environment() ? nil : result
  }
}

extension Trigger {
  /// Whether it reads or writes what each network namespace has for itself.
  fileprivate var touchesNetwork: Bool {
    switch self {
    case .read(let path), .write(let path, _, _), .open(let path, _, _): path.hasPrefix("/proc/sys/net/")
    default: false
    }
  }
}
