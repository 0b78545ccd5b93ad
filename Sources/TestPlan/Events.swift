/// Records to read from one ring buffer or perf event array, and how long to wait for them.
///
/// What is there when the run has ended is read in any case. No more is waited for than is asked for, and nothing sleeps.
public struct EventRead: Hashable, Sendable {
  public var map: String
  /// How many records to wait for.
  public var count: Int
  /// How long to wait for the last of them, in seconds.
  public var limit: Double
  /// Once they have come, how long to watch for others, in seconds; 0 takes those that are there already.
  public var quiet: Double

  public init(map: String, count: Int, limit: Double, quiet: Double = 0) {
    self.map = map
    self.count = count
    self.limit = limit
    self.quiet = quiet
  }
}

/// The records that came.
public struct EventObservation: Hashable, Sendable {
  public var map: String
  /// In the order they were sent; of a perf event array in that order for each CPU.
  public var records: [Bytes]
  /// How many the kernel told of since the last read that it had dropped for want of room. Perf event arrays tell: with the
  /// next record that there is room for.
  public var lost: UInt64

  public init(map: String, records: [Bytes] = [], lost: UInt64 = 0) {
    self.map = map
    self.records = records
    self.lost = lost
  }
}
