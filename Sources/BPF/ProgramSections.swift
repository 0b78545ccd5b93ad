import CLibbpf

/// What the name of an ELF section says of the program in it: `section_defs` of libbpf.c, as of libbpf 1.7, whatever
/// version of libbpf opens the object.
public struct ProgramSection: Hashable, Sendable {
  /// `cgroup/connect4`.
  public var name: String
  public var type: BPFProgramType
  /// `enum bpf_attach_type` of linux/bpf.h, which the kernel is told at load (`expected_attach_type`); 0 for none.
  public var attachType: UInt32
  /// Whether programs in it may sleep (`BPF_F_SLEEPABLE`).
  public var isSleepable: Bool
  /// Whether more may follow behind a slash: `kprobe/do_unlinkat`.
  public var takesMore: Bool

  private init(_ name: String, _ type: BPFProgramType, _ attachType: UInt32 = 0, sleepable: Bool = false) {
    self.takesMore = name.hasSuffix("+")
    self.name = takesMore ? String(name.dropLast()) : name
    self.type = type
    self.attachType = attachType
    self.isSleepable = sleepable
  }

  /// The section of that name; `nil` where libbpf 1.7 knows none.
  public init?(named section: String) {
    // A program that is optional has a question mark in front.
    let name = section.hasPrefix("?") ? String(section.dropFirst()) : section
    guard let found = Self.all.first(where: { $0.matches(name) }) else { return nil }
    self = found
  }

  private func matches(_ section: String) -> Bool {
    section == name || (takesMore && section.hasPrefix(name + "/"))
  }

  /// What stands for a type without a section: what the section that bears the type's own name says. `nil` for types
  /// that the kernel wants an attach type of, and that have several (`cgroup_sock_addr`).
  public static func standard(for type: BPFProgramType) -> ProgramSection? {
    all.first { $0.type == type }.flatMap { severalWays.contains(type) ? nil : $0 }
  }

  /// Types whose programs are refused, or mean something else, without the right one of several attach types.
  private static let severalWays: Set<BPFProgramType> = [.cgroupSockAddr, .cgroupSockopt, .tracing]

  /// Those of a type: what a fixture may say to choose among them.
  public static func all(of type: BPFProgramType) -> [ProgramSection] { all.filter { $0.type == type } }

  /// All names, for suggestions.
  public static var names: [String] { all.map(\.name) }

