import Foundation

/// A moment on the monotonic clock.
struct Deadline {
  private let end: ContinuousClock.Instant

  init(seconds: Double) {
    // Far enough for "no limit", near enough not to overflow.
    end = ContinuousClock.now + .seconds(min(max(seconds, 0), 1e7))
  }

  /// Until then, in seconds; negative when it is over.
  var left: Double { (end - ContinuousClock.now) / .seconds(1) }

  var isOver: Bool { left <= 0 }

  /// For poll(2): at most `slice` ms, never less than 0.
  func milliseconds(atMost slice: Int32) -> Int32 { Int32(min(Double(slice), max(0, (left * 1000).rounded(.up)))) }
}
