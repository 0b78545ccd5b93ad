import Compiling
import Foundation
import Testing

@testable import BPF
@testable import Fixtures

/// Calls of functions of an object that came ready-made. Compiles for BPF; loads nothing.
@Suite struct ObjectCallTests {
  private static let program = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>
    #define NOINLINE static __attribute__((noinline))
    typedef struct { __u8 kind : 3, rest : 5; __be16 port; } __attribute__((packed)) key_t;
    struct point { __s32 x, y; key_t key; enum colour { RED = 1, BLUE } colour; };
    struct __sk_buff;
    __u32 seen;
    const char *const names[] = { "a", "b" };

    NOINLINE int norm(struct point *p) { return p->x * p->x + p->y; }
    NOINLINE int of_second(int unused, int b) { return b * b + bpf_get_smp_processor_id(); }
    NOINLINE int scaled(int a, int factor) { return a * factor + seen; }
    NOINLINE int unheard(int a) { seen += a; bpf_ktime_get_ns(); return 7; }
    NOINLINE int given(void *data, void *end) { return data + 1 > end ? -1 : *(__u8 *)data; }
    NOINLINE long passed(void *key, __u64 size) { return bpf_get_current_comm(key, size); }
    NOINLINE int behind(int a, struct point *p) { return norm(p) + a; }
    NOINLINE long visit(__u32 index, void *context) { seen++; return 0; }
    static __attribute__((noinline, used)) int uncalled(int a, int unused) { return a; }
    static __always_inline int inlined(int a) { return a + 1; }
    __attribute__((noinline)) int global(int unused, struct point *p) { return p ? p->x : 0; }
    __attribute__((noinline)) int table(int (*f)(int), long *n) { return n != 0 && f == 0; }
    SEC("tc") int main_program(struct __sk_buff *skb)
    {
      struct point p = { bpf_get_prandom_u32(), bpf_get_prandom_u32() };
      char name[16];
      unheard(p.y);
      bpf_loop(3, visit, 0, 0);
      return norm(&p) + of_second(p.x, p.y) + scaled(p.x, 3) + scaled(p.y, 3) + behind(inlined(p.x), &p) + global(1, &p)
        + passed(name, p.x & 15) + given((void *)(long)skb->data, (void *)(long)skb->data_end) + *names[p.x & 1];
    }
    char _license[] SEC("license") = "GPL";

    """

  private func compile(_ cflags: [String] = [], mcpu: String = "v3") async throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.program, to: "p.bpf.c")
    return try await ProgramCompiler(cache: folder.path + "/cache").compile(
      ProgramSource(path: path, cflags: cflags, mcpu: mcpu)
    ).bytes.array
  }

  private func prepare(_ tests: String, object: [UInt8]? = nil) async throws -> PreparedSuite {
    let folder = try TemporaryFolder()
    var bytes = object
    if bytes == nil { bytes = try await compile() }
    try Data(bytes ?? []).write(to: URL(fileURLWithPath: folder.path + "/p.o"))
    let path = try folder.write("object: p.o\ntests:\n" + tests, to: "p.bpftest.yaml")
    return try await ProgramCompiler(cache: folder.path + "/cache").prepare(try Suite.load(path))
  }

  private func errors(_ call: String, object: [UInt8]? = nil) async throws -> [FixtureError] {
    do {
      _ = try await prepare("  - { name: t, call: \(call), expect: { return: 0 } }\n", object: object)
      return []
    } catch let error as FixtureErrors {
      return error.errors
    }
  }

  @Test func theCallersAreLinkedWithTheObject() async throws {
    let prepared = try await prepare(
      """
        - { name: a, program: main_program, packet: Ether()/IP(), expect: { return: { ge: 0 } } }
        - name: b
          globals: { seen: 1 }
          call: { function: norm, args: { p: { x: 3, key: { port: 258 }, colour: BLUE } } }
          expect: { return: 9, globals: { seen: 1 } }

