import Glibc

/// Says in words why `BPF_PROG_TEST_RUN` refuses a run: the kernel says no more than an errno.
///
/// The rules are those of net/bpf/test_run.c and net/bpf/bpf_dummy_struct_ops.c, 5.10 to 7.x.
public enum TestRunExplainer {
  /// What no kernel takes, to be told before the kernel is asked; `nil` when there is nothing of the sort.
  public static func violation(_ options: TestRunOptions, type: BPFProgramType) -> String? {
    guard let rules = TestRunRules.of(type) else {
      return "no kernel can test-run \(type) programs: attach them, and trigger what they are attached to"
    }
    if !rules.takesPacket, options.data != nil { return "\(type) programs take no packet in a test run" }
    if rules.takesPacket, options.data == nil { return "\(type) programs need a packet to run with" }
    if !rules.repeats, options.repetitions > 1 { return "the kernel runs \(type) programs once: `repeat` must be 1" }
    if rules.context == .none, options.context != nil { return "\(type) programs take no context in a test run" }
    return flagViolation(options, rules, type) ?? contextViolation(options, type)
  }

  /// Why the kernel refused; `nil` when the errno and what went in don't tell.
  ///
  /// - Parameter release: the kernel's, where it is known. It decides only between reasons that fit equally.
  public static func reason(
    _ errno: Int32, _ options: TestRunOptions, type: BPFProgramType, release: KernelRelease? = nil
  ) -> String? {
    let length = options.data?.count ?? 0
    switch errno {
    case EINVAL: return invalid(options, type, release)
    case EMSGSIZE: return tooLarge(options, type)
    case ENODEV: return "there is no interface of that index on this kernel"
    case Errno.notSupported, EOPNOTSUPP: return unsupported(errno, type)
    case E2BIG:
      // TEST_XDP_MAX_BATCH
      if options.batchSize > 256 { return "a batch has at most 256 packets, not \(options.batchSize)" }
      if type.runsOnSKB, let context = options.context, SKBuffContext(bytes: context).hwtstamp != 0 {
        return "this kernel knows no `hwtstamp` of the context, which came with 5.16"
      }
      return "the context has fields that this kernel doesn't know"
    case ENOMEM:
      // MAX_SKB_FRAGS (17) pages behind the first.
      return type == .xdp && length > 17 * 4096
        ? "the packet has \(length) bytes, more than 17 fragments and the first page have room for"
        : "the kernel found no memory for a packet of \(length) bytes"
    case ENXIO: return "there is no CPU \(options.cpu) that is online"
    case ERANGE where type == .skLookup: return "`local_port` is a port of at most 65535"
    case EAFNOSUPPORT where type == .skLookup: return "`family` must be AF_INET (2) or AF_INET6 (10)"
    case EPROTO where type == .netfilter: return "the packet's Ethernet type must say IPv4 or IPv6"
    case EBADMSG: return "the program changed the packet, and its complete checksum no longer fits"
    case EFAULT where type == .tracing: return "an attached program changes what the kernel's test functions return"
    case EPERM, EACCES: return "the process may not use BPF: it needs CAP_BPF and CAP_NET_ADMIN, or to be root"
    default: return nil
    }
  }

  // MARK: Rules of every kernel

  private static func flagViolation(
    _ options: TestRunOptions, _ rules: TestRunRules, _ type: BPFProgramType
  ) -> String? {
    let flags = TestRunFlags(rawValue: options.flags)
    for (name, flag) in TestRunFlags.named where flags.contains(flag) && !rules.flags.contains(flag) {
      return "a test run of \(type) programs takes no flag `\(name)`"
    }
    if options.cpu != 0, !flags.contains(.runOnCPU) { return "`cpu` needs the flag `run_on_cpu`" }
    if options.batchSize != 0, !flags.contains(.xdpLiveFrames) {
      return "`batch_size` needs the flag `xdp_live_frames`"
    }
    if flags.contains(.xdpLiveFrames), options.context != nil,
      options.dataOutCapacity > 0 || options.contextOutCapacity > 0
    {
      return "live frames with a context don't come back: ask for neither packet nor context"
    }
    return nil
  }

