import BPF
import TestPlan

extension StepRunner {
  /// Times a step's program with the step's own input; `nil` for a step that isn't to be timed.
  func time(
    _ step: Step, _ program: BPFProgram, _ options: TestRunOptions
  ) throws(BPFError) -> Timing? {
    guard let request = step.timing else { return nil }
    var options = options
    // Nothing is read back: copying it out is no part of the program.
    options.dataOutCapacity = 0
    options.contextOutCapacity = 0
    options.repetitions = 1
    let runs = try program.timedRuns(
      options, batches: Int(request.batches), runsPerBatch: Int(request.runsPerBatch), jit: request.jit)
    return Timing(
      batches: runs.batches, overhead: runs.overhead, jited: program.isJITed, interruptions: runs.interruptions)
  }
}
