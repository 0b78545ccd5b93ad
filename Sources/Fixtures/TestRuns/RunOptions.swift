import BPF

/// How the kernel is to run a program, beyond what goes in: `flags`, `cpu` and `batch_size` of a step.
struct RunOptions: Sendable {
  static let keys = ["flags", "cpu", "batch_size"]

  var flags: [(flag: TestRunFlags, name: Located<String>)] = []
  /// The CPU to run on.
  var cpu: Located<UInt32>?
  /// Packets in a batch of live frames.
  var batchSize: Located<UInt32>?

  /// All flags: asking for a CPU asks for `run_on_cpu`, and for batches for `xdp_live_frames`.
  var allFlags: TestRunFlags {
    var all = TestRunFlags(flags.map(\.flag))
    if cpu != nil { all.insert(.runOnCPU) }
    if batchSize != nil { all.insert(.xdpLiveFrames) }
    return all
  }

  /// As the kernel does it by itself.
  init() {}

  /// Complains of unknown flags.
  init(_ fields: Fields, inheriting test: Fields?, _ complaints: Complaints) {
    func source(_ key: String) -> Fields { fields[key] == nil ? test ?? fields : fields }
    for name in source("flags").texts("flags") {
      if let known = TestRunFlags.named.first(where: { $0.name == name.value }) {
        flags.append((known.flag, name))
      } else {
        complaints.add(
          name.position, "no flag of a test run is called `\(name.value)`",
          hint: suggestion(for: name.value, among: TestRunFlags.named.map(\.name)))
      }
    }
    if let node = source("cpu")["cpu"] {
      if case .integer(let number) = node.scalar, let number = UInt32(exactly: number) {
        cpu = Located(number, node.position)
      } else {
        complaints.add(node.position, "`cpu` must be the number of a CPU, and here is \(node.kind)")
      }
    }
    if let count = source("batch_size").count("batch_size") {
      batchSize = Located(count, source("batch_size").position(of: "batch_size"))
    }
  }

  /// Complains of what a program type doesn't take.
  func check(_ rules: TestRunRules, _ type: BPFProgramType, _ complaints: Complaints) {
    func refuse(_ position: Position, _ what: String, _ flag: TestRunFlags) {
      let name = TestRunFlags.named.first { $0.flag == flag }?.name ?? ""
      complaints.add(
        position, "a test run of \(type) programs takes no \(what)",
        hint: "`\(name)` is for \(Self.takers(of: flag))")
    }
    for (flag, name) in flags where !rules.flags.contains(flag) { refuse(name.position, "`\(name.value)`", flag) }
    if let cpu, !rules.flags.contains(.runOnCPU) { refuse(cpu.position, "`cpu`", .runOnCPU) }
    if let batchSize, !rules.flags.contains(.xdpLiveFrames) {
      refuse(batchSize.position, "`batch_size`", .xdpLiveFrames)
    }
    // TEST_XDP_MAX_BATCH of net/bpf/test_run.c.
    if let batchSize, batchSize.value > 256 {
      complaints.add(batchSize.position, "`batch_size` is at most 256, and here is \(batchSize.value)")
    }
  }

  private static func takers(of flag: TestRunFlags) -> String {
    switch flag {
    case .runOnCPU: "raw_tracepoint"
    case .xdpLiveFrames: "xdp"
    default: "types that run on a socket buffer: sched_cls, socket_filter …"
    }
  }
}
