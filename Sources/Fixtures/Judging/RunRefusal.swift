import BPF
import TestPlan

/// Says in words why `BPF_PROG_TEST_RUN` refused a step's run.
enum RunRefusal {
  static func explain(_ refusal: Refusal, step: Step, type: BPFProgramType, release: KernelRelease) -> String {
    guard refusal.errno != 0 else { return refusal.operation }
    let errno = "\(Errno.name(refusal.errno))"
    let reason =
      refusal.stage == .run
      ? TestRunExplainer.reason(refusal.errno, step.options, type: type, release: release) : nil
    return reason.map { "\($0) (\(errno))" } ?? "\(refusal.operation): \(errno) (\(Errno.message(refusal.errno)))"
  }
}

extension Step {
  /// What its run is asked for.
  fileprivate var options: TestRunOptions {
    var options = TestRunOptions()
    options.data = data?.array
    options.context = context?.array
    options.state = contextState?.array
    options.contextOutCapacity = contextSizeOut
    options.repetitions = repetitions
    options.flags = flags
    options.cpu = cpu
    options.batchSize = batchSize
    return options
  }
}
