import BPF
import Results
import TestPlan

extension RunExpectation {
  /// Whether it is about this: a run that was refused, or one that wasn't, but nothing that happened before or after it.
  func judges(_ refusal: Refusal?) -> Bool { refusal.map { $0.stage == .run && $0.errno != 0 } ?? true }

  /// Compares a refusal with what was expected of it.
  func check(
    _ refusal: Refusal?, step: Step, type: BPFProgramType, release: KernelRelease, prefix: String,
    _ report: (Failure) -> Void
  ) {
    guard let refusal else {
      report(Failure(path: "\(prefix)run", expected: "refused", seen: "accepted", line: position.line))
      return
    }
    let seen = RunRefusal.explain(refusal, step: step, type: type, release: release)
    if let code = errno?.value(on: release) ?? nil, code.value != refusal.errno {
      report(
        Failure(path: "\(prefix)errno", expected: Errno.name(code.value), seen: seen, line: code.position.line))
    }
    if let pattern = rule?.value(on: release) ?? nil, !pattern.value.occurs(in: seen) {
      report(
        Failure(
          path: "\(prefix)rule", expected: "a match of /\(pattern.value.text)/", seen: seen, line: pattern.position.line
        ))
    }
  }
}

extension PlannedStep {
  /// What is expected of a step whose run gives nothing.
  var withoutOutput: PlannedStep {
    var step = self
    step.returns = nil
    step.packet = nil
    step.metadata = nil
    step.context = []
    step.flowKeys = []
    return step
  }
}

extension Step {
  /// The step with what it took over from the one before.
  func sending(_ seen: StepObservation) -> Step {
    guard carryOver != nil else { return self }
    var step = self
    step.data = seen.sent
    step.context = seen.sentContext
    return step
  }
}
