import Fixtures

/// How much memory a guest needs for a test: one map can want hundreds of megabytes.
enum MachineSize {
  /// MiB for the kernel, the agent and small maps.
  static let base = 256
  /// MiB of the base that maps may use up.
  static let spare = 96

  /// MiB of guest memory: the base, or the next power of two that leaves room for the test's maps.
  ///
  /// Powers of two, so that few snapshots serve many suites.
  static func needed(for test: PlannedTest) -> Int {
    let maps = test.mapBytes >> 20
    var size = base
    while size - (base - spare) < maps, size < 16384 { size *= 2 }
    return size
  }
}
