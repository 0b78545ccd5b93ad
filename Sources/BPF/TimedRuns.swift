import Glibc

/// What a program's runs took, by the kernel's clock.
public struct TimedRuns: Sendable {
  /// Nanoseconds of each batch.
  public var batches: [UInt64]
  /// Nanoseconds of each batch of an empty program of the same type; none where the kernel takes no such program.
  public var overhead: [UInt64]
  /// Runs that `EINTR` ended, and that were made again.
  public var interruptions: UInt32
}

extension BPFProgram {
  /// Times batches of runs, in turn with batches of an empty program of the same type.
  ///
  /// Each run is a call with `repeat` 1, so that each gets the packet and the context as they are given here: with a
  /// larger `repeat` the kernel hands a program what its run before left of the packet (net/bpf/test_run.c). A batch of
  /// each that isn't counted warms up the caches. Throws what the kernel refuses.
  ///
  /// - Parameter jit: whether the empty program is to be compiled, as this one was; `nil` leaves it to the kernel.
  public func timedRuns(
    _ options: TestRunOptions, batches: Int, runsPerBatch: Int, jit: Bool? = nil
  ) throws(BPFError) -> TimedRuns {
    guard let descriptor else {
      throw BPFError(.badArgument, operation: "timing of program `\(name)`", detail: "it isn't loaded")
    }
    guard batches > 0, runsPerBatch > 0 else {
      throw BPFError(.badArgument, operation: "timing of program `\(name)`", detail: "there is nothing to run")
    }
    try checkRoom(options)
    var result = TimedRuns(batches: [], overhead: [], interruptions: 0)
    let empty = try JITSetting.with(jit) { () throws(BPFError) in try? SmallProgram(like: self) }
    for batch in 0...batches {
      let time = try batchTime(descriptor, options, runs: runsPerBatch, &result.interruptions)
      if batch > 0 { result.batches.append(time) }
      guard let twin = empty?.descriptor else { continue }
      let overhead = try batchTime(twin, options, runs: runsPerBatch, &result.interruptions)
      if batch > 0 { result.overhead.append(overhead) }
    }
    return result
  }

  private func batchTime(
    _ descriptor: Int32, _ options: TestRunOptions, runs: Int, _ interruptions: inout UInt32
  ) throws(BPFError) -> UInt64 {
    var total: UInt64 = 0
    var left = runs
    while left > 0 {
      let run = Self.run(descriptor, options)
      if run.errno == EINTR {
        interruptions &+= 1
        continue
      }
      guard run.errno == 0 || run.errno == ENOSPC else {
        throw BPFError(.kernel, errno: run.errno, operation: "timing of program `\(name)`")
      }
      total &+= UInt64(run.nanoseconds)
      left -= 1
    }
    return total
  }
}
