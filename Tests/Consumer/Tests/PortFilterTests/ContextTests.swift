import BPFTesting
import Testing

/// Every context that goes in or comes out as a Swift value.
@Suite struct ContextSuite {
  private func loaded(_ program: String) async throws -> Kinds {
    let kinds = try Kinds.open(programs: [program])
    try await kinds.load()
    return kinds
  }

  @Test func socketBuffers() async throws {
    let mark = try await loaded("mark").programs.mark
    let packet = Ether() / IPv4() / UDP()
    let run = try mark.testRun(packet, context: RunContext(SKBuffContext(mark: 41, cb: [6])))
    #expect(try run.skBuffContext.priority == 42)
    #expect(try run.skBuffContext.cb[1] == 7)
    // It comes back also when none was given.
    #expect(try mark.testRun(packet).skBuffContext.priority == 1)
    #expect(throws: BPFError.self) { try run.xdpContext }
  }

  @Test func xdp() async throws {
    let drop = try await loaded("drop").programs.drop
    let run = try drop.testRun(Ether() / IPv4(), context: RunContext(XDPContext(length: 34, ingressIfindex: 1)))
    #expect(try run.xdpContext.dataEnd == 34 && run.xdpContext.ingressIfindex == 1)
  }

  @Test func metadataIsNoPartOfThePacket() async throws {
    let tag = try await loaded("tag").programs.tag
    let run = try tag.testRun(Ether() / IPv4() / UDP())
    expectReturn(run, .xdpPass)
    try expectUnchangedPacket(run)
    #expect(try run.packet.value(of: "IP.ttl")?.number == 64)
    #expect(try run.packet.value(of: "TCP.dport") == nil)
  }

  @Test(.requires(.testRun(.xdpContext))) func metadataComesAsAValue() async throws {
    let kinds = try await loaded("tag")
    let tag = kinds.programs.tag
    let run = try tag.testRun(Ether() / IPv4() / UDP())
    try expectMetadata(run, equals: Kinds.Hint(mark: 0xcafe, flags: 1, port: 443))
    try expectMetadata(run, equals: kinds.globals.tagged)
    #expect(try run.metadata(as: Kinds.Hint.self).port == 443)
    #expect(try run.metadata.count == 8)
    let drop = try await loaded("drop").programs.drop
    #expect(try drop.testRun(Ether() / IPv4()).metadata.isEmpty)
    #expect(throws: BPFError.self) { try run.metadata(as: UInt16.self) }
    let withSome = try tag.testRun(
      [1, 2, 3, 4] + Packet(Ether() / IPv4() / UDP()).build(), context: RunContext(XDPContext(metadata: 4, length: 46)))
    try expectUnchangedPacket(withSome)
    #expect(try withSome.metadata.count == 12)
  }

  @Test(.requires(.testRun(.type(.skLookup)))) func socketLookups() async throws {
    let choose = try await loaded("choose").programs.choose
    let seen = try choose.testRun(context: RunContext(SKLookupContext(remoteIP4: 0x0a01_0203, localPort: 80)))
    #expect(seen.returnValue == .skDrop)
    #expect(try seen.skLookupContext.cookie == 0 && seen.skLookupContext.localPort == 80)
    #expect(try choose.testRun(context: ["family": "AF_INET", "local_port": 81]).returnValue == .skPass)
  }

  @Test(.requires(.programType(.netfilter)), .requires(.kfunc("bpf_dynptr_from_skb")))
  func netfilterHooks() async throws {
    let hook = try await loaded("hook").programs.hook
    let packet = Ether() / IPv4() / TCP()
    #expect(try hook.testRun(packet, context: RunContext(NetfilterContext(hook: 1))).returnValue == .nfAccept)
    #expect(try hook.testRun(packet, context: RunContext(NetfilterContext(hook: 2))).returnValue == .nfDrop)
  }

  @Test func argumentsOfATracepointOnAGivenCPU() async throws {
    let kinds = try await loaded("argument")
    let last = UInt32(RunningKernel.possibleCPUs - 1)
    for cpu in [0, last] {
      let run = try kinds.programs.argument.testRun(context: [0, 77], options: RunOptions(cpu: cpu))
      #expect(run.returnValue == 77)
      #expect(kinds.globals.processor == cpu)
    }
    #expect(throws: BPFError.self) {
      try kinds.programs.argument.testRun(context: [0, 0], options: RunOptions(cpu: 4000))
    }
  }

  @Test func aSystemCallsOwnStruct() async throws {
    let add = try await loaded("add").programs.add
    let run = try add.testRun(context: RunContext(Kinds.SumRequest(first: 40, second: 2)))
    #expect(try run.context(as: Kinds.SumRequest.self).sum == 42)
    #expect(throws: BPFError.self) { try run.context(as: UInt16.self) }
  }

  @Test func keysOfAFlow() async throws {
    let run = try await loaded("dissect").programs.dissect.testRun(Ether() / IPv4() / UDP())
    #expect(run.flowKeys.thoff == 34 && run.flowKeys.ipProto == 17)
  }

  @Test(.requires(.testRun(.xdpLiveFrames))) func liveFramesInBatches() async throws {
    let drop = try await loaded("drop").programs.drop
    let run = try drop.testRun(
      Ether() / IPv4() / UDP(), options: RunOptions(repetitions: 64, flags: .xdpLiveFrames, batchSize: 16))
    #expect(run.bytes.isEmpty)
    #expect(throws: BPFError.self) {
      try drop.testRun(Ether() / IPv4() / UDP(), options: RunOptions(batchSize: 16))
    }
  }
}
