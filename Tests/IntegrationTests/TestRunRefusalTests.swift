import Matrix
import Results
import Testing

/// Provokes the kernel's refusals of a test run, on the host: what is told must be the rule that was broken.
@Suite struct TestRunRefusalTests {
  private static let programs = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>

    struct bpf_dummy_ops_state { int val; };
    struct bpf_dummy_ops { int (*test_1)(struct bpf_dummy_ops_state *state); };

    __u32 anything;

    SEC("xdp") int xdp_drop(struct xdp_md *ctx) { return XDP_DROP; }
    SEC("tc") int tc_ok(struct __sk_buff *skb) { return 0; }
    SEC("tc") int meddle(struct __sk_buff *skb)
    { __u32 word = skb->len; return bpf_skb_store_bytes(skb, 40, &word, 4, 0); }
    SEC("raw_tp/sys_exit") int second(struct bpf_raw_tracepoint_args *ctx) { return ctx->args[1]; }
    SEC("syscall") int word(unsigned int *ctx) { return ctx[1]; }
    SEC("sk_lookup") int pass(struct bpf_sk_lookup *ctx) { return SK_PASS; }
    SEC("netfilter") int accept(void *ctx) { return 1; }
    SEC("struct_ops/test_1") int dummy(unsigned long long *ctx) { return 0; }
    SEC(".struct_ops") struct bpf_dummy_ops ops = { .test_1 = (void *)dummy };

    char _license[] SEC("license") = "GPL";

    """

  /// The tests of a fixture, and what the refusal of each must say.
  private static let refusals: [(test: String, words: String)] = [
    (
      "{ program: xdp_drop, packet: { hex: '0102' } }",
      "the packet has 2 bytes, and the kernel wants a whole Ethernet header of 14"
    ),
    (
      "{ program: xdp_drop, packet: Ether()/Raw('x'*6000), repeat: 5, batch_size: 5 }", "live frames take no larger one"
    ),
    ("{ program: xdp_drop, packet: Ether()/Raw('x'*400), context: { data: 3 } }", "must be a multiple of 4"),
    (
      "{ program: xdp_drop, packet: Ether()/Raw('x'*46), context: { rx_queue_index: 1 } }", "needs an `ingress_ifindex`"
    ),
    (
      "{ program: xdp_drop, packet: Ether()/Raw('x'*46), context: { ingress_ifindex: 99999 } }",
      "no interface of that index"
    ),
    ("{ program: tc_ok, packet: Ether(type=0x0800)/Raw('abc') }", "says IPv4, and this kernel wants its whole header"),
    (
      "{ program: tc_ok, packet: Ether()/Raw('x'*46), context: { wire_len: 10 } }",
      "`wire_len` is 10, and can't be less"
    ),
    ("{ program: tc_ok, packet: Ether()/Raw('x'*46), context: { gso_segs: 70000 } }", "`gso_segs` is at most 65535"),
    (
      "{ program: meddle, packet: Ether()/IP()/UDP()/Raw('x'*46), flags: skb_checksum_complete }",
      "its complete checksum no longer fits"
    ),
    ("{ program: second, context: [1] }", "reads more than the 1 arguments given"),
    ("{ program: second, context: [1, 2], cpu: 4000 }", "there is no CPU 4000 that is online"),
    ("{ program: word, context: { hex: '01020304' } }", "more than the 4 bytes of context given"),
    ("{ program: pass, context: { family: AF_UNIX } }", "`family` must be AF_INET (2)"),
    ("{ program: pass, context: { family: AF_INET, local_port: 65536 } }", "`local_port` is a port"),
    ("{ program: accept, packet: { hex: '000000000000000000000000000001' } }", "wants an IP header of 20"),
    (
      "{ program: accept, packet: Ether()/ARP()/Raw('x'*20), context: { pf: NFPROTO_IPV4, hook: NF_INET_LOCAL_IN } }",
      "must say IPv4 or IPv6"
    ),
    ("{ program: dummy, context: [0, 1] }", "another number of arguments than the 2 given"),
  ]

  @Test func theKernelsRefusalsNameTheirRules() async throws {
    let bench = try Workbench()
    try bench.write("refused.bpf.c", Self.programs)
    let tests = Self.refusals.enumerated().map { index, refusal in
      "  - { name: \"\(index)\", \(refusal.test.dropFirst().dropLast()), expect: { globals: { anything: 0 } } }\n"
    }
    try bench.write("refused.bpftest.yaml", "object: refused.bpf.c\ntests:\n" + tests.joined())
    let results = try await bench.run(on: .host)
    #expect(results.cells.count == Self.refusals.count)
    for (index, refusal) in Self.refusals.enumerated() {
      let cell = results.cells.first { $0.test == "\(index)" }
      #expect(cell?.verdict == .failed, "\(refusal.test): \(cell?.message ?? "nothing")")
      #expect(cell?.message.contains(refusal.words) == true, "\(refusal.test): \(cell?.message ?? "nothing")")
    }
  }
}
