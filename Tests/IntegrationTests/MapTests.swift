import BPF
import Compiling
import Fixtures
import Foundation
import Testing

/// Loads BPF on the kernel that the tests stand on.
@Suite struct MapTests {
  private static let source = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>
    struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 5000); __uint(pinning, LIBBPF_PIN_BY_NAME);
             __type(key, __u32); __type(value, __u64); } bpftest_pinned SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 100); __type(key, __u32);
             __type(value, __u32); } each SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2100); __type(key, __u32);
             __uint(value_size, 1000); } wide SEC(".maps");
    struct inner { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 3); __type(key, __u32); __type(value, __u32); };
    struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, __u32);
             __array(values, struct inner); } outer SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 3); __type(value, __u32); } q SEC(".maps");
    SEC("xdp") int tell(struct xdp_md *c) { __u32 n = 7; return bpf_ringbuf_output(&rb, &n, 4, 0) ? 0 : 2; }
    char LICENSE[] SEC("license") = "GPL";
    """

  private func object(sized: (BPFObject) throws -> Void = { _ in }) async throws -> BPFObject {
    let bench = try Workbench()
    try bench.write("maps.bpf.c", Self.source)
    let suite = try Suite(
      text: "object: maps.bpf.c\ntests: [ { name: t, program: tell, expect: { load: accepted } } ]",
      path: bench.folder + "/maps.bpftest.yaml")
    let compiled = try await ProgramCompiler(cache: bench.folder + "/cache").compile(suite)
    let object = try BPFObject(bytes: compiled.bytes.array, name: "maps")
    try sized(object)
    try object.load()
    return object
  }

  @Test func aReaderWaitsForARecordAndNoLongerThanItsDeadline() async throws {
    let object = try await object()
    let reader = try EventReader(try object.map("rb"))
    #expect(try reader.next(deadline: .now + .milliseconds(20)) == nil)
    var options = TestRunOptions()
    options.data = [UInt8](repeating: 0, count: 64)
    options.repetitions = 3
    #expect(try object.program("tell").testRun(options).errno == 0)
    #expect(try reader.next(deadline: .now + .seconds(5))?.bytes == [7, 0, 0, 0])
    #expect(try reader.drain().count == 2)
    #expect(try reader.take() == nil)
    #expect(try reader.skipAll())
    #expect(throws: BPFError.self) { try EventReader(try object.map("each")) }
    #expect(throws: BPFError.self) { try UserRingBufferWriter(try object.map("rb")) }
  }

  @Test func fiveThousandEntriesAreReadInBatchesAsOneByOne() async throws {
    let map = try await object().map("bpftest_pinned")
    for number in UInt32(0)..<5000 {
      try map.update(key: bytes(number), values: [bytes(UInt64(number) * 3)])
    }
    let entries = try map.entries()
    #expect(entries.count == 5000)
    #expect(Set(entries.map(\.key)).count == 5000)
    for entry in entries { #expect(try map.lookup(key: entry.key) == entry.values) }
  }

  @Test func fiveThousandEntriesAreWrittenInBatchesAsOneByOne() async throws {
    let map = try await object().map("bpftest_pinned").loaded()
    let entries = (UInt32(0)..<5000).map { (key: bytes($0), values: [bytes(UInt64($0) * 3)]) }
    try map.update(entries)
    #expect(try map.keys().count == 5000)
    for entry in entries { #expect(try map.lookup(key: entry.key) == entry.values) }
    // One that isn't there, among many that are.
    try map.delete(keys: (UInt32(1)..<5001).map { bytes($0) })
    #expect(try map.keys() == [bytes(UInt32(0))])
  }

  @Test func aBatchThatMeetsARefusalTellsOfItsEntry() async throws {
    let map = try await object { try $0.map("bpftest_pinned").setMaxEntries(100) }.map("bpftest_pinned").loaded()
    let error = #expect(throws: BPFError.self) {
      try map.update((UInt32(0)..<200).map { (key: bytes($0), values: [bytes(UInt64($0))]) })
    }
    #expect(error?.errno == E2BIG)
    #expect(try map.keys().count == 100)
    #expect(throws: BPFError.self) { try map.update(Array(repeating: (key: [1], values: [[1]]), count: 50)) }
    #expect(throws: BPFError.self) { try map.delete(keys: Array(repeating: [1, 2], count: 50)) }
  }

  @Test func batchesOfPerCPUMapsHaveAValueForEachCPU() async throws {
    let map = try await object().map("each")
    // The number of the entry and of the CPU.
    func values(_ number: UInt32) -> [[UInt8]] {
      (0..<BPFSystem.possibleCPUs).map { bytes(number << 16 | UInt32($0)) }
    }
    try map.loaded().update((UInt32(0)..<100).map { (bytes($0), values($0)) })
    let entries = try map.entries()
    #expect(entries.count == 100)
    for (number, entry) in entries.enumerated() { #expect(entry.values == values(UInt32(number))) }
    #expect(try map.lookup(key: bytes(UInt32(99))) == values(99))
  }

  @Test(arguments: [("each", 100), ("each", 7), ("wide", 2100), ("wide", 3)])
  func anArrayIsSetToZerosWhole(_ name: String, _ size: Int) async throws {
    let map = try await object { try $0.map(name).setMaxEntries(UInt32(size)) }.map(name)
    let ones = [UInt8](repeating: 1, count: map.valueSize)
    for index in 0..<UInt32(size) {
      try map.update(key: bytes(index), values: map.type.isPerCPU ? Array(repeating: ones, count: 2) : [ones])
    }
    #expect(try map.entries().allSatisfy { $0.values.contains { $0 == ones } })
    try map.fillWithZeros()
    let entries = try map.entries()
    #expect(entries.count == size)
    #expect(entries.allSatisfy { $0.values.allSatisfy { $0.allSatisfy { $0 == 0 } } })
  }

  @Test func nothingIsPinnedUnlessAsked() async throws {
    let object = try await object { object in
      let path = try object.map("bpftest_pinned").pinPath
      #expect(path == nil)
    }
    #expect(object.isLoaded)
    #expect(!FileManager.default.fileExists(atPath: "/sys/fs/bpf/bpftest_pinned"))
  }

  @Test func aMapIsPinnedWhereAskedAndFoundThereAgain() async throws {
    let path = "/sys/fs/bpf/bpftest-\(UUID().uuidString)"
    defer { unlink(path) }
    let first = try await object { try $0.map("bpftest_pinned").setPinPath(path) }
    #expect(FileManager.default.fileExists(atPath: path))
    try first.map("bpftest_pinned").update(key: bytes(UInt32(1)), values: [bytes(UInt64(7))])
    let second = try await object { try $0.map("bpftest_pinned").setPinPath(path) }
    #expect(try second.map("bpftest_pinned").lookup(key: bytes(UInt32(1))) == [bytes(UInt64(7))])
  }

  @Test func innerMapsHaveTheSizeThatIsSet() async throws {
    let object = try await object { try $0.map("outer").setInnerMaxEntries(9) }
    let outer = try object.map("outer")
    let inner = try outer.makeInner(maxEntries: 9)
    try inner.update(key: bytes(UInt32(8)), values: [bytes(UInt32(1))])
    try outer.update(key: bytes(UInt32(0)), descriptor: inner.descriptor)
    let found = try #require(try outer.loaded().inner(key: bytes(UInt32(0))))
    #expect(found.maxEntries == 9)
    #expect(try found.lookup(key: bytes(UInt32(8))) == [bytes(UInt32(1))])
    #expect(try outer.loaded().inner(key: bytes(UInt32(1))) == nil)
  }

  @Test func aQueueIsReadWithoutBeingEmptied() async throws {
    let queue = try await object().map("q").loaded()
    for number in UInt32(1)...3 { try queue.push(bytes(number)) }
    #expect(throws: BPFError.self) { try queue.push(bytes(UInt32(4))) }
    #expect(try queue.sequence() == [1, 2, 3].map { bytes(UInt32($0)) })
    #expect(try queue.peek() == bytes(UInt32(1)))
    try queue.removeAll()
    #expect(try queue.pop() == nil)
  }

  @Test func wrongSizesAndUseBeforeLoadAreErrors() async throws {
    let object = try await object()
    #expect(throws: BPFError.self) { try object.map("q").loaded().push([1]) }
    #expect(throws: BPFError.self) { try object.map("outer").readArena(at: 0, count: 1) }
    let fresh = try await self.object { object in
      #expect(throws: BPFError.self) { try object.map("q").loaded() }
      #expect(throws: BPFError.self) { try object.map("q").setInnerMaxEntries(2) }
    }
    #expect(fresh.isLoaded)
  }

  private func bytes(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number) { [UInt8]($0) } }
}