  /// The first of a type is the one that stands for it.
  private static let all: [ProgramSection] = [
    .init("socket", .socketFilter),
    .init("sk_reuseport", .skReuseport, 39), .init("sk_reuseport/migrate", .skReuseport, 40),
    .init("kprobe+", .kprobe), .init("kretprobe+", .kprobe), .init("uprobe+", .kprobe), .init("uretprobe+", .kprobe),
    .init("uprobe.s+", .kprobe, sleepable: true), .init("uretprobe.s+", .kprobe, sleepable: true),
    .init("kprobe.multi+", .kprobe, 42), .init("kretprobe.multi+", .kprobe, 42), .init("kprobe.session+", .kprobe, 56),
    .init("uprobe.multi+", .kprobe, 48), .init("uretprobe.multi+", .kprobe, 48), .init("uprobe.session+", .kprobe, 57),
    .init("uprobe.multi.s+", .kprobe, 48, sleepable: true), .init("uretprobe.multi.s+", .kprobe, 48, sleepable: true),
    .init("uprobe.session.s+", .kprobe, 57, sleepable: true),
    .init("ksyscall+", .kprobe), .init("kretsyscall+", .kprobe), .init("usdt+", .kprobe),
    .init("usdt.s+", .kprobe, sleepable: true),
    .init("tc", .schedCLS), .init("tc/ingress", .schedCLS, 46), .init("tc/egress", .schedCLS, 47),
    .init("tcx/ingress", .schedCLS, 46), .init("tcx/egress", .schedCLS, 47), .init("classifier", .schedCLS),
    .init("netkit/primary", .schedCLS, 54), .init("netkit/peer", .schedCLS, 55), .init("action", .schedACT),
    .init("tracepoint+", .tracepoint), .init("tp+", .tracepoint),
    .init("raw_tracepoint+", .rawTracepoint), .init("raw_tp+", .rawTracepoint),
    .init("raw_tracepoint.w+", .rawTracepointWritable), .init("raw_tp.w+", .rawTracepointWritable),
    .init("tp_btf+", .tracing, 23), .init("fentry+", .tracing, 24), .init("fmod_ret+", .tracing, 26),
    .init("fexit+", .tracing, 25), .init("fentry.s+", .tracing, 24, sleepable: true),
    .init("fmod_ret.s+", .tracing, 26, sleepable: true), .init("fexit.s+", .tracing, 25, sleepable: true),
    .init("iter+", .tracing, 28), .init("iter.s+", .tracing, 28, sleepable: true),
    .init("freplace+", .extensionProgram),
    .init("lsm+", .lsm, 27), .init("lsm.s+", .lsm, 27, sleepable: true), .init("lsm_cgroup+", .lsm, 43),
    .init("syscall", .syscall, sleepable: true),
    .init("xdp", .xdp, 37), .init("xdp.frags", .xdp, 37), .init("xdp/devmap", .xdp, 33),
    .init("xdp.frags/devmap", .xdp, 33), .init("xdp/cpumap", .xdp, 35), .init("xdp.frags/cpumap", .xdp, 35),
    .init("perf_event", .perfEvent),
    .init("lwt_in", .lwtIn), .init("lwt_out", .lwtOut), .init("lwt_xmit", .lwtXmit),
    .init("lwt_seg6local", .lwtSeg6Local),
    .init("sockops", .sockOps, 3),
    .init("sk_skb", .skSKB), .init("sk_skb/stream_parser", .skSKB, 4), .init("sk_skb/stream_verdict", .skSKB, 5),
    .init("sk_skb/verdict", .skSKB, 38), .init("sk_msg", .skMsg, 7), .init("lirc_mode2", .lircMode2, 16),
    .init("flow_dissector", .flowDissector, 17),
    .init("cgroup/skb", .cgroupSKB), .init("cgroup_skb/ingress", .cgroupSKB, 0),
    .init("cgroup_skb/egress", .cgroupSKB, 1),
    .init("cgroup/sock", .cgroupSock, 2), .init("cgroup/sock_create", .cgroupSock, 2),
    .init("cgroup/sock_release", .cgroupSock, 34), .init("cgroup/post_bind4", .cgroupSock, 12),
    .init("cgroup/post_bind6", .cgroupSock, 13),
    .init("cgroup/bind4", .cgroupSockAddr, 8), .init("cgroup/bind6", .cgroupSockAddr, 9),
    .init("cgroup/connect4", .cgroupSockAddr, 10), .init("cgroup/connect6", .cgroupSockAddr, 11),
    .init("cgroup/connect_unix", .cgroupSockAddr, 49), .init("cgroup/sendmsg4", .cgroupSockAddr, 14),
    .init("cgroup/sendmsg6", .cgroupSockAddr, 15), .init("cgroup/sendmsg_unix", .cgroupSockAddr, 50),
    .init("cgroup/recvmsg4", .cgroupSockAddr, 19), .init("cgroup/recvmsg6", .cgroupSockAddr, 20),
    .init("cgroup/recvmsg_unix", .cgroupSockAddr, 51), .init("cgroup/getpeername4", .cgroupSockAddr, 29),
    .init("cgroup/getpeername6", .cgroupSockAddr, 30), .init("cgroup/getpeername_unix", .cgroupSockAddr, 52),
    .init("cgroup/getsockname4", .cgroupSockAddr, 31), .init("cgroup/getsockname6", .cgroupSockAddr, 32),
    .init("cgroup/getsockname_unix", .cgroupSockAddr, 53),
    .init("cgroup/sysctl", .cgroupSysctl, 18), .init("cgroup/getsockopt", .cgroupSockopt, 21),
    .init("cgroup/setsockopt", .cgroupSockopt, 22), .init("cgroup/dev", .cgroupDevice, 6),
    .init("struct_ops+", .structOps), .init("struct_ops.s+", .structOps, sleepable: true),
    .init("sk_lookup", .skLookup, 36), .init("netfilter", .netfilter, 45),
  ]
}

extension ProgramSection {
  /// Gives a program what the section says. Throws `EBUSY` after load.
  func apply(to program: BPFProgram) throws(BPFError) {
    try program.setType(type, attachType: attachType)
    guard isSleepable else { return }
    // BPF_F_SLEEPABLE (linux/bpf.h)
    _ = bpf_program__set_flags(program.pointer, bpf_program__flags(program.pointer) | 1 << 4)
  }
}
