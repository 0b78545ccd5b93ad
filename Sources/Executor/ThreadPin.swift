import CBPFShims

/// Keeps the calling thread on the processor that it runs on, until `release()` on the same thread.
struct ThreadPin {
  private var before = bpftest_affinity()

  /// `nil` where the kernel won't have it.
  init?() {
    guard bpftest_pin_thread(&before) == 0 else { return nil }
  }

  /// Lets the thread run where it might before.
  func release() { withUnsafePointer(to: before) { bpftest_unpin_thread($0) } }
}
