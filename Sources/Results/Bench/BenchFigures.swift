/// What one run of a program takes, in nanoseconds, less what the same run of an empty program takes: percentiles over
/// batches, each being the mean of its runs.
public struct BenchFigures: Codable, Hashable, Sendable {
  public var min: Double
  public var p50: Double
  public var p90: Double
  public var p99: Double
  /// The median of the empty program, which is taken off from the others; 0 where none could be run.
  public var empty: Double
  /// How far the middle half of the batches lie apart (p75 − p25), program and empty program together, as a part of `p50`.
  public var spread: Double

  /// Times of one run in nanoseconds that the clock can't tell apart: it counts whole nanoseconds and itself takes some.
  public static let resolution = 5.0

  /// - Parameters:
  ///   - batches: nanoseconds of each batch of the program.
  ///   - overhead: the same of an empty program, or none.
  ///   - runs: runs in a batch.
  /// `nil` without batches or runs.
  public init?(batches: [UInt64], overhead: [UInt64], runs: Int) {
    guard !batches.isEmpty, runs > 0 else { return nil }
    let own = batches.map { Double($0) / Double(runs) }.sorted()
    let others = overhead.map { Double($0) / Double(runs) }.sorted()
    let empty = Self.percentile(50, of: others)
    let wide =
      Self.percentile(75, of: own) - Self.percentile(25, of: own) + Self.percentile(75, of: others)
      - Self.percentile(25, of: others)
    self.empty = empty
    // A program as quick as an empty one may come out below it.
    self.min = Swift.max(0, own[0] - empty)
    self.p50 = Swift.max(0, Self.percentile(50, of: own) - empty)
    self.p90 = Swift.max(0, Self.percentile(90, of: own) - empty)
    self.p99 = Swift.max(0, Self.percentile(99, of: own) - empty)
    self.spread = wide / Swift.max(self.p50, Self.resolution)
  }

  /// The nearest-rank percentile of sorted values; 0 of none.
  static func percentile(_ percent: Int, of sorted: [Double]) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let rank = (sorted.count * percent + 99) / 100
    return sorted[Swift.min(Swift.max(rank, 1), sorted.count) - 1]
  }
}
