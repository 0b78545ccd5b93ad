import BPF
import Compiling
import Foundation
import Testing

/// Wrong names, sizes, values, types and times: each is an error in words, and none a trap. Needs the right to load BPF.
@Suite struct MisuseTests {
  private static let program = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>
    enum colour { RED, GREEN = 5 };
    struct entry { __u16 port; enum colour colour; __u8 bits : 3; char name[4]; };
    struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 2); __type(key, __u32); __type(value, struct entry); }
      table SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); }
      counts SEC(".maps");
    const volatile __u32 limit = 1;
    __u32 seen;
    SEC("xdp") int pass(struct xdp_md *ctx)
    {
      __u32 key = limit;
      return bpf_map_lookup_elem(&table, &key) || bpf_map_lookup_elem(&counts, &key) ? XDP_DROP : XDP_PASS + 0 * seen++;
    }
    SEC("sk_msg") int message(struct sk_msg_md *msg) { return SK_PASS; }
    char _license[] SEC("license") = "GPL";

    """

  private func open() async throws -> BPFObject {
    let folder = NSTemporaryDirectory() + "bpftest-misuse-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.program.write(toFile: folder + "/misuse.bpf.c", atomically: true, encoding: .utf8)
    let object = try await ProgramCompiler(cache: folder + "/cache").compile(
      ProgramSource(path: folder + "/misuse.bpf.c"))
    return try BPFObject(bytes: object.bytes.array, name: "misuse")
  }

  private func load() async throws -> BPFObject {
    let object = try await open()
    try object.load()
    return object
  }

  /// That something throws an error of that kind, whose words hold these.
  private func expect(
    _ code: BPFError.Code, _ words: String..., location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    do {
      try body()
      Issue.record("nothing was thrown", sourceLocation: location)
    } catch let error as BPFError {
      #expect(error.code == code, "\(error)", sourceLocation: location)
      for word in words { #expect("\(error)".contains(word), "\(error)", sourceLocation: location) }
    } catch {
      Issue.record(error, sourceLocation: location)
    }
  }

  @Test func wrongNamesNameTheNearest() async throws {
    let object = try await open()
    expect(.unknownName, "no program `pas`", "did you mean `pass`?") { _ = try object.program("pas") }
    expect(.unknownName, "no map `tabel`", "did you mean `table`?") { _ = try object.map("tabel") }
    expect(.unknownName, "no section of globals `.dat`") { _ = try object.section(".dat") }
    expect(.unknownName) { _ = try object.program("") }
    expect(.unknownName) { _ = try object.map("a\0b") }
  }

  @Test func wrongFieldsAndEnumeratorsNameTheNearest() async throws {
    let type = try #require(try await open().map("table").valueType)
    func words(_ value: BTFValue) -> String {
      do throws(BTFCodecError) {
        _ = try BTFCodec.encode(value, as: type)
        return "no error"
      } catch {
        return error.description
      }
    }
    #expect(words(.fields([.init("prot", 1)])).contains("did you mean `port`?"))
    #expect(words(.fields([.init("colour", "GREN")])).contains("did you mean `GREEN`?"))
    #expect(words(.fields([.init("port", 65536)])).contains("65536 doesn't fit"))
    #expect(words(.fields([.init("port", -1)])).contains("-1 doesn't fit"))
    #expect(words(.fields([.init("port", .integer(.max))])).contains("doesn't fit"))
    #expect(words(.fields([.init("colour", .integer(.min))])).contains("doesn't fit"))
    #expect(words(.fields([.init("bits", 8)])).contains("doesn't fit a bit-field of 3 bits"))
    #expect(words(.fields([.init("name", "too long")])).contains("holds 4"))
    #expect(words(.list([1])).contains("takes its members"))
    #expect(words(.bytes([1])).contains("1 bytes given"))
    #expect(throws: BTFCodecError.self) { _ = try BTFCodec.decode([1, 2], as: type) }
    #expect(throws: BTFCodecError.self) { _ = try BTFCodec.decode([1, 2], as: type, at: .max) }
    #expect(throws: BTFCodecError.self) { _ = try BTFCodec.decode([UInt8](repeating: 0, count: 64), as: type, at: -1) }
  }

  @Test func buffersOfTheWrongSizeAreRefusedBeforeTheKernelSeesThem() async throws {
    let object = try await load()
    let table = try object.map("table")
    let value = [UInt8](repeating: 0, count: table.valueSize)
    expect(.badArgument, "the key has 3 bytes", "4") { try table.update(key: [1, 2, 3], values: [value]) }
    expect(.badArgument, "the value has 1 bytes") { try table.update(key: [1, 2, 3, 4], values: [[1]]) }
    expect(.badArgument) { try table.update(key: [1, 2, 3, 4], values: []) }
    expect(.badArgument) { _ = try table.lookup(key: []) }
    expect(.badArgument) { _ = try table.delete(key: [UInt8](repeating: 0, count: 5)) }
    let counts = try object.map("counts")
    expect(.badArgument, "possible CPUs") {
      let many = [[UInt8]](repeating: [UInt8](repeating: 0, count: 8), count: BPFSystem.possibleCPUs + 1)
      try counts.update(key: [0, 0, 0, 0], values: many)
    }
    let globals = try object.section(".bss")
    expect(.badArgument, "outside") { try globals.writeGlobals([1, 2, 3, 4, 5], at: 0) }
    expect(.badArgument, "outside") { try globals.writeGlobals([1], at: 4) }
    expect(.badArgument, "outside") { try globals.writeGlobals([1], at: -1) }
    expect(.badArgument, "outside") { try globals.writeGlobals([1], at: .max) }
    expect(.badArgument, "outside") { try globals.writeGlobals([1], at: .min) }
  }

  @Test func whatTheKernelRefusesIsItsErrno() async throws {
    let object = try await load()
    let table = try object.map("table")
    let value = [UInt8](repeating: 0, count: table.valueSize)
    try table.update(key: [1, 0, 0, 0], values: [value])
    try table.update(key: [2, 0, 0, 0], values: [value])
    expect(.kernel, "E2BIG", "`table`", "it is full with 2 entries") {
      try table.update(key: [3, 0, 0, 0], values: [value])
    }
    expect(.kernel, "E2BIG", "its keys go from 0 to 0, and here is 9") {
      try object.map("counts").update(key: [9, 0, 0, 0], values: [])
    }
    #expect(try table.delete(key: [7, 0, 0, 0]) == false)
    #expect(try table.lookup(key: [7, 0, 0, 0]) == nil)
  }

  @Test func programsOfTheWrongTypeAreRefusedForACall() async throws {
    let object = try await load()
    var options = TestRunOptions()
    options.data = [UInt8](repeating: 0, count: 64)
    // ENOTSUPP, the kernel's own: sk_msg programs have no test-run.
    #expect(try object.program("message").testRun(options).errno == 524)
    expect(.kernel, "attaching program `pass`") { _ = try object.program("pass").attach() }
    expect(.kernel, "attaching program `message`") { _ = try object.program("message").attach(xdp: "lo") }
    expect(.kernel) { _ = try object.program("pass").attach(cgroup: -1) }
    expect(.badArgument) { _ = try EventReader(object.map("table")) }
  }

  @Test(arguments: [0, 1, 13]) func packetsThatAreTooShortAreRefused(_ count: Int) async throws {
    var options = TestRunOptions()
    options.data = [UInt8](repeating: 0, count: count)
    #expect(try await load().program("pass").testRun(options).errno == 22)
  }

  @Test func contextsAndOutputsOfAnySizeNeverTrap() async throws {
    let program = try await load().program("pass")
    for size in [0, 1, 4, 24, 25, 4096] {
      var options = TestRunOptions()
      options.data = [UInt8](repeating: 0, count: 64)
      options.context = [UInt8](repeating: 0xff, count: size)
      options.contextOutCapacity = size
      options.dataOutCapacity = size
      let result = try program.testRun(options)
      #expect(result.data.count <= size)
      #expect(result.context.count <= size)
    }
    var options = TestRunOptions()
    options.data = [UInt8](repeating: 0, count: 64)
    options.dataOutCapacity = 20
    let cut = try program.testRun(options)
    #expect(cut.errno == 28 && cut.data.count == 20 && cut.dataLength == 64)
    for flags in [UInt32.max, 1 << 31] {
      options.flags = flags
      #expect(try program.testRun(options).errno != 0)
    }
  }

  @Test func aResultThatIsUsedAgainIsAsGoodAsANewOne() async throws {
    let program = try await load().program("pass")
    var again = TestRunResult()
    for (size, room) in [(64, 100), (128, 128), (64, 20), (64, 0), (14, 14), (13, 13)] {
      var options = TestRunOptions()
      options.data = (0..<size).map { UInt8($0) }
      options.dataOutCapacity = room
      let fresh = try program.testRun(options)
      try program.testRun(options, into: &again)
      #expect(again.errno == fresh.errno && again.returnValue == fresh.returnValue)
      #expect(again.data == fresh.data && again.dataLength == fresh.dataLength && again.context == fresh.context)
    }
  }

  @Test func roomThatCannotBeMadeIsAnError() async throws {
    let program = try await load().program("pass")
    var (options, result) = (TestRunOptions(), TestRunResult())
    options.data = [UInt8](repeating: 0, count: 64)
    for (data, context) in [(Int.max, 0), (-1, 0), (1 << 32, 0), (0, Int.max), (0, -1)] {
      (options.dataOutCapacity, options.contextOutCapacity) = (data, context)
      expect(.badArgument, "can't be made") { _ = try program.testRun(options) }
      expect(.badArgument, "can't be made") { try program.testRun(options, into: &result) }
      expect(.badArgument, "can't be made") { _ = try program.timedRuns(options, batches: 1, runsPerBatch: 1) }
    }
  }

  @Test func whatNeedsALoadedObjectSaysSo() async throws {
    let object = try await open()
    let (program, table) = (try object.program("pass"), try object.map("table"))
    expect(.badArgument, "it isn't loaded") { _ = try program.testRun(TestRunOptions()) }
    var result = TestRunResult()
    expect(.badArgument, "it isn't loaded") { try program.testRun(TestRunOptions(), into: &result) }
    expect(.badArgument, "isn't loaded") { _ = try program.timedRuns(TestRunOptions(), batches: 1, runsPerBatch: 1) }
    expect(.badArgument, "isn't loaded") { _ = try program.attach() }
    expect(.badArgument, "isn't loaded") { _ = try table.lookup(key: [0, 0, 0, 0]) }
    expect(.badArgument, "isn't loaded") { _ = try table.keys() }
    expect(.badArgument, "isn't loaded") { try table.update(key: [0, 0, 0, 0], values: []) }
    #expect(program.descriptor == nil && table.descriptor == nil)
  }

  @Test func whatIsForBeforeLoadIsRefusedAfterIt() async throws {
    let object = try await load()
    expect(.badArgument, "EBUSY") { try object.map("table").setMaxEntries(4) }
    expect(.badArgument, "EBUSY") { try object.program("pass").setType(.schedCLS) }
    expect(.badArgument) { try object.program("pass").setAutoload(false) }
    expect(.badArgument, "read-only") { try object.section(".rodata").writeGlobals([1, 0, 0, 0], at: 0) }
    expect(.badArgument, "it is loaded already") { try object.load() }
    // Refusing that has done no harm.
    var options = TestRunOptions()
    options.data = [UInt8](repeating: 0, count: 64)
    #expect(try object.program("pass").testRun(options).errno == 0)
  }

  @Test func handlesOutliveTheObjectTheyCameFrom() async throws {
    let map = try await load().map("table")
    #expect(try map.keys().isEmpty)
    let program = try await load().program("pass")
    #expect(program.name == "pass" && program.descriptor != nil)
    let link = try await load().program("pass").attach(xdp: "lo")
    link.detach()
    link.detach()
    #expect(!link.isAttached && link.descriptor == nil)
  }

  @Test func nothingToTimeIsAnError() async throws {
    let program = try await load().program("pass")
    expect(.badArgument, "nothing to run") {
      _ = try program.timedRuns(TestRunOptions(), batches: 0, runsPerBatch: 10)
    }
    // XDP takes no run without a packet.
    expect(.kernel, "EINVAL") { _ = try program.timedRuns(TestRunOptions(), batches: 1, runsPerBatch: 1) }
  }
}
