import BPFTesting
import Testing

/// The library without generated code: names are strings, values go by BTF.
@Suite struct ObjectSuite {
  let object: BPFObject

  init() async throws {
    object = try await BPFObject(compiling: "BPF/port_filter.bpf.c")
    try await object.load()
  }

  @Test func mapsByBTF() throws {
    try object.maps["rules"].set(53, to: ["action": "ACTION_DROP", "quiet": true])
    let run = try object.programs["port_filter"].testRun("Ether()/IP()/UDP(dport=53)")
    #expect(run.returnValue == .xdpDrop)
    #expect(run.duration >= .zero && run.interruptions >= 0)
    let rule = try object.maps["rules"][53]
    #expect(rule?["hits"] == 1 && rule?["action"] == "ACTION_DROP" && rule?["quiet"] == true)
    #expect(try object.maps["rules"].entries().map(\.key) == [53])
    #expect(try object.maps["rules"].delete(53))
    #expect(try object.maps["rules"][53] == nil)
  }

  @Test func globalsByBTF() throws {
    #expect(try object.globals["ignored"].value == 0)
    try object.globals["ignored"].set(7)
    #expect(try object.globals["ignored"].read(as: UInt64.self) == 7)
    try object.globals["last_tag"].set(["value": 9])
    #expect(try object.globals["last_tag"].value["kind"] == 7)
  }

  @Test func eventsByBTF() async throws {
    try object.maps["rules"].set(53, to: ["action": "ACTION_LOG"])
    let events = try object.maps["events"].events(as: "event", within: .seconds(2))
    _ = try object.programs["port_filter"].testRun("Ether()/IP(ttl=3)/UDP(dport=53)")
    let event = try await events.first()
    #expect(event["port"] == 53 && event["hops"] == 3 && event["rule"] == "default")
  }

  @Test func contextsByFieldName() throws {
    let run = try object.programs["reflect"].testRun(
      Ether() / IPv4(), context: ["ingress_ifindex": 1])
    #expect(try run.contextField("data_end") == 34)
    #expect(throws: BPFError.self) { try run.contextField("data_and") }
    let typed = try object.programs["reflect"].testRun(
      Ether() / IPv4(), context: RunContext(XDPContext(length: 34, ingressIfindex: 1)))
    #expect(XDPContext(bytes: typed.context).dataEnd == 34)
  }

