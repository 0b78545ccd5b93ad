import BPFTesting
import Foundation
import Testing

/// Records read in Swift, on the host.
@Suite struct SwiftRecordTests {
  private struct Seen: BitwiseCopyable, Sendable { var cookie, size: UInt32 }

  private static let source = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>
    struct seen { __u32 cookie, size; };
    const struct seen *unused_seen __attribute__((unused));
    struct line { __u32 length; char text[]; };
    struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } perf SEC(".maps");
    const volatile __u32 take = 8;
    struct line sample;
    static char bytes[32] = { 1, 0, 0, 0, 2, 0, 0, 0, 'h', 'e', 'l', 'l', 'o' };
    SEC("xdp") int tell(struct xdp_md *ctx) {
      __u32 size = take;
      if (size > 32) return XDP_ABORTED;
      bpf_ringbuf_output(&rb, bytes, size & 31, 0);
      bpf_perf_event_output(ctx, &perf, BPF_F_CURRENT_CPU, bytes, size & 31);
      sample.length++;
      return XDP_PASS;
    }
    char LICENSE[] SEC("license") = "GPL";
    """

  private func object(taking size: UInt32) async throws -> BPFObject {
    let folder = NSTemporaryDirectory() + "bpftest-records-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.source.write(toFile: "\(folder)/records.bpf.c", atomically: true, encoding: .utf8)
    let object = try await BPFObject(compiling: "\(folder)/records.bpf.c")
    try object.globals["take"].write(size)
    try await object.load()
    return object
  }

  private func run(_ object: BPFObject) throws { _ = try object.programs["tell"].testRun("Ether()/IP()/UDP()") }

  @Test func aRecordOfItsTypesLengthIsRead() async throws {
    let object = try await self.object(taking: 8)
    for map in ["rb", "perf"] {
      let events = try object.maps[map].events(as: Seen.self, within: .seconds(2))
      try run(object)
      #expect(try await events.first().size == 2, "\(map)")
    }
  }

  @Test func aTypeNarrowerThanTheRecordIsAnError() async throws {
    let object = try await object(taking: 21)
    for map in ["rb", "perf"] {
      let typed = try object.maps[map].events(as: Seen.self, within: .seconds(2))
      try run(object)
      let error = await #expect(throws: BPFError.self, "\(map)") { try await typed.first() }
      #expect(error?.detail.contains("`events(withTails:)`") == true)
      let named = try object.maps[map].events(as: "struct seen", within: .seconds(2))
      try run(object)
      await #expect(throws: BPFError.self, "\(map)") { try await named.first() }
    }
    let tails = try object.maps["rb"].events(withTails: Seen.self, within: .seconds(2))
    _ = try tails.pending()
    try run(object)
    let event = try await tails.first()
    #expect(event.event.cookie == 1 && event.tail == [UInt8]("hello".utf8) + [UInt8](repeating: 0, count: 8))
  }

  @Test func whatAPointerAnnouncesIsTheTypeOfRecords() async throws {
    let object = try await self.object(taking: 8)
    let events = try object.maps["rb"].eventsOfUsualType(within: .seconds(2))
    try run(object)
    #expect(try await events.first() == ["cookie": 1, "size": 2])
  }

  @Test func recordsGoByTheirOwnLength() async throws {
    let object = try await object(taking: 13)
    let lines = try object.maps["rb"].events(as: "line", within: .seconds(2))
    try run(object)
    #expect(try await lines.first()["text"] == .bytes([2, 0, 0, 0] + [UInt8]("hello".utf8)))
    let short = try await self.object(taking: 4)
    let events = try short.maps["rb"].events(as: "seen", within: .seconds(2))
    try run(short)
    #expect(try await events.first() == ["cookie": 1])
  }

  @Test func anAssignmentThatFailsAndThatNobodyAsksAboutFailsTheTest() async throws {
    try await withKnownIssue {
      let object = try await self.object(taking: 8)
      BPFGlobal("take", of: object).writeKeepingFailure(UInt32(9))
    } matching: { issue in
      issue.comments.contains { $0.rawValue.contains("an assignment failed") && $0.rawValue.contains("read-only") }
    }
    // Who asks is told by what is thrown.
    let object = try await self.object(taking: 8)
    BPFGlobal("take", of: object).writeKeepingFailure(UInt32(9))
    #expect(throws: BPFError.self) { try run(object) }
  }
}

/// Keys are compared by their bytes in Swift too.
@Suite struct SwiftKeyTests {
  @Test func keysThatDifferInPaddingAloneAreDifferent() async throws {
    let source = Workbench.fixtures + "/../Tests/IntegrationTests/Verdicts/01-key-padding/pad.bpf.c"
    let object = try await BPFObject(compiling: source)
    try await object.load()
    _ = try object.programs["store"].testRun("Ether()/IP()/UDP()")
    let map = try object.maps["by_slot"]
    try withKnownIssue {
      try expectEntries(map, equal: [["group": 7, "cell": 3]: ["hits": 1]])
    } matching: { issue in
      issue.comments.contains { $0.rawValue.contains("bytes 12–15 are ea1dadab there, not 00000000") }
    }
    #expect(throws: BPFError.self) { try map.set(["group": 7, "cell": .null], to: ["hits": 1]) }
    #expect(throws: BPFError.self) { try map.set(["group": 7, "cell": "10.0.0.0.1"], to: ["hits": 1]) }
  }
}

/// What can't stand in a map of programs or of maps is explained in Swift as it is in fixtures.
@Suite struct SwiftMapUpdateTests {
  @Test func aProgramOfAnotherTypeIsNamed() async throws {
    let source = Workbench.fixtures + "/../Tests/IntegrationTests/Verdicts/09-tailcall-owner/owner.bpf.c"
    let object = try await BPFObject(compiling: source, programs: ["x_main", "x_leaf", "t_leaf"])
    try await object.load()
    let jumps = try object.maps["jumps"]
    try jumps.set(0, to: object.programs["x_leaf"])
    let error = #expect(throws: BPFError.self) { try jumps.set(0, to: object.programs["t_leaf"]) }
    #expect(error?.errno == EINVAL)
    #expect(
      error?.detail.contains("`t_leaf` is a sched_cls program, and the array belongs to xdp programs") == true,
      "\(String(describing: error))")
  }
}
