import BPFTesting
import Testing

@Suite struct PortFilterSuite {
  let filter: PortFilter

  init() async throws {
    filter = try await PortFilter.load()
  }

  @Test func dropsWhatARuleNames() throws {
    filter.maps.rules[53] = .init(action: .actionDrop)

    let run = try filter.programs.portFilter.testRun(Ether() / IPv4() / UDP(dport: 53) / Payload("query"))

    #expect(run.returnValue == .xdpDrop)
    try expectUnchangedPacket(run)
    #expect(filter.maps.rules[53]?.hits == 1)
    #expect(filter.maps.rules[54] == nil)
    filter.maps.rules[53] = nil
    #expect(filter.maps.rules[53] == nil)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var packet: Packet
    var verdict: ReturnValue
    var testDescription: String { packet.expression }
  }

  @Test(arguments: [
    Case(packet: Ether() / IPv4() / UDP(dport: 53), verdict: .xdpDrop),
    Case(packet: Ether() / IPv4() / UDP(dport: 123), verdict: .xdpPass),
    Case(packet: Ether() / IPv4() / TCP(dport: 53), verdict: .xdpPass),
    Case(packet: Ether() / ARP(), verdict: .xdpPass),
  ])
  func judges(_ example: Case) throws {
    filter.maps.rules[53] = .init(action: .actionDrop)
    filter.maps.rules[123] = .init(action: .actionPass)
    expectReturn(try filter.programs.portFilter.testRun(example.packet), example.verdict)
  }

  @Test func constantsAreSetBeforeLoad() async throws {
    let tolerant = try PortFilter.open()
    tolerant.globals.enforce = false
    tolerant.globals.label = FixedArray("trial")
    try await tolerant.load()
    tolerant.maps.rules[53] = .init(action: .actionDrop)
    let events = try tolerant.maps.events.events(within: .seconds(2))

    #expect(try tolerant.programs.portFilter.testRun("Ether()/IP()/UDP(dport=53)").returnValue == .xdpPass)
    #expect(try await events.first().rule.text == "trial")

    // Once loaded they can't be.
    tolerant.globals.enforce = true
    #expect(throws: BPFError.self) { try tolerant.check() }
    #expect(tolerant.globals.enforce.value == false)
  }

  @Test func countsWhatItIgnores() throws {
    filter.globals.ignored = 40
    for _ in 0..<2 { _ = try filter.programs.portFilter.testRun(Ether() / ARP()) }
    #expect(filter.globals.ignored == 42)
    #expect(try filter.maps.totals.sum(0, \.packets) == 2)
    #expect(try filter.maps.totals.sum(0, \.bytes) == 84)
  }

  @Test func eventsComeInOrder() async throws {
    filter.maps.rules[53] = .init(action: .actionLog)
    filter.maps.rules[67] = .init(action: .actionDrop)
    let events = try filter.maps.events.events(within: .seconds(2))
    for port: UInt16 in [53, 67, 99] {
      _ = try filter.programs.portFilter.testRun(Ether() / IPv4(src: "192.0.2.7", ttl: 9) / UDP(dport: port))
    }

    let seen = try await events.next(2)
    #expect(seen.map(\.port) == [53, 67])
    #expect(seen[0].source == NetworkOrder(address: "192.0.2.7"))
    #expect(seen[0].action == UInt8(PortFilter.Action.actionLog.rawValue) && seen[0].hops == 9)
    #expect(seen[1].rule.text == "default")
    // There was no third, since port 99 has no rule.
    #expect(try events.pending().isEmpty)
  }

  @Test func anEventThatNeverComesIsAnError() async throws {
    let events = try filter.maps.events.events(within: .milliseconds(20))
    await #expect(throws: BPFEventError.self) { try await events.first() }
    for try await event in events { Issue.record("\(event) came from nowhere") }
  }

