import BPF
import Fixtures
import MicroVM
import Results
import TestPlan

/// What is known of one test's times so far.
struct BenchTally {
  let test: PlannedTest
  let jit: Bool?
  let batchSize: Int
  let timeout: Double
  private var batches: [UInt64] = []
  private var overhead: [UInt64] = []
  private var result: BenchRow
  /// Whether more rounds would tell nothing: it failed, or can't be timed.
  private(set) var isOver = false

  init(test: PlannedTest, jit: Bool?, batchSize: Int, timeout: Double) {
    self.test = test
    self.jit = jit
    self.batchSize = batchSize
    self.timeout = timeout
    self.result = BenchRow(
      suite: test.suite, test: test.name, program: test.plan.steps.first?.program ?? "", jit: jit ?? true,
      verdict: .passed)
  }

  /// The test itself, so that what is timed is known to work, and then the timing.
  func plan(batches: Int) -> TestPlan {
    var plan = test.plan
    plan.jit = jit
    plan.loadsAnew = true
    if jit == false { plan.requirements.append(.interpreter) }
    guard var timed = plan.steps.first else { return plan }
    timed.globals = []
    timed.maps = []
    timed.timing = TimingRequest(
      batches: UInt32(clamping: batches), runsPerBatch: UInt32(clamping: batchSize), jit: jit)
    plan.steps.append(timed)
    return plan
  }

  /// Adds what a round gave.
  mutating func add(_ seen: Observations, _ target: Target) {
    let cell = test.judge(seen, kernel: target.id, release: target.release)
    guard cell.verdict == .passed else { return end(cell.verdict, cell.message) }
    guard seen.steps.count == 2, let timing = seen.steps[1].timing else {
      let words = seen.steps.last?.refusal.map {
        "\($0.operation): \(Errno.name($0.errno)) (\(Errno.message($0.errno)))"
      }
      return end(.failed, words ?? "nothing was timed")
    }
    result.jit = timing.jited
    result.interruptions += Int(timing.interruptions)
    guard timing.batches.contains(where: { $0 > 0 }) else {
      return end(.skipped, "the kernel tells no duration of test-runs of this type")
    }
    batches += timing.batches
    overhead += timing.overhead
  }

  /// Notes that there was no answer.
  mutating func fail(_ failure: GuestFailure) {
    switch failure {
    case .crashed(let reason, _): end(.crashed, "the kernel died: \(reason)")
    case .hung: end(.hung, "no answer within the time limit of \(timeout) s")
    case .infra(let reason, _): end(.infra, reason)
    }
  }

  private mutating func end(_ verdict: Verdict, _ message: String) {
    result.verdict = verdict
    result.message = message
    isOver = true
  }

  func row() -> BenchRow {
    var row = result
    if !isOver { row.figures = BenchFigures(batches: batches, overhead: overhead, runs: batchSize) }
    return row
  }
}