      """)
    #expect(prepared.tests.map { $0.plan.object == prepared.object.id } == [true, false])
    let plan = prepared.tests[1].plan
    #expect(plan.programs == ["bpftest_call1_norm"])
    #expect(plan.steps.first?.globals.map(\.bytes.array) == [[3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 2, 0, 0, 0]])
    let linked = try BPFObject(bytes: prepared.objects[1].bytes.array, name: "linked")
    #expect(linked.programs.map(\.name) == ["main_program", "bpftest_call1_norm"])
    // The object stays as it came, and is what results tell of.
    #expect(prepared.objects[1].compiler == nil)
  }

  @Test func everyFunctionThatKeptItsShapeCanBeCalled() async throws {
    for bytes in [try await compile(), try await compile(mcpu: "v2"), try await compile(mcpu: "v4")] {
      let functions = try ObjectFunctions(object: bytes, name: "p")
      for name in ["norm", "given", "passed", "behind", "visit", "uncalled", "global", "table"] {
        #expect(functions.find(name) == .callable(returns: true), "\(name)")
      }
      #expect(functions.find("unheard") == .callable(returns: false))
      #expect(functions.find("of_second") == .changed)
      #expect(functions.find("scaled") == .changed)
      #expect(functions.find("inlined") == .absent)
      #expect(functions.find("main_program") == .program)
    }
  }

  @Test func structsThatClangHandsOverInPiecesAreNoticed() async throws {
    let functions = try ObjectFunctions(object: try await compile(["-O3"]), name: "p")
    #expect(functions.find("global") == .callable(returns: true))
    #expect(functions.find("norm") != .callable(returns: true))
  }

  @Test(arguments: [
    ("{ function: nrom }", "has no function `nrom`", "did you mean `norm`?"),
    ("{ function: inlined }", "has no function `inlined`", "__noinline"),
    ("{ function: main_program }", "`main_program` is a program", "`program: main_program`"),
    ("{ function: of_second }", "`of_second` doesn't take what its BTF says", "name the .bpf.c"),
    ("{ function: unheard }", "clang has left out what `unheard` returns", "name the .bpf.c"),
    ("{ function: table }", "the parameter `f` of `table`", "can't be given a value"),
    ("{ function: global, args: { q: 1 } }", "has no parameter `q`", "`p`"),
    ("{ function: global, args: { p: { z: 1 } } }", "has no member `z`", ""),
    ("{ function: given, type: kprobe }", "can't make the call", ""),
  ])
  func aCallThatDoesNotFitIsAnError(_ call: String, _ words: String, _ hint: String) async throws {
    let errors = try await errors(call)
    let error = try #require(errors.first { $0.message.contains(words) }, "\(errors)")
    #expect(error.line == 3)
    #expect(hint.isEmpty || (error.message + (error.hint ?? "")).contains(hint), "\(error)")
  }

  @Test func whatIsNoObjectIsRefusedAsEver() async throws {
    let whole = try await compile()
    let truncated = try await errors("{ function: norm }", object: Array(whole.prefix(whole.count / 2)))
    #expect(truncated.first?.message.contains("it is truncated") == true, "\(truncated)")
    #expect(truncated.first?.line == 1)
    let empty = try await errors("{ function: norm }", object: [])
    #expect(empty.first?.message.contains("the file is empty") == true, "\(empty)")
  }

  @Test func whatTheLinkerWouldTakeOnTrustIsRefused() async throws {
    let whole = try await compile()
    let elf = try #require(ELFView(whole))
    let symbols = try #require(elf.section(named: ".symtab"))
    let records = try #require(elf.section(named: ".BTF.ext"))
    // The section of symbol 1; the type and the section's name of the first record of functions, behind a header of 32
    // bytes and the size of the records.
    for (place, words) in [
      (symbols.offset + 24 + 7, "symbol 1 is in no section"),
      (records.offset + 32 + 4 + 8 + 7, "a type of its .BTF.ext"),
      (records.offset + 32 + 4 + 3, "a section's name in its .BTF.ext"),
    ] {
      var damaged = whole
      damaged[place] = 0x5f
      let errors = try await errors("{ function: norm }", object: damaged)
      #expect(errors.first.map { $0.message + ($0.detail ?? "") }?.contains(words) == true, "\(errors)")
    }
  }
}
