import Foundation
import Results
import TestPlan
import Testing

@testable import BPF
@testable import Compiling
@testable import Fixtures

/// An object with maps that aren't keys with plain values.
private enum KindSample {
  static let source = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>
    struct count { __u32 hits; };
    struct inner { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, __u16);
                   __type(value, struct count); };
    struct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 4); __type(value, __u32); } q SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_BLOOM_FILTER); __uint(max_entries, 4); __type(value, __be32); } seen SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_HASH_OF_MAPS); __uint(max_entries, 4); __type(key, __u32);
             __array(values, struct inner); } outer SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_STACK_TRACE); __uint(max_entries, 4); __uint(key_size, 4);
             __uint(value_size, 64); } stacks SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_DEVMAP); __uint(max_entries, 4); __type(key, __u32);
             __type(value, struct bpf_devmap_val); } devices SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_XSKMAP); __uint(max_entries, 4); __uint(key_size, 4);
             __uint(value_size, 4); } sockets SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_TASK_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int);
             __type(value, struct count); } tasks SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4);
             __uint(value_size, 4); } jumps SEC(".maps");
    extern int CONFIG_HZ __kconfig;
    int hz;
    SEC("xdp") int pass(struct xdp_md *c) { hz = CONFIG_HZ; return XDP_PASS; }
    SEC("xdp/devmap") int at_device(struct xdp_md *c) { return XDP_PASS; }
    char LICENSE[] SEC("license") = "GPL";
    """

  private static let compiled = Task {
    let folder = try TemporaryFolder()
    try folder.write(source, to: "kinds.bpf.c")
    return try await ProgramCompiler(cache: folder.path + "/cache").compile(try suite([], folder.path + "/kinds"))
  }

  private static func suite(_ lines: [String], _ stem: String) throws -> Suite {
    let head = "object: kinds.bpf.c\ntests:\n  - name: t\n    program: pass\n"
    let packet = "    packet: { hex: \"\(String(repeating: "00", count: 64))\" }\n"
    let tail = lines.isEmpty ? "    expect: { return: XDP_PASS }\n" : ""
    return try Suite(
      text: head + packet + lines.map { "    \($0)\n" }.joined() + tail, path: "\(stem).bpftest.yaml")
  }

  static func plan(_ lines: String...) async throws -> PlannedTest {
    try #require(try Planner.plan(try suite(lines, "kinds"), object: try await compiled.value).first)
  }

  static func complaint(_ lines: String...) async throws -> String? {
    let object = try await compiled.value
    do throws(FixtureErrors) {
      let text = lines + (lines.contains { $0.hasPrefix("expect") } ? [] : ["expect: { return: XDP_PASS }"])
      _ = try Planner.plan(try suiteOrFail(text), object: object)
      return nil
    } catch {
      return error.errors.first?.message
    }
  }

  private static func suiteOrFail(_ lines: [String]) throws(FixtureErrors) -> Suite {
    let head = "object: kinds.bpf.c\ntests:\n  - name: t\n    program: pass\n"
    let packet = "    packet: { hex: \"\(String(repeating: "00", count: 64))\" }\n"
    return try Suite(text: head + packet + lines.map { "    \($0)\n" }.joined(), path: "kinds.bpftest.yaml")
  }

  /// What is wrong when a map is seen to hold this.
  static func failures(_ expectation: String, _ map: MapObservation) async throws -> [String] {
    let test = try await plan("expect: { maps: { \(map.map): \(expectation) } }")
    return test.judge(
      Observations(load: .loaded, steps: [StepObservation(maps: [map])]), kernel: "host", release: "6.1"
    )
    .failures.map { "\($0.path): \($0.expected): \($0.seen)" }
  }
}

private func number(_ value: UInt32) -> Bytes { Bytes(withUnsafeBytes(of: value) { [UInt8]($0) }) }
private let none = Bytes()

@Suite struct MapKindTests {
  @Test func aQueueIsPushedAndComparedInOrder() async throws {
    let plan = try await KindSample.plan("maps: { q: [1, 2] }", "expect: { maps: { q: [2] } }").plan
    #expect(
      plan.maps == [
        MapWrite(
          map: "q",
          entries: [
            MapEntry(key: none, value: .bytes(number(1))), MapEntry(key: none, value: .bytes(number(2))),
          ])
      ])
    let seen = MapObservation(
      map: "q", entries: [1, 2].map { MapEntry(key: none, value: .bytes(number($0))) })
    #expect(try await KindSample.failures("[1]", seen).isEmpty)
    #expect(try await KindSample.failures("[2]", seen) == ["maps.q[0]: 2: 1"])
    #expect(try await KindSample.failures("{ exactly: [1] }", seen) == ["maps.q[1]: no more values: 2"])
    #expect(try await KindSample.failures("[1, 2, 3]", seen) == ["maps.q[2]: a value: none: the map has 2"])
  }

  @Test func aBloomFilterIsAskedForTheValuesThatMatter() async throws {
    let test = try await KindSample.plan("expect: { maps: { seen: { contains: 10.0.0.1, absent: [10.0.0.2] } } }")
    #expect(test.plan.steps[0].lookups?.first?.entries.map(\.key.array) == [[10, 0, 0, 1], [10, 0, 0, 2]])
    #expect(test.plan.steps[0].readMaps.isEmpty)
    func seen(_ address: UInt8) -> MapObservation {
      MapObservation(map: "seen", entries: [MapEntry(key: Bytes([10, 0, 0, address]), value: .bytes(none))])
    }
    let wanted = "{ contains: 10.0.0.1, absent: [10.0.0.2] }"
    #expect(try await KindSample.failures(wanted, seen(1)).isEmpty)
    #expect(try await KindSample.failures(wanted, seen(2)).count == 2)
  }

  @Test func innerMapsAreMadeAndComparedAtTheirOwnPaths() async throws {
    let plan = try await KindSample.plan(
      "maps: { outer: { 1: { 443: { hits: 7 } }, 2: { max_entries: 1, entries: {} } } }",
      "expect: { return: XDP_PASS }"
    ).plan
    #expect(
      plan.maps[0].entries[0].value
        == .contents(InnerMap(entries: [MapEntry(key: Bytes([0xbb, 1]), value: .bytes(number(7)))])))
    #expect(plan.maps[0].entries[1].value == .contents(InnerMap(entries: [], maxEntries: 1)))
    let inner = InnerMap(entries: [MapEntry(key: Bytes([0xbb, 1]), value: .bytes(number(7)))])
    let seen = MapObservation(map: "outer", entries: [MapEntry(key: number(1), value: .contents(inner))])
    #expect(try await KindSample.failures("{ 1: { 443: { hits: 7 } } }", seen).isEmpty)
    #expect(try await KindSample.failures("{ 1: { 443: { hits: 8 } } }", seen) == ["maps.outer[1][443].hits: 8: 7"])
    #expect(try await KindSample.failures("{ 2: {} }", seen) == ["maps.outer[2]: a map: no entry"])
    #expect(try await KindSample.failures("{ absent: [1] }", seen) == ["maps.outer[1]: no entry: a map of 1 entry"])
    #expect(try await KindSample.failures("{ exactly: {} }", seen).count == 1)
  }

  @Test func stacksAreComparedByTheirFunctions() async throws {
    let seen = MapObservation(
      map: "stacks", entries: [MapEntry(key: number(9), value: .bytes(none))], frames: [["a", "b", "c"]])
    #expect(try await KindSample.failures("{ any: { contains: [a, c] } }", seen).isEmpty)
    #expect(try await KindSample.failures("{ 9: [a, b] }", seen).isEmpty)
    #expect(
      try await KindSample.failures("{ any: { contains: [c, a] } }", seen)
        == ["maps.stacks[any]: a stack with c, a: [a, b, c]"])
    #expect(try await KindSample.failures("{ 9: [b] }", seen).count == 1)
    #expect(
      try await KindSample.failures("{ 8: [a] }", seen) == ["maps.stacks[8]: a stack that begins with a: no such stack"]
    )
  }

  @Test func namesBecomeReferencesThatTheKernelUnderTestFillsIn() async throws {
    let plan = try await KindSample.plan(
      "maps: { devices: { 0: lo, 1: { ifindex: 3, program: at_device } }, sockets: { 2: xdp }, tasks: { self: { hits: 1 } } }",
      "expect: { maps: { tasks: { trigger: { hits: 2 } } } }"
    ).plan
    let devices = try #require(plan.maps.first { $0.map == "devices" })
    #expect(devices.entries[0].references == [MapReference(target: .interface("lo"))])
    #expect(devices.entries[1].references == [MapReference(offset: 4, target: .program("at_device"))])
    #expect(devices.entries[1].value == .bytes(Bytes([3, 0, 0, 0, 0, 0, 0, 0])))
    #expect(plan.programs.contains("at_device"))
    #expect(plan.maps.first { $0.map == "sockets" }?.entries[0].references == [MapReference(target: .socket("xdp"))])
    #expect(plan.maps.first { $0.map == "tasks" }?.entries[0].references == [MapReference(isKey: true, target: .task)])
    #expect(plan.steps[0].lookups?[0].entries[0].references == [MapReference(isKey: true, target: .trigger)])
  }

  @Test func sizesAndOptionsGoIntoThePlan() async throws {
    let plan = try await KindSample.plan(
      "map_sizes: { q: { max_entries: 9, value_size: 8 }, outer: { inner_max_entries: 2 } }",
      "kconfig: { CONFIG_HZ: 300 }", "maps: { q: [0x100000000] }", "expect: { return: XDP_PASS }"
    ).plan
    #expect(plan.mapSizes == ["q": 9])
    #expect(plan.valueSizes == ["q": 8])
    #expect(plan.innerSizes == ["outer": 2])
    #expect(plan.kconfig == "CONFIG_HZ=300\n")
    #expect(plan.maps[0].entries[0].value == .bytes(Bytes([0, 0, 0, 0, 1, 0, 0, 0])))
  }

  @Test(arguments: [
    ("maps: { q: { 1: 2 } }", "a queue has no keys: list its values, and here is a mapping"),
    ("maps: { devices: { 0: { ifindex: 1, program: nobody } } }", "the object has no program `nobody`"),
    ("maps: { sockets: { 0: udp } }", "`sockets` is a xskmap, which takes no `udp` socket"),
    ("maps: { tasks: { init: { hits: 1 } } }", "no task `init`"),
    ("maps: { outer: { 1: inner } }", "the object has no map `inner`, and the values of `outer` are maps"),
    ("expect: { maps: { jumps: { 0: nobody } } }", "the object has no program `nobody`"),
    ("expect: { maps: { stacks: { any: { contains: [] } } } }", "no functions are named"),
    ("expect: { maps: { seen: {} } }", "nothing is said of `seen`"),
    ("map_sizes: { q: { inner_max_entries: 2 } }", "`q` is a queue and holds no maps whose size could be set"),
    ("kconfig: { CONFIG_HX: 1 }", "no `__kconfig` extern of the object is called `CONFIG_HX`"),
    ("kconfig: { CONFIG_HZ: [1] }", "`CONFIG_HZ` takes a number, y, m, n or a string, and here is a list"),
  ])
  func whatIsWrongIsSaid(line: String, message: String) async throws {
    #expect(try await KindSample.complaint(line) == message)
  }
}
