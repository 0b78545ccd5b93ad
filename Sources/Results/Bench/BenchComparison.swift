/// Figures beside those of an earlier run, the baseline.
public struct BenchComparison: Sendable {
  /// How one row compares.
  public struct Change: Hashable, Sendable {
    /// `p50` of the baseline, in nanoseconds.
    public var before: Double
    public var now: Double
    /// The part by which `now` may exceed `before`: 0.1 is a tenth.
    public var margin: Double

    /// The part by which it changed, negative for what got quicker.
    public var ratio: Double {
      Swift.max(now, BenchFigures.resolution) / Swift.max(before, BenchFigures.resolution) - 1
    }

    /// Whether it got slower by more than the margin, and by more than the clock can tell.
    public var isRegression: Bool { now > before * (1 + margin) && now - before > BenchFigures.resolution }
  }

  private struct Key: Hashable {
    var suite: String
    var test: String
    var jit: Bool

    init(_ row: BenchRow) {
      suite = row.suite
      test = row.test
      jit = row.jit
    }
  }

  /// A margin on which two runs of one program on a quiet machine agree.
  public static let leastMargin = 0.1

  private var changes: [Key: Change] = [:]
  /// Rows of the baseline that have no counterpart now: `suite/test`.
  public private(set) var gone: [String] = []
  /// What differs between the two runs besides the programs, in words.
  public private(set) var differences: [String] = []

  /// How the kernels' virtual CPUs worked, where that differs.
  private var unlike: (then: String, now: String)?

  /// - Parameter margin: a part, 0.1 for a tenth; `nil` takes a tenth and the greater spread of the two runs' batches.
  public init(_ results: BenchResults, baseline: BenchResults, margin: Double?) {
    let before = Dictionary(baseline.rows.map { (Key($0), $0) }, uniquingKeysWith: { first, _ in first })
    for row in results.rows {
      guard let now = row.figures, let then = before[Key(row)]?.figures else { continue }
      changes[Key(row)] = Change(
        before: then.p50, now: now.p50,
        margin: margin ?? Self.leastMargin + Swift.max(now.spread, then.spread))
    }
    let known = Set(results.rows.map { Key($0) })
    gone = baseline.rows.filter { $0.figures != nil && !known.contains(Key($0)) }
      .map { "\($0.suite)/\($0.test) (JIT \($0.jit ? "on" : "off"))" }
    func compare(_ what: String, _ then: String, _ now: String) {
      if then != now { differences.append("\(what): \(then), now \(now)") }
    }
    compare("processor", baseline.processor, results.processor)
    compare("kernel", baseline.kernel.release, results.kernel.release)
    compare("acceleration", baseline.kernel.accel, results.kernel.accel)
    if baseline.kernel.accel != results.kernel.accel { unlike = (baseline.kernel.accel, results.kernel.accel) }
    for suite in results.suites {
      guard let then = baseline.suites.first(where: { $0.name == suite.name }) else { continue }
      compare("compiler of \(suite.name)", then.compiler ?? "unknown", suite.compiler ?? "unknown")
      compare("-mcpu of \(suite.name)", then.mcpu ?? "unknown", suite.mcpu ?? "unknown")
    }
  }

  /// Why nothing can be said of the two runs; `nil` when they can be compared.
  public var obstacle: String? {
    if let unlike { return "figures under \(unlike.then) and under \(unlike.now) can't be compared" }
    return changes.isEmpty ? "it has none of these tests, so nothing was compared" : nil
  }

  /// How a row compares; `nil` for one that the baseline doesn't have.
  public func change(_ row: BenchRow) -> Change? { changes[Key(row)] }

  /// Whether anything got slower.
  public var hasRegressions: Bool { changes.values.contains(where: \.isRegression) }
}