  @Test func wrongNamesNameTheNearest() throws {
    func words(_ body: () throws -> Void) -> String {
      #expect(throws: BPFError.self) { try body() }?.description ?? ""
    }
    #expect(words { _ = try object.programs["port_filtre"] }.contains("did you mean `port_filter`?"))
    #expect(words { _ = try object.maps["rule"] }.contains("did you mean `rules`?"))
    #expect(words { _ = try object.globals["enforced"] }.contains("did you mean `enforce`?"))
    #expect(words { try object.maps["rules"].set(53, to: ["hist": 1]) }.contains("did you mean `hits`?"))
    #expect(
      words { try object.maps["rules"].set(53, to: ["action": "ACTION_DORP"]) }.contains("did you mean `ACTION_DROP`?"))
    #expect(
      words { _ = try object.programs["reflect"].testRun(Ether() / IPv4(), context: ["ingress_ifidx": 1]) }
        .contains("did you mean `ingress_ifindex`?"))
    #expect(throws: (any Error).self) { try BPFObject(contentsOf: "nowhere.bpf.o") }
    #expect(words { _ = try BPFProgram("ghost", of: object).type }.contains("ghost"))
  }

  @Test func wrongValuesAreErrors() throws {
    #expect(throws: BPFError.self) { try object.maps["rules"].set(65_536, to: ["hits": 1]) }
    #expect(throws: BPFError.self) { try object.maps["rules"].typed(key: UInt16.self, value: UInt32.self) }
    #expect(throws: BPFError.self) { try object.globals["ignored"].write(UInt16(1)) }
    #expect(throws: BPFError.self) { try object.maps["rules"].events(within: .zero) }
    #expect(throws: BPFError.self) { try object.maps["events"].events(as: "evnt", within: .zero) }
    #expect(throws: BPFError.self) { try object.maps["rules"].setMaxEntries(8) }
    #expect(throws: (any Error).self) { try object.programs["reflect"].testRun("Ether()/IPv9()") }
    #expect(throws: BPFError.self) { try object.programs["reflect"].testRun([1, 2, 3]) }
  }

  @Test func roomThatCannotBeHadIsAnError() throws {
    let reflect = try object.programs["reflect"]
    for capacity in [.max, 1 << 32, 1 << 31, -1] {
      let error = #expect(throws: BPFError.self) {
        try reflect.testRun(Ether() / IPv4(), options: RunOptions(capacity: capacity))
      }
      #expect(error?.code == .badArgument && error?.description.contains("\(capacity) bytes") == true)
    }
    #expect(try reflect.testRun(Ether() / IPv4(), options: RunOptions(capacity: 34)).bytes.count == 34)
  }

  @Test func aRefusedRunNamesTheRule() throws {
    let reflect = try object.programs["reflect"]
    // No kernel takes a value for it.
    let error = #expect(throws: BPFError.self) {
      try reflect.testRun(Ether() / IPv4(), context: ["egress_ifindex": 1])
    }
    #expect(error?.detail.contains("egress_ifindex") == true)
    #expect(throws: BPFError.self) { try reflect.testRun() }
  }

  @Test func useAfterCloseIsAnError() throws {
    let program = try object.programs["reflect"]
    let map = try object.maps["rules"]
    let global = try object.globals["ignored"]
    object.close()
    object.close()
    #expect(object.isClosed && !object.isLoaded)
    for body in [
      { _ = try program.testRun(Ether() / IPv4()) }, { _ = try program.attach() }, { try map.set(1, to: ["hits": 1]) },
      { _ = try map.entries() }, { try global.set(1) }, { try object.load() },
    ] as [() throws -> Void] {
      let error = #expect(throws: BPFError.self) { try body() }
      #expect(error?.code == .closed)
    }
  }

  @Test func useBeforeLoadIsAnError() async throws {
    let fresh = try await BPFObject(compiling: "BPF/port_filter.bpf.c")
    #expect(throws: BPFError.self) { try fresh.programs["reflect"].testRun(Ether() / IPv4()) }
    #expect(throws: BPFError.self) { try fresh.maps["rules"].set(1, to: ["hits": 1]) }
  }

  @Test func aLoadedObjectIsNotLoadedAgain() throws {
    let error = #expect(throws: BPFError.self) { try object.load() }
    #expect(error?.description == "loading object `port_filter.bpf.c`: it is loaded already")
    #expect(object.isLoaded)
  }

  /// libbpf takes no second attempt, and says nothing else about it.
  @Test func aRefusedLoadIsRefusedAgainForTheSameReason() throws {
    let careless = try Careless.open()
    for _ in 0..<3 {
      let error = #expect(throws: BPFLoadError.self) { try careless.load() }
      #expect(error?.program == "careless" && error?.description.contains("outside of the packet") == true)
      #expect(try careless.object.verifierLog(of: "careless").text.contains("invalid access to packet"))
    }
  }

  @Test func aProgramThatDoesNotCompileSaysWhy() async throws {
    await #expect(throws: (any Error).self) { try await BPFObject(compiling: "BPF/missing.bpf.c") }
  }

  @Test func manyTasksShareOneObject() async throws {
    try object.maps["rules"].set(53, to: ["action": "ACTION_DROP", "quiet": true])
    let program = try object.programs["port_filter"]
    let packet = Ether() / IPv4() / UDP(dport: 53)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask {
          let run = try program.testRun(packet)
          #expect(run.returnValue == .xdpDrop)
        }
      }
      try await group.waitForAll()
    }
    #expect(try object.maps["rules"][53]?["hits"] == 50)
  }
}
