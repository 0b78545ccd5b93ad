import Glibc
import Testing

@testable import BPF

private struct Case: Sendable {
  var type: BPFProgramType
  var errno: Int32 = EINVAL
  var release: String?
  var words: String
  var prepare: @Sendable (inout TestRunOptions) -> Void
}

private func packet(_ length: Int, type: Int = 0x88b5) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: length)
  if length >= 14 {
    bytes[12] = UInt8(type >> 8)
    bytes[13] = UInt8(type & 255)
  }
  return bytes
}

private let refusedRuns: [Case] = [
  // What no kernel takes.
  Case(type: .kprobe, words: "no kernel can test-run kprobe programs") { _ in },
  Case(type: .xdp, words: "xdp programs need a packet") { _ in },
  Case(type: .skLookup, words: "sk_lookup programs take no packet") { $0.data = packet(64) },
  Case(type: .syscall, words: "runs syscall programs once") { $0.repetitions = 2 },
  Case(type: .tracing, words: "tracing programs take no context") { $0.context = [0] },
  Case(type: .schedCLS, words: "takes no flag `run_on_cpu`") {
    $0.data = packet(64)
    $0.flags = 1
  },
  Case(type: .rawTracepoint, words: "takes no flag `xdp_live_frames`") { $0.flags = 2 },
  Case(type: .rawTracepoint, words: "`cpu` needs the flag") { $0.cpu = 1 },
  Case(type: .xdp, words: "`batch_size` needs the flag") {
    $0.data = packet(64)
    $0.batchSize = 8
  },
  Case(type: .xdp, words: "live frames with a context don't come back") {
    $0.data = packet(64)
    $0.flags = 2
    $0.context = XDPContext(length: 64).bytes
    $0.dataOutCapacity = 64
  },
  Case(type: .xdp, words: "no value for `egress_ifindex` of xdp_md") {
    $0.data = packet(64)
    $0.context = XDPContext(length: 64).bytes
    $0.context?[20] = 1
  },
  Case(type: .xdp, words: "`data_end` is 60, and must be the 64 bytes") {
    $0.data = packet(64)
    $0.context = XDPContext(length: 60).bytes
  },
  Case(type: .xdp, words: "`data` lies behind `data_end`") {
    $0.data = packet(64)
    $0.context = XDPContext(metadata: 68, length: 64).bytes
  },
  Case(type: .xdp, words: "must be a multiple of 4") {
    $0.data = packet(64)
    $0.context = XDPContext(metadata: 3, length: 64).bytes
  },
  Case(type: .xdp, words: "at most 252") {
    $0.data = packet(600)
    $0.context = XDPContext(metadata: 256, length: 600).bytes
  },
  Case(type: .xdp, words: "`rx_queue_index` needs an `ingress_ifindex`") {
    $0.data = packet(64)
    $0.context = XDPContext(length: 64, rxQueueIndex: 1).bytes
  },
  Case(type: .cgroupSKB, words: "no value for `hash` of __sk_buff") {
    $0.data = packet(64)
    $0.context = SKBuffContext().bytes
    $0.context?[68] = 1
  },
  Case(type: .flowDissector, words: "no value for `nhoff` of bpf_flow_keys, only for `flags`") {
    $0.data = packet(64)
    $0.context = [1] + [UInt8](repeating: 0, count: 55)
  },
  Case(type: .skLookup, words: "no value for `cookie`") {
    $0.context = SKLookupContext().bytes
    $0.context?[0] = 1
  },
  Case(type: .skLookup, words: "needs a context that says who sends to whom") { _ in },
  Case(type: .rawTracepoint, words: "13 arguments, and there can be at most 12") {
    $0.context = [UInt8](repeating: 0, count: 104)
  },
  Case(type: .syscall, words: "65535 is the most") { $0.context = [UInt8](repeating: 0, count: 65536) },
  Case(type: .netfilter, words: "`pf` must be NFPROTO_IPV4") {
    $0.data = packet(64)
    $0.context = NetfilterContext(pf: 1).bytes
  },
  // What kernels differ in.
  Case(type: .xdp, release: "5.10.0", words: "`xdp_md` contexts need 5.15; this kernel refuses any") {
    $0.data = packet(64)
    $0.contextOutCapacity = 24
  },
  Case(type: .xdp, words: "live frames need 5.18") {
    $0.data = packet(64)
    $0.flags = 2
  },
  Case(type: .xdp, errno: EMSGSIZE, words: "9000 bytes, more than a page has room for; larger ones") {
    $0.data = packet(9000)
  },
  Case(type: .schedCLS, errno: E2BIG, words: "`hwtstamp` of the context, which came with 5.16") {
    $0.data = packet(64)
    $0.context = SKBuffContext(hwtstamp: 1).bytes
  },
  Case(type: .schedCLS, words: "`skb_checksum_complete`, which came with 6.10") {
    $0.data = packet(64)
    $0.flags = 4
  },
  Case(type: .schedCLS, words: "the packet has 13 bytes") { $0.data = packet(13) },
  Case(type: .flowDissector, words: "the packet has 2 bytes") { $0.data = packet(2) },
  Case(type: .schedCLS, words: "at least a byte behind it") { $0.data = packet(14) },
  Case(type: .lwtIn, words: "says IPv4, and this kernel wants its whole header of 20 bytes, not 6") {
    $0.data = packet(20, type: 0x0800)
  },
  Case(type: .socketFilter, words: "says IPv6") { $0.data = packet(53, type: 0x86dd) },
  Case(type: .schedCLS, words: "can't be less than the packet's 64 bytes") {
    $0.data = packet(64)
    $0.context = SKBuffContext(wireLen: 60).bytes
  },
  Case(type: .schedCLS, words: "`gso_segs` is at most 65535") {
    $0.data = packet(64)
    $0.context = SKBuffContext(gsoSegs: 65536).bytes
  },
  Case(type: .schedCLS, words: "no value for `hwtstamp`") {
    $0.data = packet(64)
    $0.context = SKBuffContext(hwtstamp: 1).bytes
  },
  Case(type: .schedACT, words: "no value for `ingress_ifindex`") {
    $0.data = packet(64)
    $0.context = SKBuffContext(ingressIfindex: 1).bytes
  },
  Case(type: .xdp, words: "which kernels since 5.18 take") { $0.data = packet(9000) },
  Case(type: .schedCLS, words: "this kernel takes no larger one") { $0.data = packet(9000) },
  Case(type: .netfilter, words: "at this hook the kernel wants an IP header of 20") { $0.data = packet(19) },
  Case(type: .netfilter, words: "Ethernet and IP headers of 54") {
    $0.data = packet(50)
    $0.context = NetfilterContext(hook: 0, pf: 10).bytes
  },
  Case(type: .netfilter, words: "must say the same") {
    $0.data = packet(64, type: 0x86dd)
    $0.context = NetfilterContext(hook: 0).bytes
  },
  Case(type: .rawTracepoint, words: "reads more than the 1 arguments given") {
    $0.context = [1, 0, 0, 0, 0, 0, 0, 0]
  },
  Case(type: .structOps, words: "another number of arguments than the 0") { _ in },
  Case(type: .syscall, words: "more than the 4 bytes of context given") { $0.context = [0, 0, 0, 0] },
  // Other errnos.
  Case(type: .xdp, errno: ENODEV, words: "no interface of that index") { _ in },
  Case(type: .skLookup, errno: 524, words: "came with 5.14") { _ in },
  Case(type: .netfilter, errno: 524, words: "came with 6.4") { _ in },
  Case(type: .lsm, errno: 524, words: "can't run lsm programs") { _ in },
  Case(type: .structOps, errno: EOPNOTSUPP, words: "`bpf_dummy_ops`") { _ in },
  Case(type: .skLookup, errno: EOPNOTSUPP, words: "SO_REUSEPORT") { _ in },
  Case(type: .xdp, errno: E2BIG, words: "at most 256 packets, not 300") { $0.batchSize = 300 },
  Case(type: .schedCLS, errno: E2BIG, words: "fields that this kernel doesn't know") { _ in },
  Case(type: .xdp, errno: ENOMEM, words: "more than 17 fragments") { $0.data = packet(80_000) },
  Case(type: .rawTracepoint, errno: ENXIO, words: "no CPU 7") { $0.cpu = 7 },
  Case(type: .skLookup, errno: ERANGE, words: "`local_port`") { _ in },
  Case(type: .skLookup, errno: EAFNOSUPPORT, words: "AF_INET6 (10)") { _ in },
  Case(type: .netfilter, errno: EPROTO, words: "must say IPv4 or IPv6") { _ in },
  Case(type: .schedCLS, errno: EBADMSG, words: "complete checksum") { _ in },
  Case(type: .tracing, errno: EFAULT, words: "test functions") { _ in },
  Case(type: .xdp, errno: EPERM, words: "CAP_BPF") { _ in },
]

@Suite struct TestRunExplainerTests {
  @Test(arguments: refusedRuns.indices)
  func namesTheRule(_ index: Int) throws {
    let test = refusedRuns[index]
    var options = TestRunOptions()
    test.prepare(&options)
    let reason = try #require(
      TestRunExplainer.reason(test.errno, options, type: test.type, release: test.release.map(KernelRelease.init)))
    #expect(reason.contains(test.words), "\(reason)")
  }

  @Test func findsNothingWrongWithAPlainRun() {
    var options = TestRunOptions()
    options.data = packet(64)
    #expect(TestRunExplainer.violation(options, type: .xdp) == nil)
    options.context = SKBuffContext(mark: 1, cb: [1, 2, 3, 4, 5]).bytes
    #expect(TestRunExplainer.violation(options, type: .schedCLS) == nil)
    #expect(TestRunExplainer.reason(EINTR, options, type: .schedCLS) == nil)
  }
}
