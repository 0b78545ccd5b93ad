import BPF
import Glibc
import Testing

@testable import Compiling
@testable import Fixtures

@Suite struct DebugSectionsTests {
  @Test func whatIsNoObjectStaysAsItIs() {
    #expect(DebugSections.strip([]) == [])
    #expect(DebugSections.strip([UInt8](repeating: 7, count: 100)) == [UInt8](repeating: 7, count: 100))
  }

  @Test func anObjectWithoutDWARFIsSmallerAndTheSame() async throws {
    let program = """
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>
      struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } m SEC(".maps");
      const volatile int flag = 3;
      SEC("xdp") int first(struct xdp_md *ctx) { __u32 k = flag; return bpf_map_lookup_elem(&m, &k) ? XDP_DROP : XDP_PASS; }
      char _license[] SEC("license") = "GPL";
      """
    let folder = try TemporaryFolder()
    let source = try folder.write(program, to: "p.bpf.c")
    let clang = try await Clang.find(keeping: folder.path)
    let flags = (["-g", "-O2", "-target", "bpf", "-mcpu=v3"] + clang.flags).joined(separator: " ")
    #expect(system("\(clang.path) \(flags) -c \(source) -o \(folder.path)/p.o") == 0)
    let whole = try #require(readFile(folder.path + "/p.o"))
    let stripped = DebugSections.strip(whole)
    #expect(stripped.count < whole.count)
    let (before, after) = (try BPFObject(bytes: whole, name: "a"), try BPFObject(bytes: stripped, name: "a"))
    #expect(after.programs.map(\.name) == before.programs.map(\.name))
    #expect(after.programs.map(\.instructions) == before.programs.map(\.instructions))
    #expect(after.maps.map(\.name) == before.maps.map(\.name))
    #expect(try after.section(".rodata").globals() == before.section(".rodata").globals())
    #expect(after.btf.count == before.btf.count)
    #expect(DebugSections.strip(stripped) == stripped)
  }
}
