/// The outcome of `bpftest bench`: schema `bpftest.bench/v1`.
public struct BenchResults: Codable, Hashable, Sendable {
  /// The schema's name and version.
  public static let schema = "bpftest.bench/v1"

  public var schema: String
  public var tool: Tool
  /// The processor's model, as `/proc/cpuinfo` has it.
  public var processor: String
  public var kernel: KernelResult
  public var suites: [SuiteResult]
  public var batches: Int
  /// Runs in a batch.
  public var runs: Int
  public var rows: [BenchRow]
  /// Tests that can't be timed, and why.
  public var leftOut: [BenchOmission]

  public init(
    tool: Tool, processor: String, kernel: KernelResult, suites: [SuiteResult], batches: Int, runs: Int,
    rows: [BenchRow], leftOut: [BenchOmission]
  ) {
    self.schema = Self.schema
    self.tool = tool
    self.processor = processor
    self.kernel = kernel
    self.suites = suites
    self.batches = batches
    self.runs = runs
    self.rows = rows
    self.leftOut = leftOut
  }

  /// The process's exit code, regressions aside: 3 when the machinery failed, else 1 when a test did, else 0.
  public var exitCode: Int32 {
    if rows.contains(where: { $0.verdict == .infra }) { return 3 }
    return rows.contains { $0.verdict != .passed && $0.verdict != .skipped } ? 1 : 0
  }
}

/// One test, timed.
public struct BenchRow: Codable, Hashable, Sendable {
  public var suite: String
  public var test: String
  /// The program that was run.
  public var program: String
  /// Whether it ran as machine code; when nothing ran, whether it should have.
  public var jit: Bool
  /// What the test itself came to: what doesn't pass isn't timed.
  public var verdict: Verdict
  /// Why there are no figures.
  public var message: String
  public var figures: BenchFigures?
  /// Runs that a signal ended and that were made again.
  public var interruptions: Int

  public init(
    suite: String, test: String, program: String, jit: Bool, verdict: Verdict, message: String = "",
    figures: BenchFigures? = nil, interruptions: Int = 0
  ) {
    self.suite = suite
    self.test = test
    self.program = program
    self.jit = jit
    self.verdict = verdict
    self.message = message
    self.figures = figures
    self.interruptions = interruptions
  }
}

/// A test that can't be timed.
public struct BenchOmission: Codable, Hashable, Sendable {
  public var suite: String
  public var test: String
  public var reason: String

  public init(suite: String, test: String, reason: String) {
    self.suite = suite
    self.test = test
    self.reason = reason
  }
}
