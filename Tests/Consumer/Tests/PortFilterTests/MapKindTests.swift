import BPFTesting
import Foundation
import Testing

/// Maps of other kinds than arrays and hashes, from Swift.
@Suite struct MapKindSuite {
  private func loaded(_ programs: String..., prepare: (Kinds) throws -> Void = { _ in }) async throws -> Kinds {
    let kinds = try Kinds.open(programs: programs)
    try prepare(kinds)
    try await kinds.load()
    return kinds
  }

  private let packet = Ether() / IPv4() / UDP()

  @Test func queuesAndStacksAreWrittenAndReadFromTheirEnds() async throws {
    let kinds = try await loaded("drain")
    try kinds.maps.waiting.push(Kinds.Command(operation: 7, limit: 5))
    try kinds.maps.waiting.map.push(["limit": 100])
    #expect(try kinds.maps.waiting.peek()?.operation == 7)
    _ = try kinds.programs.drain.testRun(packet)
    #expect(kinds.globals.limit == 15)
    #expect(try kinds.maps.waiting.map.peek() == ["operation": 0, "limit": 100])
    #expect(try kinds.maps.waiting.pop() == Kinds.Command(limit: 100))
    #expect(try kinds.maps.waiting.pop() == nil)

    for number: UInt32 in 1...3 { try kinds.maps.buffers.push(number) }
    #expect(try kinds.maps.buffers.pop() == 3)
    #expect(try kinds.maps.buffers.peek() == 2)
  }

  @Test(.requires(.mapType(.bloomFilter))) func aBloomFilterKnowsWhatItWasTold() async throws {
    let kinds = try await loaded("drop")
    try kinds.maps.seen.push(0xc000_0201)
    #expect(try kinds.maps.seen.mayContain(0xc000_0201))
    #expect(try kinds.maps.seen.map.mayContain("192.0.2.1"))
    #expect(try !kinds.maps.seen.map.mayContain("192.0.2.2"))
  }

  @Test(.requires(.mapType(.userRingBuffer))) func commandsReachTheProgram() async throws {
    let kinds = try await loaded("drain")
    try kinds.maps.commands.send(Kinds.Command(operation: 1, limit: 42))
    _ = try kinds.programs.drain.testRun(packet)
    #expect(kinds.globals.limit == 42)
  }

  @Test func anEntryProgramHasTheTailCallsOfTheTestsChoice() async throws {
    let kinds = try await loaded("entry", "drop")
    #expect(try kinds.programs.entry.testRun(packet).returnValue == .xdpPass)
    try kinds.maps.stages.set(0, to: kinds.programs.drop)
    #expect(try kinds.programs.entry.testRun(packet).returnValue == .xdpDrop)
    #expect(throws: BPFError.self) { try kinds.maps.stages.set(1, to: kinds.programs.drain) }
  }

  @Test func aMapOfMapsHoldsTheMapThatIsPutIntoIt() async throws {
    let kinds = try await loaded("entry")
    for table in [kinds.maps.firstTable, kinds.maps.secondTable] { table[0] = 0 }
    try kinds.maps.tables.set(0, to: kinds.maps.secondTable.map)
    _ = try kinds.programs.entry.testRun(packet)
    #expect(kinds.maps.firstTable[0] == 0 && kinds.maps.secondTable[0] == 1)
  }

  @Test func prefixesAreWrittenInBulk() async throws {
    let kinds = try await loaded("list_table")
    let zones = kinds.maps.zones.map
    try zones.set(["10.0.0.0/8": 1, "10.1.0.0/16": 2, "0.0.0.0/0": 3])
    #expect(try zones["10.1.2.3/32"] == 2)
    #expect(try zones["192.0.2.1/32"] == 3)
    // The kernel has no iterator over them.
    let error = #expect(throws: BPFError.self) { try kinds.programs.listTable.attach(iterating: zones) }
    #expect(error?.description.contains("of a lpm_trie") == true)
  }

  @Test func anIteratorGoesThroughAMap() async throws {
    let kinds = try await loaded("list_table")
    try kinds.maps.firstTable.set([(1, 10), (2, 20)])
    let link = try kinds.programs.listTable.attach(iterating: kinds.maps.firstTable.map)
    #expect(try link.readIterator().split(separator: "\n").sorted() == ["value 10", "value 20"])
    try kinds.maps.firstTable.removeAll()
    #expect(try link.readIterator() == "")
  }

  @Test func manyEntriesAreWrittenAndReadInBatches() async throws {
    let kinds = try await loaded("drop") { try $0.maps.firstTable.map.setMaxEntries(3000) }
    try kinds.maps.firstTable.set((UInt32(0)..<3000).map { ($0, UInt64($0) * 2) })
    let entries = try kinds.maps.firstTable.entries()
    #expect(entries.count == 3000 && entries.allSatisfy { $0.value == UInt64($0.key) * 2 })
    try kinds.maps.firstTable.removeAll()
    #expect(try kinds.maps.firstTable.entries().isEmpty)
  }

  @Test func eachCPUHasAValueOfItsOwn() async throws {
    let kinds = try await loaded("drop")
    let map = kinds.maps.byCpu.map
    let count = RunningKernel.possibleCPUs
    let values: [BTFValue] = (1...count).map { ["packets": .integer(Int128($0)), "bytes": 10] }
    try map.set(7, toEach: values)
    #expect(try map.values(7) == values)
    let packets = try map.sum(7)?["packets"]
    #expect(packets == .integer(Int128(count * (count + 1) / 2)))
    #expect(try kinds.maps.byCpu.sum(7, \.bytes) == UInt64(10 * count))
    #expect(throws: BPFError.self) { try kinds.maps.firstTable.map.set(1, toEach: [1, 2]) }
  }

  @Test func aMapIsPinnedOnlyWhereAsked() async throws {
    let path = "/sys/fs/bpf/bpftest-consumer-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let first = try await loaded("drop") { try $0.maps.firstTable.map.setPinPath(path) }
    #expect(FileManager.default.fileExists(atPath: path))
    first.maps.firstTable[1] = 99
    try first.check()
    let second = try await loaded("drop") { try $0.maps.firstTable.map.setPinPath(path) }
    #expect(second.maps.firstTable[1] == 99)
  }

  @Test func kernelConfigurationIsTheTestsOwn() async throws {
    let object = try await BPFObject(compiling: "BPF/kinds.bpf.c", programs: ["entry"], kconfig: "CONFIG_HZ=321\n")
    try await object.load()
    _ = try object.programs["entry"].testRun(packet)
    #expect(try object.globals["hertz"].value == 321)
  }
}
