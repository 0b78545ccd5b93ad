/// Waits for a number in a global or in a map, for programs that run some time after their trigger.
public struct Wait: Hashable, Sendable {
  public enum Place: Hashable, Sendable {
    case global(GlobalPlace)
    /// A number of `size` bytes at `offset` in the value under `key`; of a per-CPU map the sum over CPUs.
    /// A key that isn't there counts as 0.
    case map(name: String, key: Bytes, offset: Int, size: Int)
  }

  /// How the number is to stand to the bound.
  public enum Comparison: String, Hashable, Sendable {
    case equal, different, atLeast, atMost
  }

  public var place: Place
  /// Whether the number has a sign.
  public var isSigned: Bool
  public var comparison: Comparison
  public var bound: Int64
  /// After so many seconds it is given up.
  public var seconds: Double

  public init(place: Place, isSigned: Bool = false, comparison: Comparison = .atLeast, bound: Int64, seconds: Double) {
    self.place = place
    self.isSigned = isSigned
    self.comparison = comparison
    self.bound = bound
    self.seconds = seconds
  }

  /// Whether a number fulfils it.
  public func holds(_ number: Int64) -> Bool {
    switch comparison {
    case .equal: number == bound
    case .different: number != bound
    case .atLeast: number >= bound
    case .atMost: number <= bound
    }
  }
}

/// What a wait ended with.
public struct WaitObservation: Hashable, Sendable {
  /// The number as it was last read.
  public var number: Int64
  /// Whether it came to be what was waited for.
  public var isMet: Bool

  public init(number: Int64, isMet: Bool) {
    self.number = number
    self.isMet = isMet
  }
}
