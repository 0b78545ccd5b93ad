/// What the kernel wrote into its log around a test, and whether it is tainted since.
public struct KernelObservation: Hashable, Sendable {
  /// When the test began and ended by the clock of the kernel's log, in microseconds: a line that comes later, such as a
  /// console's last one, tells so which tests it came after. 0 where that clock isn't known.
  public var began: UInt64
  public var ended: UInt64
  /// What was written between.
  public var lines: [KernelLine]
  /// What was written after the end of the test before and before the beginning of this one.
  public var late: [KernelLine]
  /// Lines that were too many to keep, or that the kernel dropped before they were read.
  public var lost: UInt32
  /// Bits of taint that are new since the end of the test before (Documentation/admin-guide/tainted-kernels.rst).
  public var taint: UInt64
  /// Where others use the kernel too, the thread that ran the test: what it, or the triggers' processes, didn't do may be
  /// anybody's. `nil` where the kernel is the test's alone.
  public var thread: Int32?

  public init(
    began: UInt64 = 0, ended: UInt64 = 0, lines: [KernelLine] = [], late: [KernelLine] = [], lost: UInt32 = 0,
    taint: UInt64 = 0, thread: Int32? = nil
  ) {
    self.began = began
    self.ended = ended
    self.lines = lines
    self.late = late
    self.lost = lost
    self.taint = taint
    self.thread = thread
  }
}

/// A line of the kernel's log (Documentation/ABI/testing/dev-kmsg).
public struct KernelLine: Hashable, Sendable {
  /// The level, 0 (emergency) to 7 (debug), and eight times the facility; 0 of facilities is the kernel itself, all others
  /// are programs that write to the log.
  public var priority: UInt32
  /// Microseconds by the log's clock.
  public var time: UInt64
  public var text: String

  public init(priority: UInt32, time: UInt64, text: String) {
    self.priority = priority
    self.time = time
    self.text = text
  }

  /// Whether the kernel itself wrote it.
  public var isKernels: Bool { priority >> 3 == 0 }
}
