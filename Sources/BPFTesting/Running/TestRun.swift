import BPF
import Glibc

/// How a program is run, beside its packet and context.
public struct RunOptions: Sendable {
  /// How often the program runs; the duration is their mean, the rest is the last one's. Packet and context are not made
  /// anew in between.
  public var repetitions: UInt32 = 1
  /// The CPU to run on; only raw tracepoints take one.
  public var cpu: UInt32?
  public var flags: TestRunFlags = []
  /// Packets at once with live frames; 0 for the kernel's choice.
  public var batchSize: UInt32 = 0
  /// Bytes of room for the packet that comes back and the metadata in front of it, at most 64 MiB; by default as much as a
  /// packet can grow by.
  public var capacity: Int?

  public init(
    repetitions: UInt32 = 1, cpu: UInt32? = nil, flags: TestRunFlags = [], batchSize: UInt32 = 0, capacity: Int? = nil
  ) {
    self.repetitions = repetitions
    self.cpu = cpu
    self.flags = flags
    self.batchSize = batchSize
    self.capacity = capacity
  }
}

/// What a run gave.
public struct RunResult: Sendable {
  /// The program's name.
  public let program: String
  /// The program's type, by which the value returned has its name.
  public let type: BPFProgramType
  /// What the program returned; 0 for live frames, of which the kernel doesn't tell.
  public let returnValue: ReturnValue
  /// The packet that was given, without metadata in front of it; empty for a program that takes none.
  public let input: [UInt8]
  /// The packet's bytes as the program left them, without metadata in front of it.
  public let bytes: [UInt8]
  /// What the program left in front of the packet, where the kernel tells.
  private let metadataBytes: [UInt8]?
  /// The context's bytes as the program left them, empty where the kernel hands none back.
  public let context: [UInt8]
  /// Mean time of a run by the kernel's own clock.
  public let duration: Duration
  /// How often a signal interrupted the run, so that it was begun again.
  public let interruptions: Int
  /// The lines that the program wrote with `bpf_printk`; none where they can't be read (see `BPFObject.printk(during:)`).
  public internal(set) var printk: [String] = []

  init(
    program: String, type: BPFProgramType, given run: TestRunOptions, result: TestRunResult
  ) {
    self.program = program
    self.type = type
    returnValue = ReturnValue(rawValue: result.returnValue)
    let given = run.data ?? []
    input = Array(given.dropFirst(type.metadataLength(context: run.context, data: given.count)))
    let length = type.metadataLength(context: result.context, data: result.data.count)
    bytes = length > 0 ? Array(result.data.dropFirst(length)) : result.data
    metadataBytes = type == .xdp && !result.context.isEmpty ? Array(result.data.prefix(length)) : nil
    context = result.context
    duration = .nanoseconds(Int64(result.nanoseconds))
    interruptions = Int(result.interruptions)
  }

  /// What an XDP program left in front of the packet with `bpf_xdp_adjust_meta`, empty for none.
  ///
  /// Throws for other types, and where the kernel (before 5.15) doesn't hand it back.
  public var metadata: [UInt8] {
    get throws {
      if let metadataBytes { return metadataBytes }
      throw BPFError(
        .badArgument, operation: "the metadata of program `\(program)`",
        detail: type == .xdp ? TestRunRules.missingMetadata : "only XDP programs leave any, and it is of type \(type)")
    }
  }

  /// The metadata as a Swift value with the layout of the C struct.
  public func metadata<Value: BitwiseCopyable>(as type: Value.Type) throws -> Value {
    let bytes = try metadata
    if let value = Layout.value(of: bytes, as: Value.self) { return value }
    throw BPFError(
      .badArgument, operation: "the metadata of program `\(program)` as \(Value.self)",
      detail: "it has \(bytes.count) bytes, and \(MemoryLayout<Value>.size) are wanted")
  }

  /// What a flow dissector found.
  public var flowKeys: FlowKeys { FlowKeys(bytes: bytes) }

  /// The packet that came back, taken apart.
  public var packet: Packet { Packet(dissecting: bytes) }

  /// The context that an XDP program left.
  public var xdpContext: XDPContext { get throws { XDPContext(bytes: try contextBytes(of: [.xdp])) } }

  /// The context that a program on socket buffers left: its mark, its priority, its control block.
  public var skBuffContext: SKBuffContext {
    get throws {
      SKBuffContext(
        bytes: try contextBytes(of: [
          .schedCLS, .schedACT, .cgroupSKB, .lwtIn, .lwtOut, .lwtXmit, .lwtSeg6Local, .socketFilter,
        ]))
    }
  }

  /// The context that a socket lookup left; its `cookie` says which socket was chosen.
  public var skLookupContext: SKLookupContext {
    get throws { SKLookupContext(bytes: try contextBytes(of: [.skLookup])) }
  }

  /// The context that came back as a Swift value with the layout of the C one, such as what a program of type syscall takes.
  public func context<Value: BitwiseCopyable>(as type: Value.Type) throws -> Value {
    if let value = Layout.value(of: context, as: Value.self) { return value }
    throw BPFError(
      .badArgument, operation: "the context of program `\(program)` as \(Value.self)",
      detail: "it has \(context.count) bytes, and \(MemoryLayout<Value>.size) are wanted")
  }

  private func contextBytes(of types: [BPFProgramType]) throws -> [UInt8] {
    guard types.contains(type) else {
      throw BPFError(
        .badArgument, operation: "the context of program `\(program)`", detail: "it is of another type, \(type)")
    }
    guard !context.isEmpty else {
      throw BPFError(
        .badArgument, operation: "the context of program `\(program)`",
        detail: "the kernel hands one back only where one was given")
    }
    return context
  }

