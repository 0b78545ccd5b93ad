import CLibbpf
import Testing

@testable import BPF

@Suite struct ContextTests {
  @Test func layoutsAreTheHeaders() {
    #expect(ContextLayout.skb.size == MemoryLayout<__sk_buff>.size)
    #expect(ContextLayout.xdp.size == MemoryLayout<xdp_md>.size)
    #expect(ContextLayout.flowKeys.size == MemoryLayout<bpf_flow_keys>.size)
    #expect(ContextLayout.skLookup.size == MemoryLayout<bpf_sk_lookup>.size)
    func offset(_ name: String) -> Int? { ContextLayout.skb.field(name)?.offset }
    #expect(offset("mark") == MemoryLayout<__sk_buff>.offset(of: \.mark))
    #expect(offset("cb") == MemoryLayout<__sk_buff>.offset(of: \.cb))
    #expect(offset("tstamp") == MemoryLayout<__sk_buff>.offset(of: \.tstamp))
    #expect(offset("gso_size") == MemoryLayout<__sk_buff>.offset(of: \.gso_size))
    #expect(offset("hwtstamp") == MemoryLayout<__sk_buff>.offset(of: \.hwtstamp))
    #expect(ContextLayout.flowKeys.field("flags")?.offset == MemoryLayout<bpf_flow_keys>.offset(of: \.flags))
    #expect(ContextLayout.flowKeys.field("sport")?.offset == MemoryLayout<bpf_flow_keys>.offset(of: \.sport))
    #expect(ContextLayout.skLookup.field("local_port")?.offset == MemoryLayout<bpf_sk_lookup>.offset(of: \.local_port))
  }

  @Test func fieldsLieInTheirStructs() {
    for layout in [ContextLayout.skb, .xdp, .flowKeys, .skLookup, .netfilter] {
      #expect(layout.fields.allSatisfy { $0.offset + $0.size * $0.count <= layout.size })
      #expect(layout.type.size == layout.size)
      #expect(layout.type.memberNames == layout.fields.map(\.name))
    }
  }

  @Test func contextsComeBackFromTheirBytes() {
    let skb = SKBuffContext(
      mark: 1, priority: 2, ingressIfindex: 3, ifindex: 4, cb: [5, 6, 7, 8, 9], tstamp: 1 << 40, wireLen: 10,
      gsoSegs: 11, gsoSize: 12, hwtstamp: 1 << 41)
    #expect(SKBuffContext(bytes: skb.bytes) == skb)
    let xdp = XDPContext(metadata: 4, length: 64, ingressIfindex: 1, rxQueueIndex: 2)
    #expect(XDPContext(bytes: xdp.bytes) == xdp)
    let lookup = SKLookupContext(
      family: 10, protocol: 17, remoteIP4: 1, remoteIP6: [2, 3, 4, 5], remotePort: 6, localIP4: 7,
      localIP6: [8, 9, 10, 11], localPort: 12)
    #expect(SKLookupContext(bytes: lookup.bytes) == lookup)
    let hook = NetfilterContext(hook: 1, pf: 10)
    #expect(NetfilterContext(bytes: hook.bytes) == hook)
    let words: RawTracepointArguments = [1, .max]
    #expect(RawTracepointArguments(bytes: words.bytes) == words)
    var keys = FlowKeys(flags: 4)
    keys.addrProto = 0x0800
    keys.dport = 443
    keys.source = [10, 0, 0, 1] + [UInt8](repeating: 0, count: 12)
    #expect(FlowKeys(bytes: keys.bytes) == keys)
  }

  @Test func keepsNetworkOrder() {
    let bytes = SKLookupContext(remoteIP4: 0x0a00_0001, remotePort: 80, localPort: 80).bytes
    #expect(Array(bytes[16..<20]) == [10, 0, 0, 1])
    #expect(Array(bytes[36..<38]) == [0, 80])
    #expect(Array(bytes[60..<64]) == [80, 0, 0, 0])
  }

  @Test func toleratesTruncatedBytes() {
    #expect(SKBuffContext(bytes: []) == SKBuffContext())
    #expect(XDPContext(bytes: [1, 2]) == XDPContext(length: 0))
    #expect(FlowKeys(bytes: [UInt8](repeating: 0xff, count: 20)).flags == 0)
    #expect(RawTracepointArguments(bytes: [1, 2, 3]).values.isEmpty)
  }

  @Test func fieldsAreGivenByNameAndAddress() throws {
    let bytes = try BTFCodec.encode(
      .fields([
        .init("family", "AF_INET6"), .init("protocol", "IPPROTO_UDP"), .init("remote_ip4", "10.0.0.1"),
        .init("local_ip6", "2001:db8::1"), .init("remote_port", 53),
      ]), as: ContextLayout.skLookup.type)
    let context = SKLookupContext(bytes: bytes)
    #expect(context.family == 10 && context.protocol == 17)
    #expect(context.remoteIP4 == 0x0a00_0001 && context.remotePort == 53)
    #expect(context.localIP6 == [0x2001_0db8, 0, 0, 1])
    #expect(throws: BTFCodecError.self) {
      try BTFCodec.encode(.fields([.init("hook", "NF_INET_FORWARDS")]), as: ContextLayout.netfilter.type)
    }
  }
}
