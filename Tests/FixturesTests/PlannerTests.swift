import BPF
import Compiling
import Foundation
import TestPlan
import Testing

@testable import Fixtures

/// A program with a bit of everything, compiled once for all tests.
enum Sample {
  static let source = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>
    struct rule { __u32 hits; __be16 port; __u8 low : 3, high : 5; char name[8]; __u64 cb[3]; };
    struct key { __u32 prefixlen; __be32 address; };
    struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __type(key, __u32);
             __type(value, struct rule); } rules SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(max_entries, 16); __uint(map_flags, BPF_F_NO_PREALLOC);
             __type(key, struct key); __type(value, __u8); } allowed SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 2); __type(key, __u32);
             __type(value, __u64); } counts SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __uint(key_size, 4);
             __uint(value_size, 4); } plain SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4);
             __uint(value_size, 4); } jumps SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
    struct event { __u32 number; char name[8]; };
    const struct event *unused_event __attribute__((unused));
    const volatile int limit = 5;
    int seen;
    struct rule box = { .hits = 1, .name = "box" };
    SEC("xdp") int pass(struct xdp_md *c) { return XDP_PASS; }
    SEC("xdp") int jump(struct xdp_md *c) { bpf_tail_call(c, &jumps, 1); seen += limit; return XDP_DROP; }
    SEC("tc") int mark(struct __sk_buff *c) { c->mark = box.hits; return 0; }
    int fallback(struct xdp_md *c);
    struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 1); __uint(key_size, 4);
             __array(values, int (void *)); } filled SEC(".maps") = { .values = { [0] = (void *)&fallback } };
    SEC("xdp") int fallback(struct xdp_md *c) { return XDP_ABORTED; }
    SEC("kprobe/x") int probe(void *c) { return 0; }
    SEC("odd/one") int odd(struct xdp_md *c) { return XDP_PASS; }
    char LICENSE[] SEC("license") = "GPL";
    """

  private static let compiled = Task {
    let folder = try TemporaryFolder()
    try folder.write(source, to: "sample.bpf.c")
    let suite = try Suite(
      text: "object: sample.bpf.c\ntests: [ { name: t, expect: { load: accepted } } ]",
      path: folder.path + "/sample.bpftest.yaml")
    return try await ProgramCompiler(cache: folder.path + "/cache").compile(suite)
  }

  /// Plans tests given as the text below `tests:`, each line indented by two.
  static func plan(_ lines: String...) async throws -> [PlannedTest] {
    let text = "object: sample.bpf.o\ntests:\n" + lines.map { "  \($0)\n" }.joined()
    return try await plan(text: text)
  }

  /// Plans the tests of a whole fixture.
  static func plan(text: String, path: String = "sample.bpftest.yaml", recording: Bool = false) async throws
    -> [PlannedTest]
  {
    try Planner.plan(try Suite(text: text, path: path, recording: recording), object: try await compiled.value)
  }

  /// The errors that planning one test gives; its lines begin at line 4.
  static func complaints(_ lines: String...) async throws -> [FixtureError] {
    let text = "object: sample.bpf.o\ntests:\n  - name: t\n" + lines.map { "    \($0)\n" }.joined()
    let suite = try Suite(text: text, path: "sample.bpftest.yaml")
    let object = try await compiled.value
    do throws(FixtureErrors) {
      _ = try Planner.plan(suite, object: object)
      return []
    } catch {
      return error.errors
    }
  }
}

@Suite struct PlannerTests {
  @Test func plansARunWithAllItsInputs() async throws {
    let tests = try await Sample.plan(
      "- name: t",
      "  program: jump",
      "  globals: { limit: 7, box: { port: 443 } }",
      "  map_sizes: { rules: 32 }",
      "  maps:",
      "    rules: { 5: { hits: 2, port: 80, low: 5, high: 17, name: eth0, cb: [1, 2] } }",
      "    allowed: { 10.0.0.0/8: 1 }",
      "    counts: { 0: { per_cpu: [1, 2] }, 1: 3 }",
      "    plain: [ { key: 1, value: 258 } ]",
      "    jumps: { 1: pass }",
      "  packet: Ether()",
      "  context: { ingress_ifindex: 1 }",
      "  expect: { return: XDP_PASS, context: { ingress_ifindex: 1 }, globals: { seen: 0 }, maps: { counts: { 0: 3 } } }"
    )
    let plan = try #require(tests.first?.plan)
    // `pass` comes into a prog array, `fallback` stands in one from the start.
    #expect(plan.programs == ["jump", "pass", "fallback"])
    #expect(plan.mapSizes == ["rules": 32])
    #expect(plan.globals.map(\.section) == [".rodata", ".data"])
    #expect(plan.globals[0].bytes.hex == "07000000")
    // The members that the fixture doesn't name keep their initial values.
    #expect(plan.globals[1].bytes.hex.hasPrefix("0100000001bb00626f78"))
    let rule = try #require(plan.maps[0].entries.first)
    #expect(rule.key.hex == "05000000")
    #expect(
      rule.value
        == .bytes(
          try #require(
            Bytes(hex: "02000000 0050 8d 6574683000000000 00 0100000000000000 0200000000000000 0000000000000000"))))
    #expect(plan.maps[1].entries[0].key.hex == "080000000a000000")
    #expect(plan.maps[2].entries[0].value == .perCPU([1, 2].map { Bytes([$0, 0, 0, 0, 0, 0, 0, 0]) }))
    #expect(plan.maps[3].entries[0].value == .bytes(Bytes([2, 1, 0, 0])))
    #expect(plan.maps[4].entries[0].value == .program("pass"))
    let step = try #require(plan.steps.first)
    #expect(step.data?.count == 14)
    // `struct xdp_md`: data_end is the packet's length, ingress_ifindex the fourth number.
    #expect(step.context?.hex == "000000000e0000000000000001000000" + "0000000000000000")
    #expect(step.contextSizeOut == 24)
    #expect(step.readMaps == ["counts"] && step.readSections == [".bss"])
    #expect(!plan.wantsVerifierLog)
  }

  @Test func readsBackOnlyWhatIsExpected() async throws {
    let tests = try await Sample.plan(
      "- { name: a, program: pass, packet: Ether(), expect: { return: 2 } }",
      "- { name: b, program: probe, expect: { load: rejected } }",
      "- { name: c, program: odd, type: xdp, packet: Ether(), expect: { return: any } }")
    #expect(tests[0].plan.steps[0].readMaps.isEmpty && tests[0].plan.steps[0].readSections.isEmpty)
    #expect(tests[0].plan.steps[0].contextSizeOut == 0 && tests[0].plan.steps[0].context == nil)
    #expect(tests[1].plan.steps.isEmpty && tests[1].plan.programs == ["probe", "fallback"])
    #expect(tests[2].plan.programTypes == ["odd": 6])
  }

  @Test func asksForTheVerifiersLogOnlyOfWhatMayBeAccepted() async throws {
    let tests = try await Sample.plan(
      "- { name: a, program: pass, expect: { load: accepted, log: x } }",
      "- { name: b, program: pass, expect: { load: rejected, log: x } }")
    #expect(tests.map(\.plan.wantsVerifierLog) == [true, false])
  }

  @Test func turnsRequirementsIntoProbes() async throws {
    let tests = try await Sample.plan(
      "- name: a",
      "  program: mark",
      "  requires: { helper: loop, kfunc: [f, g], map_type: ringbuf, program_type: tc, btf: struct sock, kernel: '>=5.15' }",
      "  expect: { load: accepted }")
    #expect(
      tests[0].plan.requirements == [
        .helper(name: "bpf_loop", id: 181, programType: 3), .kfunc("f"), .kfunc("g"),
        .programType(name: "sched_cls", id: 3), .mapType(name: "ringbuf", id: 27), .btf("struct sock"),
      ])
    #expect(tests[0].skipped(kernel: "5.10", release: "5.10.0-30-cloud-amd64")?.cause == .kernel)
    #expect(tests[0].skipped(kernel: "6.1", release: "6.1.0-56-cloud-amd64") == nil)
  }

  @Test(arguments: [
    ("program: pas", 4, 14, "the object has no program `pas`"),
    ("globals: { sen: 1 }", 4, 16, "the object has no global `sen`"),
    ("globals: { seen: 99999999999 }", 4, 22, "99999999999 doesn't fit int"),
    ("globals: { box: { nmae: x } }", 4, 23, "struct rule has no member `nmae`"),
    ("maps: { ruels: {} }", 4, 13, "the object has no map `ruels`"),
    ("maps: { rules: { 1: { hit: 1 } } }", 4, 27, "struct rule has no member `hit`"),
    ("maps: { rules: { 1: { port: 70000 } } }", 4, 33, "port: 70000 doesn't fit __be16"),
    ("maps: { rules: { 1: { name: far too long } } }", 4, 33, "name: \"far too long\" takes 12 bytes"),
    ("maps: { rules: { x: 1 } }", 4, 22, "\"x\" is not a number"),
    ("maps: { jumps: { 1: pss } }", 4, 25, "the object has no program `pss`"),
    ("maps: { events: { 1: 1 } }", 4, 13, "entries of a ringbuf map can't be written"),
    ("maps: { plain: { 1: 4294967296 } }", 4, 25, "4294967296 doesn't fit 4 bytes"),
    ("map_sizes: { rule: 1 }", 4, 18, "the object has no map `rule`"),
    ("context: { mark: 1 }", 4, 16, "struct xdp_md has no member `mark`"),
    ("context: { data_meta: 1 }", 4, 16, "the kernel takes no value for `data_meta`"),
    ("context: { data: -1 }", 4, 22, "data: -1 doesn't fit __u32"),
    ("program: probe", 4, 14, "`probe` is a kprobe program (`"),
    ("program: odd", 4, 14, "the section `odd/one` doesn't tell the type of program `odd`"),
  ])
  func saysWhatDoesNotFitTheObject(line: String, at row: Int, column: Int, message: String) async throws {
    let program = line.hasPrefix("program") ? [] : ["program: pass"]
    let found = try await Sample.complaints(
      line, program.first ?? "packet: Ether()", "expect: { return: 1 }",
      program.isEmpty ? "repeat: 1" : "packet: Ether()")
    let error = try #require(found.first)
    #expect(found.count == 1, "\(found)")
    #expect(error.message.hasPrefix(message) || error.message.contains(message), "\(error)")
    #expect(error.line == row && error.column == column, "\(error)")
  }

  @Test(arguments: [
    ("sk_lookup/dispatcher", "write SEC(\"sk_lookup\"), or give the type here: `type: sk_lookup`"),
    ("xdp.frag", "did you mean SEC(\"xdp.frags\")?"), ("kprobee/do_exit", "did you mean SEC(\"kprobe/do_exit\")?"),
    ("cgroup/conect6", "did you mean SEC(\"cgroup/connect6\")? Or give the type here: `type: cgroup/connect6`"),
    ("2/18", "`type: cgroup/connect4`"), ("", "`type: xdp`"), ("/", "`type: xdp`"),
  ])
  func namesTheNearestSection(_ section: String, _ words: String) {
    #expect(SectionHint.text(for: section).contains(words), "\(SectionHint.text(for: section))")
  }

  @Test(arguments: [
    ("return: XDP_DRP", "no return value `XDP_DRP`; did you mean `XDP_DROP`?"),
    ("return: 4294967296", "4294967296 doesn't fit the 32 bits of a return value"),
    ("return: { matches: x }", "a return value is a number, which no pattern matches"),
    (
      "maps: { events: { 1: 1 } }",
      "the contents of a ringbuf map can't be read back; `expect: { events: { events: [ … ] } }` tells what came out of it"
    ),
    ("maps: { rules: { 1: { name: { matches: '(' } } } }", "`(` is not a regular expression"),
    ("maps: { rules: { 1: { cb: [1, 2, 3, 4] } } }", "4 elements, and __u64[3] has 3"),
    ("maps: { rules: { 1: { cb: { 3: 1 } } } }", "`3` is no index of __u64[3], which has 3 elements"),
    (
      "maps: { rules: { 1: ~ } }",
      "there is no value for `1` of `rules`; `absent: [1]` says that it isn't there, `any` stands for whatever there is"
    ),
    ("maps: { rules: { 1: { hits: ~ } } }", "there is no value here; `any` stands for whatever there is"),
    ("maps: { rules: { 1: { hits: { in: 3 } } } }", "`in` takes a list of values, and here is `3`"),
    ("maps: { rules: { 1: { hits: { '<5.15': 1 } } } }", "a value by kernel needs a `default:` for all others"),
  ])
  func saysWhatCanNotBeExpected(line: String, message: String) async throws {
    let found = try await Sample.complaints("program: pass", "packet: Ether()", "expect: { \(line) }")
    #expect(found.map { $0.description.split(separator: ": ", maxSplits: 1).last.map(String.init) } == [message])
  }

  @Test(arguments: ["nmae", "nam", "names", "NAME"])
  func guessesTheNameThatWasMeant(wrong: String) async throws {
    let found = try await Sample.complaints(
      "program: pass", "globals: { box: { \(wrong): x } }", "expect: { load: accepted }")
    #expect(found.first?.hint == "did you mean `name`?")
  }

  @Test(arguments: [
    ("{ return: XDP_PASS }", "the kernel doesn't tell what a program returned for live frames"),
    ("{ packet: unchanged }", "live frames can't be expected"),
  ])
  func liveFramesDoNotComeBack(expected: String, words: String) async throws {
    let found = try await Sample.complaints(
      "program: pass", "packet: Ether()", "flags: xdp_live_frames", "expect: \(expected)")
    #expect(found.first?.message.hasPrefix(words) == true, "\(found)")
  }

  @Test func asksForAProgramAndAPacket() async throws {
    #expect(
      try await Sample.complaints("expect: { load: accepted }").first?.message == "the test \"t\" names no `program`")
    #expect(
      try await Sample.complaints("program: pass", "expect: { return: 1 }").first?.message
        == "there is no `packet` to run `pass` with")
  }

  @Test func readOnlyGlobalsBelongToTheTest() async throws {
    let found = try await Sample.complaints(
      "program: jump", "steps: [ { globals: { limit: 1 }, packet: Ether(), expect: { return: 1 } } ]")
    #expect(found.first?.message == "`limit` is read-only once the program is loaded")
  }

  @Test(arguments: ["", "not an object", "\u{7f}ELF but no more than that"])
  func refusesWhatIsNoObject(text: String) async throws {
    let suite = try Suite(
      text: "object: a.o\ntests: [ { name: t, expect: { load: accepted } } ]", path: "a.bpftest.yaml")
    let object = CompiledObject(bytes: [UInt8](text.utf8), compiler: nil, mcpu: nil)
    let error = #expect(throws: FixtureErrors.self) { try Planner.plan(suite, object: object) }
    #expect(error?.errors.first?.line == 1 && error?.errors.first?.message.hasPrefix("opening object `a.o`") == true)
  }

  @Test func refusesEveryTruncationOfAnObject() async throws {
    let suite = try Suite(
      text: "object: a.o\ntests: [ { name: t, program: pass, expect: { load: accepted } } ]", path: "a.bpftest.yaml")
    let tests = try await Sample.plan("- { name: t, program: pass, expect: { load: accepted } }")
    #expect(tests.count == 1)
    let whole = try await Sample.bytes()
    for length in stride(from: 0, to: whole.count, by: 97) {
      _ = InitialPrograms.names(in: [UInt8](whole.prefix(length)))
      let object = CompiledObject(bytes: [UInt8](whole.prefix(length)), compiler: nil, mcpu: nil)
      #expect(throws: FixtureErrors.self) { try Planner.plan(suite, object: object) }
    }
  }
}

extension Sample {
  static func bytes() async throws -> [UInt8] { try await compiled.value.bytes.array }
}