  /// A field of the context that came back, by its name in linux/bpf.h: `ingress_ifindex` of `xdp_md`.
  public func contextField(_ name: String) throws -> BTFValue {
    guard let layout = ContextLayout.of(type), let field = layout.type.member(name) else {
      let known = ContextLayout.of(type)?.fields.map(\.name) ?? []
      throw BPFError(
        .unknownName, operation: "the context of \(type) programs has no field `\(name)`",
        detail: nearestName(to: name, among: known).map { "did you mean `\($0)`?" } ?? "")
    }
    guard !context.isEmpty else {
      throw BPFError(.badArgument, operation: "reading `\(name)`", detail: "the kernel handed back no context")
    }
    guard layout.comesBack(name) else {
      throw BPFError(
        .badArgument, operation: "reading `\(name)`",
        detail: "no kernel hands it back from a test run, so that it would always be zero")
    }
    return try BTFCodec.decode(context, as: layout.type.type(of: field), at: field.bitOffset / 8)
  }
}

extension RunResult: CustomStringConvertible {
  /// `xdp_firewall returned XDP_DROP (1), 60 bytes`.
  public var description: String {
    "\(program) returned \(returnValue.description(for: type)), \(bytes.count) bytes"
  }
}

extension BPFProgram {
  /// Runs the program with a packet: `testRun(Ether()/IPv4(src: "10.0.0.1")/TCP(dport: 443))`.
  ///
  /// The C function is `bpf_prog_test_run_opts`; it blocks the thread for as long as the program runs. Throws the kernel's
  /// refusal with its reason.
  public func testRun(
    _ packet: some PacketPart, context: RunContext? = nil, options: RunOptions = RunOptions()
  ) throws -> RunResult {
    try testRun(packet.packet.build(), context: context, options: options)
  }

  /// Runs the program with a packet in Scapy's syntax: `testRun("Ether()/IP(src='10.0.0.1')/TCP(dport=443)")`.
  public func testRun(
    _ expression: String, context: RunContext? = nil, options: RunOptions = RunOptions()
  ) throws -> RunResult {
    try testRun(Packet(expression: expression).build(), context: context, options: options)
  }

  /// Runs the program with a packet's bytes.
  public func testRun(
    _ bytes: [UInt8], context: RunContext? = nil, options: RunOptions = RunOptions()
  ) throws -> RunResult {
    try run(bytes, context: context, options: options)
  }

  /// Runs a program that takes no packet, with a context or without one.
  public func testRun(context: RunContext? = nil, options: RunOptions = RunOptions()) throws -> RunResult {
    try run(nil, context: context, options: options)
  }

  private func run(_ packet: [UInt8]?, context: RunContext?, options: RunOptions) throws -> RunResult {
    try withCore("test run") { program in
      let type = program.type
      var run = TestRunOptions()
      run.data = packet
      run.context = try context?.bytes(for: type, packet: packet?.count ?? 0)
      run.repetitions = max(1, options.repetitions)
      run.cpu = options.cpu ?? 0
      run.flags = options.flags.union(options.cpu == nil ? [] : .runOnCPU).rawValue
      run.batchSize = options.batchSize
      let rules = TestRunRules.of(type)
      // Frames that went live don't come back (net/bpf/test_run.c: bpf_test_run_xdp_live); of a flow dissector the keys do.
      let givesData = rules?.givesPacket == true && !run.flags.isLive || type == .flowDissector
      if let packet, givesData {
        run.dataOutCapacity = options.capacity ?? TestRunOptions.room(for: packet.count)
      }
      // A syscall program changes its context in place.
      if rules?.givesContext == true, type != .syscall, !run.flags.isLive {
        // Kernels before 5.15 take none of XDP, not even to hand one back.
        let unasked = type.runsOnSKB ? ContextLayout.of(type)?.size : nil
        run.contextOutCapacity = run.context?.count ?? unasked ?? 0
      }
      let operation = "test run of program `\(name)`"
      if let rule = TestRunExplainer.violation(run, type: type) {
        // The kernel would say no more than this.
        throw BPFError(
          .badArgument, errno: rules == nil ? Errno.notSupported : EINVAL, operation: operation, detail: rule)
      }
      if type == .xdp { run.askForXDPContext() }
      let (result, lines) = try tellingLines { try program.testRun(run) }
      guard result.errno != ENOSPC else {
        let isTold = result.dataLength > run.dataOutCapacity
        throw BPFError(
          .kernel, errno: ENOSPC, operation: operation,
          detail: "the packet has \(isTold ? "\(result.dataLength)" : "more") bytes now, and there is room for "
            + "\(run.dataOutCapacity): give `capacity`")
      }
      if let refusal = program.refusal(of: result, run, release: KernelRelease(RunningKernel.release)) {
        throw refusal
      }
      var told = RunResult(program: name, type: type, given: run, result: result)
      told.printk = lines
      return told
    }
  }

  /// The lines that a run writes; of an object that writes none nothing is asked.
  private func tellingLines(_ body: () throws -> TestRunResult) throws -> (TestRunResult, [String]) {
    guard object.writesLines else { return (try body(), []) }
    let (result, lines) = try PrintkCapture.lines(during: body)
    return (result, (try? lines.get()) ?? [])
  }
}

extension UInt32 {
  fileprivate var isLive: Bool { TestRunFlags(rawValue: self).contains(.xdpLiveFrames) }
}
