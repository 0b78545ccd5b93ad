import BPF
import Calls
import Compiling
import Foundation
import Testing

@testable import Fixtures

/// Calls of single functions. Compiles for BPF; loads nothing.
@Suite struct CallTests {
  private static let program = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>
    struct point { __s32 x, y; };
    static __always_inline int add(int a, __u8 b) { return a + b; }
    static __always_inline void move(struct point *p, const void *note) { p->x++; }
    static __always_inline int first(void *data, void *end) { return data + 1 > end ? -1 : *(__u8 *)data; }
    static __always_inline int table(int (*f)(int)) { return 0; }
    static __always_inline int marked(struct __sk_buff *skb) { return skb->mark; }
    static __always_inline int __twice(int a__b) { return 2 * a__b; }
    static __always_inline int first_2(int a) { return a; }
    int bpftest_call_first(void) { return 0; }
    SEC("tc") int main_program(struct __sk_buff *skb) { return 0; }
    char _license[] SEC("license") = "GPL";

    """

  private func prepare(_ tests: String, program: String = Self.program) async throws -> PreparedSuite {
    let folder = try TemporaryFolder()
    try folder.write(program, to: "p.bpf.c")
    let path = try folder.write("object: p.bpf.c\ntests:\n" + tests, to: "p.bpftest.yaml")
    return try await ProgramCompiler(cache: folder.path + "/cache").prepare(try Suite.load(path))
  }

  private func errors(_ call: String, expect: String = "{ return: 0 }") async throws -> [FixtureError] {
    do {
      _ = try await prepare("  - { name: t, call: \(call), expect: \(expect) }\n")
      return []
    } catch let error as FixtureErrors {
      return error.errors
    }
  }

  @Test func callsHaveAnObjectOfTheirOwnAndKeepTheirPlaceAmongTheTests() async throws {
    let prepared = try await prepare(
      """
        - { name: a, program: main_program, packet: Ether()/IP(), expect: { return: 0 } }
        - { name: b, call: { function: add, args: [1, 2] }, expect: { return: 3 } }
        - { name: c, program: main_program, packet: Ether()/IP(), expect: { return: 0 } }

      """)
    #expect(prepared.tests.map(\.name) == ["a", "b", "c"])
    #expect(prepared.objects.count == 2)
    #expect(prepared.tests.map { $0.plan.object == prepared.object.id } == [true, false, true])
    let plan = prepared.tests[1].plan
    #expect(plan.programs == ["bpftest_call1_add"])
    let step = try #require(plan.steps.first)
    #expect(step.program == "bpftest_call1_add")
    #expect(step.globals.map(\.section) == [".data.calls", ".data.calls"])
    #expect(step.globals.map(\.bytes.array) == [[1, 0, 0, 0], [2]])
    #expect(step.readSections == [".data.calls"])
  }

  @Test func whatIsNotGivenIsSetToZero() async throws {
    let prepared = try await prepare(
      "  - { name: t, call: { function: move, args: { p: { y: 7 } } }, expect: { args: { p: { x: 1, y: 7 } } } }\n")
    let step = try #require(prepared.tests.first?.plan.steps.first)
    #expect(step.globals.map(\.bytes.array) == [[0, 0, 0, 0, 7, 0, 0, 0], [UInt8](repeating: 0, count: 256)])
  }

  @Test func oneFunctionCalledInTwoWaysHasTwoPrograms() async throws {
    let prepared = try await prepare(
      """
        - name: t
          steps:
            - { call: { function: first, args: [packet, packet_end] }, expect: { return: 0 } }
            - { call: { function: first, args: [packet, packet_end] }, expect: { return: 0 } }
            - { call: { function: first, args: [packet, packet] }, expect: { return: -1 } }
            - { call: { function: first, args: [packet, packet_end], type: xdp }, expect: { return: 0 } }

      """)
    #expect(
      prepared.tests.first?.plan.steps.map(\.program)
        == ["bpftest_call1_first", "bpftest_call1_first", "bpftest_call2_first", "bpftest_call3_first"])
  }

  @Test func namesThatLookAlikeAreKeptApart() async throws {
    let prepared = try await prepare(
      """
        - name: t
          steps:
            - { call: { function: first, args: [packet, packet_end] }, expect: { return: 0 } }
            - { call: { function: first }, expect: { return: 0 } }
            - { call: { function: first_2, args: [2] }, expect: { return: 2 } }
            - { call: { function: __twice, args: { a__b: 2 } }, expect: { return: 4 } }

      """)
    let planned = try #require(prepared.tests.first)
    #expect(planned.steps.flatMap(\.globals).map(\.path) == ["return", "return", "return", "return"])
    #expect(CallSource.label("bpftest_argument12__a__b") == "args.a__b")
    #expect(CallSource.label("bpftest_argument1____x") == "args.__x")
  }

  @Test(arguments: [
    ("{ function: ad }", "has no function `ad`"),
    ("{ function: 'add(1); //' }", "is no name of a function"),
    ("{ function: add, args: { c: 1 } }", "has no parameter `c`"),
    ("{ function: add, args: [1, 2, 3] }", "3 arguments for `add`, which takes 2"),
    ("{ function: add, args: 1 }", "a mapping from parameters to values"),
    ("{ function: add, args: { b: 256 } }", "256 doesn't fit"),
    ("{ function: add, args: { a: { x: 1 } } }", "takes a number"),
    ("{ function: move }", "`move` returns nothing"),
    ("{ function: table }", "can't be given a value"),
    ("{ function: add, type: kprobe }", "can't make the call"),
    ("{ function: main_program }", "`main_program` is a program, which nothing can call"),
    ("{ function: marked, args: { skb: { mark: 7 } } }", "`skb` of `marked` is the context of the program"),
    ("{ function: marked, args: [null] }", "`skb` of `marked` is the context of the program"),
    ("{ args: [1] }", "`call` needs a `function:`"),
    ("[add]", "`call` must be a mapping"),
  ])
  func aCallThatDoesNotFitIsAnError(_ call: String, _ words: String) async throws {
    let errors = try await errors(call)
    #expect(errors.contains { $0.message.contains(words) }, "\(errors)")
    #expect(errors.allSatisfy { $0.line == 3 })
  }

  @Test func memoryThatNoParameterPointsToIsAnError() async throws {
    let errors = try await errors("{ function: move }", expect: "{ args: { q: { x: 1 } } }")
    #expect(errors.first?.message.contains("`q` is no parameter of `move`") == true)
    #expect(errors.first?.hint?.contains("`p`") == true)
    let wrong = try await self.errors("{ function: move, args: { p: { z: 1 } } }", expect: "{ args: { p: { x: 1 } } }")
    #expect(wrong.first?.message.contains("has no member `z`") == true, "\(wrong)")
  }
}
