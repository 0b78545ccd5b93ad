import Fixtures
import Foundation

/// How much memory a guest needs for a test: one map can want hundreds of megabytes.
enum MachineSize {
  /// MiB for the kernel, the agent and small maps.
  static let base = 256
  /// MiB of the base that maps may use up.
  static let spare = 96

  /// MiB that a guest is given at the most: three quarters of what this machine has, and never more than 16 GiB.
  static let limit: Int = {
    let most = Int(clamping: ProcessInfo.processInfo.physicalMemory >> 20) / 4 * 3
    var size = base
    while size * 2 <= min(most, 16384) { size *= 2 }
    return size
  }()

  /// MiB that maps may take in a guest of that size.
  static func room(in size: Int) -> Int { size - (base - spare) }

  /// MiB of guest memory: the base, or the next power of two that leaves room for the test's maps. The base, too, for a test
  /// whose maps are too big for any: it isn't run, or means to find that out.
  ///
  /// Powers of two, so that few snapshots serve many suites. It is room for one loaded object: an executor gives up the copies
  /// that it keeps before a load fails.
  static func needed(for test: PlannedTest) -> Int {
    guard !isBeyondAll(test) else { return base }
    let maps = test.maps.bytes >> 20
    var size = base
    while room(in: size) < maps, size < limit { size *= 2 }
    return size
  }

  /// Whether no guest has room for the test's maps.
  static func isBeyondAll(_ test: PlannedTest) -> Bool { test.maps.bytes >> 20 > room(in: limit) }

  /// MiB of the larger machines in which a test is tried again for which one of that size was too small.
  static func larger(than size: Int) -> [Int] {
    // A verifier that takes more than the first takes little more than the second, or can't be satisfied.
    Array(Set([max(size * 4, 1024), max(size * 16, 4096)].map { min($0, limit) }.filter { $0 > size })).sorted()
  }
}
