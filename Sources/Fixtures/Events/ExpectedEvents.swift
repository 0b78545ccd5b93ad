import BPF
import TestPlan

/// The records that a ring buffer or a perf event array is expected to give after a run.
struct ExpectedEvents: Sendable {
  /// Records that must come. Others may come too, unless it `isExact`.
  var records: [ExpectedRecord] = []
  /// Whether nothing else may come.
  var isExact = false
  /// Whether they must come in the order given.
  var isOrdered = true
  /// How many records there must be in all.
  var count: Condition?
  /// How many the kernel may have dropped.
  var lost: Condition?
  /// What records are decoded as, `nil` where nobody needs to know.
  var type: ValueType?
  /// Why records are taken to be of that type, where the fixture doesn't say.
  var guess: String?
  /// Whether the kernel pads records, so that their lengths are known roughly.
  var isPadded = false
  /// How many records to wait for, for how long, and how long nothing more may come after them (seconds).
  var awaited = 0
  var limit = defaultLimit
  var quiet = 0.0
  var line = 0

  /// How long records are waited for unless the fixture says `within`, in seconds: only a test that fails waits so long.
  static let defaultLimit = 2.0
}

/// What a step expects of one map's records.
struct PlannedEvents: Sendable {
  var map: String
  var choice: PerKernel<ExpectedEvents>

  /// What to read on whichever kernel: where kernels differ, what the most demanding one needs.
  var read: EventRead {
    EventRead(
      map: map, count: choice.all.map(\.awaited).max() ?? 0, limit: choice.all.map(\.limit).max() ?? 0,
      quiet: choice.all.map(\.quiet).max() ?? 0)
  }
}