  @Test func aTaskThatAwaitsEventsCanBeCancelled() async throws {
    let events = try filter.maps.events.events(within: .seconds(60))
    let task = Task { try await events.first() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func unionsAndBitFieldsAreMembers() throws {
    let run = try filter.programs.portFilter.testRun(Ether() / IPv4(src: "10.1.2.3", ttl: 7) / UDP() / Payload("12345"))
    #expect(run.returnValue == .xdpPass)
    var sender = try #require(filter.maps.senders[0])
    #expect(sender.v4 == NetworkOrder(address: "10.1.2.3"))
    #expect(sender.v6.array.prefix(4) == [10, 1, 2, 3])
    #expect(sender.family == 2 && sender.hops == 7 && sender.length == 33 && sender.fragmented == 0)

    sender.fragmented = 1
    sender.length = 0x2aaa
    filter.maps.senders[0] = sender
    // The same memory, read by the object's own BTF.
    let value = try filter.object.maps["senders"][0]
    #expect(value?["length"] == 0x2aaa && value?["fragmented"] == 1 && value?["hops"] == 7)
  }

  @Test func reflectedPacketsHaveTheirAddressesSwapped() throws {
    let packet = Ether(dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01") / IPv4() / UDP() / Payload("ping")
    let run = try filter.programs.reflect.testRun(packet)
    expectReturn(run, .xdpTX)
    try expectPacket(
      run, equals: Ether(dst: "02:00:00:00:00:01", src: "02:00:00:00:00:02") / IPv4() / UDP() / Payload("ping"))
  }

  @Test func anAssignmentThatFailsIsThrownByTheNextCall() throws {
    for port: UInt16 in 1...5 { filter.maps.rules[NetworkOrder(port)] = .init() }
    // There is room for four.
    let error = #expect(throws: BPFError.self) { try filter.programs.portFilter.testRun(Ether() / ARP()) }
    #expect(error?.description.contains("rules") == true)
    _ = try filter.programs.portFilter.testRun(Ether() / ARP())
  }
}

@Suite struct NetworkOrderSuite {
  @Test func addressesAreReadAsInC() {
    #expect(NetworkOrder(address: "192.0.2.7") == 0xc000_0207)
    for text in ["+1.2.3.4", "01.002.3.4", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "", "::1", "1.2.3.4\0"] {
      #expect(NetworkOrder(address: text) == nil, "\(text)")
    }
  }
}

@Suite struct LayoutSuite {
  /// Where the object's BTF puts a member.
  private func offset(_ type: String, _ member: String) throws -> Int {
    let object = try PortFilter.open().object
    return try #require(object.btf.structure(type)?.member(member)).bitOffset / 8
  }

  @Test func structsLieInMemoryAsInC() throws {
    #expect(MemoryLayout<PortFilter.Rule>.offset(of: \.hits) == (try offset("rule", "hits")))
    #expect(MemoryLayout<PortFilter.Rule>.offset(of: \.action) == (try offset("rule", "action")))
    #expect(MemoryLayout<PortFilter.Rule>.offset(of: \.quiet) == (try offset("rule", "quiet")))
    #expect(MemoryLayout<PortFilter.Event>.offset(of: \.rule) == (try offset("event", "rule")))
    let btf = try PortFilter.open().object.btf
    #expect(MemoryLayout<PortFilter.Rule>.size == btf.structure("rule")?.size)
    #expect(MemoryLayout<PortFilter.Rule>.stride == MemoryLayout<PortFilter.Rule>.size)
    #expect(MemoryLayout<PortFilter.Sender>.size == btf.structure("sender")?.size)
    #expect(MemoryLayout<PortFilter.Event>.size == btf.structure("event")?.size)
    #expect(MemoryLayout<PortFilter.Tag>.size == 5)
  }

  @Test func packedMembersAreFoundWhereTheyLie() throws {
    let filter = try PortFilter.open()
    #expect(filter.globals.lastTag.kind == 7 && filter.globals.lastTag.value == 0x0102_0304)
    #expect(filter.globals.lastTag == PortFilter.Tag(kind: 7, value: 0x0102_0304))
  }
}
