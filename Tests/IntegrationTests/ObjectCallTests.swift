import Compiling
import Foundation
import Matrix
import Results
import Testing

/// Calls of functions of an object that came ready-made, on kernels.
@Suite(.serialized) struct ObjectCallTests {
  private static let program = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>
    #define NOINLINE static __attribute__((noinline))
    struct cursor { __u32 offset, left; };
    struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); }
      counts SEC(".maps");
    __u32 limit = 100, seen;

    NOINLINE int advance(struct cursor *c, __u32 by)
    {
      if (by > c->left)
        return -1;
      c->offset += by;
      c->left -= by;
      return c->left;
    }
    NOINLINE int ethertype(void *data, void *end)
    {
      __u8 *bytes = data;
      return data + 14 > end ? -1 : bytes[12] << 8 | bytes[13];
    }
    NOINLINE int length(struct xdp_md *ctx) { return ctx->data_end - ctx->data; }
    NOINLINE int count(__u32 slot)
    {
      __u64 *value = bpf_map_lookup_elem(&counts, &slot);
      seen++;
      return !value ? -1 : ++*value > limit;
    }
    __attribute__((noinline)) int clamp(int value, int most) { return value > most ? most : value; }
    __attribute__((noinline)) int left(struct cursor *c) { return c ? c->left : -1; }
    SEC("xdp") int program(struct xdp_md *ctx)
    {
      struct cursor c = { seen, limit };
      int verdict = advance(&c, seen) + ethertype((void *)(long)ctx->data, (void *)(long)ctx->data_end) + length(ctx);
      return clamp(verdict + count(verdict) + count(seen) + left(&c), XDP_REDIRECT);
    }
    char _license[] SEC("license") = "GPL";

    """

  private static let tests = """
    object: calls.o
    tests:
      - name: memory behind a pointer
        call: { function: advance, args: { c: { offset: 4, left: 10 }, by: 3 } }
        expect: { return: 7, args: { c: { offset: 7, left: 7 } } }
      - name: state is new with every call
        steps:
          - { call: { function: advance, args: { by: 3 } }, expect: { return: -1, args: { c: { offset: 0 } } } }
          - { call: { function: advance, args: { c: { left: 3 }, by: 3 } }, expect: { return: 0 } }
      - name: the packet
        packet: Ether(type=0x0806)/Raw("x"*46)
        call: { function: ethertype, args: [packet, packet_end] }
        expect: { return: 0x0806 }
      - name: the context
        packet: { hex: "000000000000000000000000000000000000" }
        call: { function: length }
        expect: { return: 18 }
      - name: maps and globals of the object
        globals: { limit: 41, seen: 5 }
        maps: { counts: { 2: 41 } }
        call: { function: count, args: [2] }
        expect: { return: 1, maps: { counts: { 2: 42 } }, globals: { seen: 6 } }
      - name: a global function
        call: { function: clamp, args: { value: 9, most: 4 } }
        expect: { return: 4 }
      - name: a global function that takes a pointer
        call: { function: left, args: { c: { left: 12 } } }
        expect: { load: { "<5.13": rejected, default: accepted }, return: 12 }
      - name: another type of program
        call: { function: clamp, args: [1, 2], type: tc }
        expect: { return: 1 }
      - name: the program itself
        program: program
        requires: { kernel: ">=5.13" }
        packet: Ether()/Raw("x"*46)
        expect: { return: { le: 4 } }

    """

  /// A folder with the object, without its source.
  private func bench() async throws -> Workbench {
    let bench = try Workbench()
    let source = try Workbench()
    try source.write("calls.bpf.c", Self.program)
    let object = try await ProgramCompiler(cache: source.folder + "/cache").compile(
      ProgramSource(path: source.folder + "/calls.bpf.c"))
    try Data(object.bytes.array).write(to: URL(fileURLWithPath: bench.folder + "/calls.o"))
    try bench.write("calls.bpftest.yaml", Self.tests)
    return bench
  }

  private func check(_ results: Results) {
    let bad = results.cells.filter { $0.verdict != .passed && $0.verdict != .skipped }
    #expect(bad.isEmpty, "\(bad.map { "\($0.kernel) \($0.test): \($0.verdict) \($0.message) \($0.log ?? "")" })")
  }

  @Test func functionsOfAReadyObjectAreCalledOnTheHost() async throws {
    let results = try await bench().run(on: .host)
    check(results)
    #expect(results.cells.count { $0.verdict == .passed } == 9)
  }

  @Test func functionsOfAReadyObjectAreCalledOnOldAndNewKernels() async throws {
    let results = try await bench().run(on: .list("5.10,6.12,7.3-rc"))
    check(results)
    #expect(results.cells.count { $0.verdict == .skipped } == 1)
    #expect(results.cells.count == 27)
  }
}
