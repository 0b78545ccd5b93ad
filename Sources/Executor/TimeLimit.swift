import Glibc

/// A moment by which something must have come.
struct TimeLimit {
  private let end: ContinuousClock.Instant

  init(seconds: Double) { end = ContinuousClock.now + .seconds(max(0, min(seconds, 1e6))) }

  /// Seconds that are left, at least 0.
  var seconds: Double { max(0, (end - .now) / .seconds(1)) }

  var isOver: Bool { seconds <= 0 }

  /// For poll(2): rounded up, so that it isn't called over and over in the last millisecond.
  var milliseconds: Int32 { Int32(clamping: Int((seconds * 1000).rounded(.up))) }
}
