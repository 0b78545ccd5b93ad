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
  /// Whether the number has a sign. One without is handed about by its bits, in an `Int64` all the same.
  public var isSigned: Bool
  /// Whether it lies there in network order.
  public var isBigEndian: Bool
  public var comparison: Comparison
  public var bound: Int64
  /// After so many seconds it is given up.
  public var seconds: Double

  public init(
    place: Place, isSigned: Bool = false, isBigEndian: Bool = false, comparison: Comparison = .atLeast, bound: Int64,
    seconds: Double
  ) {
    self.place = place
    self.isSigned = isSigned
    self.isBigEndian = isBigEndian
    self.comparison = comparison
    self.bound = bound
    self.seconds = seconds
  }

  /// Whether a number fulfils it.
  public func holds(_ number: Int64) -> Bool {
    switch comparison {
    case .equal: number == bound
    case .different: number != bound
    case .atLeast: value(number) >= value(bound)
    case .atMost: value(number) <= value(bound)
    }
  }

  /// What the bits of a number are worth.
  public func value(_ bits: Int64) -> Int128 { isSigned ? Int128(bits) : Int128(UInt64(bitPattern: bits)) }
}

/// What a wait ended with.
public struct WaitObservation: Hashable, Sendable {
  /// The number as it was last read; see `Wait.value`.
  public var number: Int64
  /// Whether it came to be what was waited for.
  public var isMet: Bool

  public init(number: Int64, isMet: Bool) {
    self.number = number
    self.isMet = isMet
  }
}