  private static func contextViolation(_ options: TestRunOptions, _ type: BPFProgramType) -> String? {
    guard let context = options.context else {
      return type == .skLookup ? "a socket lookup needs a context that says who sends to whom" : nil
    }
    if let layout = ContextLayout.of(type), let field = unsettable(context, layout) {
      let settable = layout.fields.filter(\.isSettable).map { "`\($0.name)`" }.joined(separator: ", ")
      return "the kernel takes no value for `\(field)` of \(layout.name), only for \(settable)"
    }
    switch type {
    case .xdp: return xdpViolation(XDPContext(bytes: context), length: options.data?.count ?? 0)
    case .rawTracepoint, .rawTracepointWritable:
      let most = RawTracepointArguments.most
      return context.count > most * 8 ? "\(context.count / 8) arguments, and there can be at most \(most)" : nil
    case .syscall:
      return context.count > Int(UInt16.max) ? "the context has \(context.count) bytes, and 65535 is the most" : nil
    case .netfilter:
      let state = NetfilterContext(bytes: context)
      return state.pf == 2 || state.pf == 10 ? nil : "`pf` must be NFPROTO_IPV4 (2) or NFPROTO_IPV6 (10)"
    default: return nil
    }
  }

  /// A field that has a value and that no kernel takes one for.
  private static func unsettable(_ context: [UInt8], _ layout: ContextLayout) -> String? {
    layout.fields.first { field in
      let end = field.offset + field.size * field.count
      return !field.isSettable && end <= context.count && context[field.offset..<end].contains { $0 != 0 }
    }?.name
  }

  private static func xdpViolation(_ context: XDPContext, length: Int) -> String? {
    if context.dataEnd != UInt32(clamping: length) {
      return "`data_end` is \(context.dataEnd), and must be the \(length) bytes of the data given"
    }
    if context.data > context.dataEnd { return "`data` lies behind `data_end`" }
    if context.data % 4 != 0 { return "`data`, the length of the metadata, must be a multiple of 4" }
    // xdp_metalen_invalid of include/net/xdp.h: 32 in older kernels.
    if context.data > 252 { return "`data`, the length of the metadata, is at most 252, and 32 on older kernels" }
    if context.rxQueueIndex != 0, context.ingressIfindex == 0 { return "`rx_queue_index` needs an `ingress_ifindex`" }
    return nil
  }

  // MARK: What kernels differ in

  /// Bytes of a page that a packet has at the most, about: less the room in front and the shared info behind.
  private static let pageRoom = 3500

  private static func unsupported(_ errno: Int32, _ type: BPFProgramType) -> String {
    switch type {
    case .skLookup where errno == EOPNOTSUPP:
      "the program chose a socket with SO_REUSEPORT, and a test run can't choose among its group"
    case .structOps: "this kernel can test-run no struct_ops programs but those of `bpf_dummy_ops`, since 5.16"
    case .skLookup, .syscall: "this kernel can't run \(type) programs in a test, which came with 5.14"
    case .netfilter: "this kernel can't run \(type) programs in a test, which came with 6.4"
    default: "this kernel can't run \(type) programs in a test"
    }
  }

  private static func invalid(
    _ options: TestRunOptions, _ type: BPFProgramType, _ release: KernelRelease?
  ) -> String? {
    let asksForContext = options.context != nil || options.contextOutCapacity > 0
    if type == .xdp, asksForContext, let release, KernelRange("<5.15")?.contains(release) == true {
      return "`xdp_md` contexts need 5.15; this kernel refuses any"
    }
    if let violation = violation(options, type: type) { return violation }
    if TestRunFlags(rawValue: options.flags).contains(.xdpLiveFrames), (options.data?.count ?? 0) <= pageRoom {
      return "live frames need 5.18; this kernel knows none"
    }
    if options.flags & TestRunFlags.skbChecksumComplete.rawValue != 0 {
      return "this kernel knows no flag `skb_checksum_complete`, which came with 6.10"
    }
    switch type {
    case .rawTracepoint, .rawTracepointWritable:
      return "the program reads more than the \((options.context?.count ?? 0) / 8) arguments given"
    case .structOps:
      let arguments = options.context ?? []
      // test_1 and test_2 of `bpf_dummy_ops` (net/bpf/bpf_dummy_struct_ops.c) have so many, of which the first is a pointer.
      if options.state == nil, [8, 40].contains(arguments.count), arguments.prefix(8).allSatisfy({ $0 == 0 }) {
        return
          "the first argument points to a `struct bpf_dummy_ops_state`, and this kernel takes none that is null: give the fields of the state in its place, `context: [ { val: 1 }, … ]`"
      }
      return "the function takes another number of arguments than the \((options.context?.count ?? 0) / 8) given"
    case .syscall:
      return "the program uses more than the \(options.context?.count ?? 0) bytes of context given"
    case .tracing: return "only fentry, fexit and fmod_ret programs run in a test"
    case .skLookup: return nil
    default: return packetReason(options, type)
    }
  }

