import CLibbpf
import Glibc

/// Something of `BPF_PROG_TEST_RUN` that kernels may lack.
public enum TestRunAbility: Hashable, Sendable, CustomStringConvertible {
  /// Running programs of that type at all.
  case type(BPFProgramType)
  /// `xdp_md` contexts, since 5.15.
  case xdpContext
  /// Packets of more than a page, since 5.18.
  case xdpFrags
  /// `BPF_F_TEST_XDP_LIVE_FRAMES`, since 5.18.
  case xdpLiveFrames
  /// `BPF_F_TEST_SKB_CHECKSUM_COMPLETE`, since 6.10.
  case skbChecksumComplete

  private static let features: [(name: String, ability: TestRunAbility)] = [
    ("xdp_context", .xdpContext), ("xdp_frags", .xdpFrags), ("xdp_live_frames", .xdpLiveFrames),
    ("skb_checksum_complete", .skbChecksumComplete),
  ]

  /// All names that `init(named:)` knows.
  public static var names: [String] {
    BPFProgramType.names.filter { BPFProgramType(named: $0).flatMap(TestRunRules.of) != nil } + features.map(\.name)
  }

  /// As `init(named:)` reads it.
  public var description: String {
    if case .type(let type) = self { return "\(type)" }
    return Self.features.first { $0.ability == self }?.name ?? "something unknown"
  }

  /// By a program type's name, or `xdp_context`, `xdp_frags`, `xdp_live_frames`, `skb_checksum_complete`.
  public init?(named name: String) {
    if let feature = Self.features.first(where: { $0.name == name }) {
      self = feature.ability
    } else if let type = BPFProgramType(named: name), TestRunRules.of(type) != nil {
      self = .type(type)
    } else {
      return nil
    }
  }
}

extension KernelProbes {
  /// Whether the kernel can do that in a test run, found out by doing it with a program of two instructions.
  ///
  /// Tracing programs and struct_ops need something to attach to: of them is told whether the kernel has its own test
  /// functions.
  public static func has(testRun ability: TestRunAbility) throws(BPFError) -> Bool {
    let what = "test run of \(ability)"
    switch ability {
    case .type(.tracing): return try has(function: "bpf_fentry_test1", [.function], what)
    case .type(.structOps): return try has(function: "bpf_dummy_ops_state", [.structure], what)
    case .type(let type): return try canRun(type, what)
    case .xdpContext:
      return try runs(.xdp, what, context: XDPContext(length: 64).bytes) { _ in }
    case .xdpFrags: return try runs(.xdp, what, loadFlags: 1 << 5, packet: 9000) { _ in }
    case .xdpLiveFrames:
      // Old kernels don't look at the flags, but at what lies behind all that they know of `union bpf_attr`.
      return try runs(.xdp, what) {
        $0.flags = TestRunFlags.xdpLiveFrames.rawValue
        $0.batch_size = 1
      }
    case .skbChecksumComplete:
      return try runs(.schedCLS, what) { $0.flags = TestRunFlags.skbChecksumComplete.rawValue }
    }
  }

  /// Whether the kernel's BTF has it.
  private static func has(
    function name: String, _ kinds: [BTFKindNumber], _ what: String
  ) throws(BPFError) -> Bool {
    if kernelTypeID(name, kinds: kinds) != nil { return true }
    try needBTF(for: what)
    return false
  }

  /// Whether programs of that type can be loaded and run at all.
  static func canRun(_ type: BPFProgramType, _ what: String) throws(BPFError) -> Bool {
    do {
      // The kernel says ENOTSUPP (524) when a type has no test run, before it looks at anything else.
      let code = try run(type) { $0.ctx_size_in = 0 }
      return code != Errno.notSupported && code != EOPNOTSUPP
    } catch {
      return try Privilege.absent(what, errno: error.errno)
    }
  }

  /// Whether a run with these options succeeds.
  private static func runs(
    _ type: BPFProgramType, _ what: String, loadFlags: UInt32 = 0, packet: Int = 64, context: [UInt8] = [],
    _ prepare: (inout bpf_test_run_opts) -> Void
  ) throws(BPFError) -> Bool {
    do {
      return try run(type, loadFlags: loadFlags, packet: packet, context: context, prepare) == 0
    } catch {
      return try Privilege.absent(what, errno: error.errno)
    }
  }

  /// Loads `return 1` (XDP_DROP) and runs it; throws when it doesn't load. `1 << 5` is `BPF_F_XDP_HAS_FRAGS`.
  private static func run(
    _ type: BPFProgramType, loadFlags: UInt32 = 0, packet: Int = 64, context: [UInt8] = [],
    _ prepare: (inout bpf_test_run_opts) -> Void
  ) throws(BPFError) -> Int32 {
    // r0 = 1; exit
    let program = try SmallProgram(type, [0x1_0000_00b7, 0x95]) { load in
      load.prog_flags = loadFlags
      load.setNeeds(of: type)
    }
    let takesPacket = TestRunRules.of(type)?.takesPacket == true
    let data = [UInt8](repeating: 0, count: packet)
    return data.withUnsafeBytes { data in
      context.withUnsafeBytes { context in
        var options = bpf_test_run_opts()
        options.sz = MemoryLayout<bpf_test_run_opts>.size
        if takesPacket {
          options.data_in = data.baseAddress
          options.data_size_in = UInt32(data.count)
        }
        if !context.isEmpty {
          options.ctx_in = context.baseAddress
          options.ctx_size_in = UInt32(context.count)
        }
        prepare(&options)
        var result = bpf_prog_test_run_opts(program.descriptor, &options)
        while result == -EINTR { result = bpf_prog_test_run_opts(program.descriptor, &options) }
        return -result
      }
    }
  }
}
