/// What `BPF_PROG_TEST_RUN` takes and gives for a program type: rules that hold on every kernel (net/bpf/test_run.c,
/// net/bpf/bpf_dummy_struct_ops.c).
public struct TestRunRules: Sendable, Hashable {
  public enum Context: Sendable, Hashable {
    case none
    /// A struct, `ContextLayout.of(type)`.
    case structure
    /// 64-bit words: arguments.
    case words
    /// Whatever bytes the program takes, at most 65,535, changed in place.
    case own
  }

  /// Whether a run needs a packet, or takes none.
  public var takesPacket: Bool
  /// Whether the packet comes back, as data.
  public var givesPacket: Bool
  public var context: Context
  /// Whether the context can be asked back.
  public var givesContext: Bool
  /// Whether `repeat` may be more than 1.
  public var repeats: Bool
  public var flags: TestRunFlags
  /// Whether the program must be attached to run, and then runs on the kernel's own test functions.
  public var needsAttachment = false

  /// What is taken and given where nothing is run.
  public static let ofNone = TestRunRules(
    takesPacket: false, givesPacket: false, context: .none, givesContext: false, repeats: true, flags: [])

  /// `nil` for types that no kernel can test-run.
  public static func of(_ type: BPFProgramType) -> TestRunRules? {
    switch type {
    case .xdp:
      TestRunRules(
        takesPacket: true, givesPacket: true, context: .structure, givesContext: true, repeats: true,
        flags: .xdpLiveFrames)
    case .flowDissector:
      TestRunRules(
        takesPacket: true, givesPacket: false, context: .structure, givesContext: true, repeats: true, flags: [])
    case .netfilter:
      TestRunRules(
        takesPacket: true, givesPacket: false, context: .structure, givesContext: false, repeats: true, flags: [])
    case .skLookup:
      TestRunRules(
        takesPacket: false, givesPacket: false, context: .structure, givesContext: true, repeats: true, flags: [])
    case .rawTracepoint, .rawTracepointWritable:
      TestRunRules(
        takesPacket: false, givesPacket: false, context: .words, givesContext: false, repeats: false, flags: .runOnCPU)
    case .structOps:
      TestRunRules(
        takesPacket: false, givesPacket: false, context: .words, givesContext: true, repeats: false, flags: [])
    case .syscall:
      TestRunRules(
        takesPacket: false, givesPacket: false, context: .own, givesContext: true, repeats: false, flags: [])
    case .tracing:
      TestRunRules(
        takesPacket: false, givesPacket: false, context: .none, givesContext: false, repeats: false, flags: [],
        needsAttachment: true)
    default:
      type.runsOnSKB
        ? TestRunRules(
          takesPacket: true, givesPacket: true, context: .structure, givesContext: true, repeats: true,
          flags: .skbChecksumComplete) : nil
    }
  }
}

extension BPFProgramType {
  /// Whether its programs see a packet from its network header on, so that the Ethernet header that a test run hands
  /// back in front of it is all zeros (`bpf_prog_test_run_skb`).
  public var seesNetworkLayer: Bool { runsOnSKB && self != .schedCLS && self != .schedACT }

  /// The packet that came back, with the Ethernet header that went in where the kernel has put zeros in its place.
  public func withHeader(of sent: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    let header = 14
    guard seesNetworkLayer, sent.count >= header, bytes.count >= header, bytes.prefix(header).allSatisfy({ $0 == 0 })
    else { return bytes }
    return Array(sent.prefix(header)) + bytes.dropFirst(header)
  }
}