  private static func packetReason(_ options: TestRunOptions, _ type: BPFProgramType) -> String? {
    let data = options.data ?? []
    if type == .netfilter { return netfilterReason(data, options.context.map(NetfilterContext.init(bytes:))) }
    if data.count < 14 {
      return "the packet has \(data.count) bytes, and the kernel wants a whole Ethernet header of 14"
    }
    if type.runsOnSKB, let context = options.context, let reason = skbReason(context, length: data.count) {
      return reason
    }
    if data.count > pageRoom { return tooLarge(options, type) }
    if type == .xdp {
      return options.context == nil
        ? nil : "the kernel refuses the context: metadata of this length, or a receive queue that isn't there"
    }
    return type.runsOnSKB ? headerReason(data) : nil
  }

  private static func tooLarge(_ options: TestRunOptions, _ type: BPFProgramType) -> String {
    let words = "the packet has \(options.data?.count ?? 0) bytes, more than a page has room for"
    guard type == .xdp else { return "\(words), and this kernel takes no larger one" }
    return TestRunFlags(rawValue: options.flags).contains(.xdpLiveFrames)
      ? "\(words), and live frames take no larger one"
      : "\(words); larger ones are fragments, which kernels since 5.18 take"
  }

  private static func netfilterReason(_ data: [UInt8], _ context: NetfilterContext?) -> String? {
    // sizeof(struct iphdr), ETH_HLEN before it except at NF_INET_LOCAL_OUT.
    let isOut = (context ?? NetfilterContext()).hook == 3
    let wanted = isOut ? 20 : context?.pf == 10 ? 54 : 34
    if data.count < wanted {
      return
        "the packet has \(data.count) bytes, and at this hook the kernel wants \(isOut ? "an IP header" : "Ethernet and IP headers") of \(wanted)"
    }
    return isOut ? nil : "`pf` and the packet's Ethernet type must say the same"
  }

  private static func skbReason(_ bytes: [UInt8], length: Int) -> String? {
    let context = SKBuffContext(bytes: bytes)
    if context.wireLen != 0, context.wireLen < UInt32(clamping: length) {
      return "`wire_len` is \(context.wireLen), and can't be less than the packet's \(length) bytes"
    }
    // GSO_MAX_SEGS and GSO_LEGACY_MAX_SIZE
    if context.gsoSegs > 65535 { return "`gso_segs` is at most 65535" }
    if context.wireLen > 65536 { return "`wire_len` is at most 65536" }
    if context.hwtstamp != 0 { return "this kernel takes no value for `hwtstamp` of the context" }
    if context.ingressIfindex != 0 { return "this kernel takes no value for `ingress_ifindex` of the context" }
    if (ContextLayout.skb.load("data_end", from: bytes) as UInt32) != 0 {
      return "this kernel takes no value for `data_end` of the context"
    }
    return nil
  }

  private static func headerReason(_ data: [UInt8]) -> String? {
    if data.count == 14 {
      return "the packet ends with its Ethernet header, and this kernel wants at least a byte behind it"
    }
    let wanted: [Int: (String, Int)] = [0x0800: ("IPv4", 20), 0x86dd: ("IPv6", 40)]
    guard let (name, size) = wanted[Int(data[12]) << 8 | Int(data[13])], data.count < 14 + size else { return nil }
    return
      "the Ethernet type says \(name), and this kernel wants its whole header of \(size) bytes, not \(data.count - 14)"
  }
}

extension BPFProgram {
  /// The error that a refused run amounts to, with the rule that it broke; `nil` when the kernel ran the program.
  public func refusal(of result: TestRunResult, _ options: TestRunOptions, release: KernelRelease? = nil) -> BPFError? {
    guard result.errno != 0, result.errno != ENOSPC else { return nil }
    return BPFError(
      .kernel, errno: result.errno, operation: "test run of program `\(name)`",
      detail: TestRunExplainer.reason(result.errno, options, type: type, release: release) ?? "")
  }
}
