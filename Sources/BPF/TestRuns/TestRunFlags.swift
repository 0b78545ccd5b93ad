/// Flags of a test run, `BPF_F_TEST_*` of linux/bpf.h.
public struct TestRunFlags: OptionSet, Hashable, Sendable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Run on CPU `TestRunOptions.cpu`: raw tracepoints.
  public static let runOnCPU = TestRunFlags(rawValue: 1 << 0)
  /// Send the packets on as the program says: XDP since 5.18.
  public static let xdpLiveFrames = TestRunFlags(rawValue: 1 << 1)
  /// Have the packet's checksum complete, and check that the program keeps it so: socket buffers since 6.10.
  public static let skbChecksumComplete = TestRunFlags(rawValue: 1 << 2)

  /// By the names of fixtures.
  public static let named: [(name: String, flag: TestRunFlags)] = [
    ("run_on_cpu", runOnCPU), ("xdp_live_frames", xdpLiveFrames), ("skb_checksum_complete", skbChecksumComplete),
  ]
}
