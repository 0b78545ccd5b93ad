/// How to time a step's program: in batches of runs, each run with the step's own packet and context anew.
public struct TimingRequest: Hashable, Sendable {
  public var batches: UInt32
  /// Runs in a batch, each a `BPF_PROG_TEST_RUN` of its own with `repeat` 1.
  public var runsPerBatch: UInt32
  /// Whether the empty program beside it is compiled to machine code, as `TestPlan.jit` says of the others.
  public var jit: Bool?

  public init(batches: UInt32, runsPerBatch: UInt32, jit: Bool? = nil) {
    self.batches = batches
    self.runsPerBatch = runsPerBatch
    self.jit = jit
  }
}

/// What timing gave.
public struct Timing: Hashable, Sendable {
  /// Nanoseconds of each batch, by the kernel's clock: the sum of its runs' `duration`.
  public var batches: [UInt64]
  /// The same for an empty program of the same type, its batches taken in turn with the others: what the clock and the
  /// call themselves cost. Empty where the kernel takes no empty program of that type.
  public var overhead: [UInt64]
  /// Whether the kernel compiled the program to machine code (`bpf_prog_info.jited_prog_len`).
  public var jited: Bool
  /// How often `EINTR` ended a run, which then doesn't count and was made again.
  public var interruptions: UInt32

  public init(batches: [UInt64], overhead: [UInt64], jited: Bool, interruptions: UInt32) {
    self.batches = batches
    self.overhead = overhead
    self.jited = jited
    self.interruptions = interruptions
  }
}
