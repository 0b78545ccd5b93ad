import BPF
import Glibc
import TestPlan

/// Waits for numbers in globals and maps. The kernel tells nobody when a program changes one, so it is looked at again and
/// again, at first often and then less so.
struct Waiter {
  /// Reads the number that a wait is about.
  let number: (Wait) throws(BPFError) -> Int64

  private static let shortestNap: UInt32 = 100
  private static let longestNap: UInt32 = 5_000

  func run(_ wait: Wait) throws(BPFError) -> WaitObservation {
    let limit = TimeLimit(seconds: wait.seconds)
    var nap = Self.shortestNap
    while true {
      let isOver = limit.isOver
      let number = try number(wait)
      let isMet = wait.holds(number)
      if isMet || isOver { return WaitObservation(number: number, isMet: isMet) }
      usleep(nap)
      nap = min(nap * 2, Self.longestNap)
    }
  }

  /// The number of `wait` that has `size` bytes at `offset`; 0 where the bytes end before.
  static func load(_ bytes: [UInt8], offset: Int, size: Int, of wait: Wait) -> Int64 {
    guard offset >= 0, (1...8).contains(size), offset <= bytes.count - size else { return 0 }
    let raw = (0..<size).reduce(UInt64(0)) {
      $0 << 8 | UInt64(bytes[offset + (wait.isBigEndian ? $1 : size - 1 - $1)])
    }
    guard wait.isSigned, size < 8 else { return Int64(truncatingIfNeeded: raw) }
    let shift = UInt64(64 - 8 * size)
    return Int64(bitPattern: raw << shift) >> Int64(shift)
  }
}
