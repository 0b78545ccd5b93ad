import Foundation
import Housekeeping
import Testing

@testable import Compiling
@testable import Fixtures

private let program = """
  #include <linux/bpf.h>
  #include <bpf/bpf_helpers.h>
  #include "verdict.h"
  SEC("xdp") int pass(struct xdp_md *context) { return VERDICT; }
  char LICENSE[] SEC("license") = "GPL";
  """

@Suite struct CompilerTests {
  let folder: TemporaryFolder
  let suite: Suite
  let compiler: ProgramCompiler

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(program, to: "p.bpf.c")
    try folder.write("#define VERDICT XDP_PASS\n", to: "verdict.h")
    suite = try Self.suite(folder, "p.bpf.c")
    compiler = ProgramCompiler(cache: folder.path + "/cache")
  }

  static func suite(_ folder: TemporaryFolder, _ object: String, _ more: String = "") throws -> Suite {
    try Suite(
      text: "object: \(object)\n\(more)\ntests: [ { name: t, expect: { load: accepted } } ]",
      path: folder.path + "/p.bpftest.yaml")
  }

  /// Names of cached objects with their inode numbers: a new inode is a new compilation.
  private func cached() throws -> [String: UInt64] {
    var result: [String: UInt64] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache") where name.hasSuffix(".o") {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/cache/" + name)
      result[name] = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value
    }
    return result
  }

  @Test func compilesOnceAndAgainWhenAHeaderChanges() async throws {
    let first = try await compiler.compile(suite)
    #expect(first.bytes.array.starts(with: [0x7f, 0x45, 0x4c, 0x46]))
    #expect(first.mcpu == "v3" && first.compiler?.contains("clang") == true)
    let kept = try cached()
    #expect(kept.count == 1)

    let second = try await ProgramCompiler(cache: folder.path + "/cache").compile(suite)
    #expect(second.id == first.id && second.bytes == first.bytes && second.compiler == first.compiler)
    #expect(try cached() == kept)

    try folder.write("#define VERDICT XDP_DROP\n", to: "verdict.h")
    let third = try await compiler.compile(suite)
    #expect(third.id != first.id)
    #expect(try cached() != kept)
  }

  @Test func aTouchedHeaderIsNoChange() async throws {
    _ = try await compiler.compile(suite)
    let kept = try cached()
    try folder.write("#define VERDICT XDP_PASS\n", to: "verdict.h")
    _ = try await compiler.compile(suite)
    #expect(try cached() == kept)
  }

  @Test func aDamagedCacheIsMadeAnew() async throws {
    let first = try await compiler.compile(suite)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache") where name.hasSuffix(".o") {
      try folder.write("damaged", to: "cache/" + name)
    }
    #expect(try await compiler.compile(suite).id == first.id)
  }

  @Test func showsTheCompilersOwnDiagnostics() async throws {
    try folder.write("#define VERDICT nonsense\n", to: "verdict.h")
    let error = try await #require(throws: FixtureErrors.self) { try await compiler.compile(suite) }
    let only = try #require(error.errors.first)
    #expect(only.line == 1 && only.column == 9)
    #expect(only.detail?.contains("error: use of undeclared identifier 'nonsense'") == true)
    #expect(only.detail?.contains("verdict.h:1:") == true)
    // Nothing half-written stays behind.
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache")
    #expect(left.filter { $0.hasPrefix("tmp") || $0.hasSuffix(".o") || $0.hasSuffix(".made") }.isEmpty)
  }

  @Test func flagsAndInstructionSetReachTheCompiler() async throws {
    try folder.write("#if VERDICT_FLAG != 2\n#error no flag\n#endif\n#define VERDICT VERDICT_FLAG\n", to: "verdict.h")
    let flagged = try Self.suite(folder, "p.bpf.c", "cflags: [-DVERDICT_FLAG=2]\nmcpu: v2")
    #expect(try await compiler.compile(flagged).mcpu == "v2")
  }

  @Test func foldersAndHeadersInFlagsAreRelativeToTheFixture() async throws {
    for name in ["a", "b", "c", "d", "e"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/inc \(name)", withIntermediateDirectories: true)
      try folder.write("#define \(name.uppercased()) 1\n", to: "inc \(name)/\(name).h")
    }
    try folder.write(
      """
      #include "a.h"
      #include <b.h>
      #include "c.h"
      #include <d.h>
      int size = A + B + C + D + E + sizeof(__u8);

      """, to: "flags.bpf.c")
    let flags =
      #"["-Iinc a", -I, inc b, "-iquoteinc c", -isystem, "inc d", -include, "inc e/e.h", -include, linux/types.h]"#
    _ = try await compiler.compile(try Self.suite(folder, "flags.bpf.c", "cflags: \(flags)"))
    let error = try await #require(throws: FixtureErrors.self) {
      try await compiler.compile(try Self.suite(folder, "flags.bpf.c", "cflags: [-Iinclude]"))
    }
    #expect(
      error.description.contains("no folder `\(folder.path)/include`: `-I` in `cflags` is relative to the fixture"))
  }

  @Test(arguments: [
    "string.h", "stdint.h", "stdlib.h", "errno.h", "stdbool.h", "limits.h", "inttypes.h", "arpa/inet.h", "netinet/in.h",
    "netinet/ip.h", "netinet/tcp.h", "net/ethernet.h", "sys/types.h", "sys/socket.h", "endian.h", "time.h", "assert.h",
  ])
  func headersOfTheCLibraryWork(_ header: String) async throws {
    try folder.write(
      """
      #include <\(header)>
      #include <stddef.h>
      #include <stdint.h>
      #include <linux/bpf.h>
      _Static_assert(sizeof(uintptr_t) == 8 && sizeof(uint64_t) == 8 && sizeof(size_t) == 8, "BPF has 64 bits");
      int size = sizeof(struct xdp_md);

      """, to: "libc.bpf.c")
    _ = try await compiler.compile(try Self.suite(folder, "libc.bpf.c"))
  }

  @Test func saysWhatIsMissing() async throws {
    for (text, hint) in [
      ("#include <bpf/bpf_nothing.h>\n", "<bpf/bpf_nothing.h> comes with libbpf-dev: apt-get install libbpf-dev"),
      ("#include <linux/nothing.h>\n", "comes with linux-libc-dev: apt-get install linux-libc-dev"),
      ("#include \"mine.h\"\n", "headers are looked for beside the program, beside the fixture, and in the folders"),
      (
        "#include <string.h>\nvoid clear(void *p, int n) { memset(p, 0, n); }\n",
        "BPF programs have no libc to call: use __builtin_memset with a size that is constant and small, or a loop"
      ),
    ] {
      try folder.write(text, to: "lacking.bpf.c")
      let error = try await #require(throws: FixtureErrors.self) {
        try await compiler.compile(try Self.suite(folder, "lacking.bpf.c"))
      }
      #expect(error.errors.first?.hint?.contains(hint) == true, "\(error)")
    }
  }

  @Test func takesAReadyObjectAsItIs() async throws {
    try folder.write("anything", to: "ready.bpf.o")
    let object = try await compiler.compile(try Self.suite(folder, "ready.bpf.o"))
    #expect(object.bytes.array == [UInt8]("anything".utf8) && object.compiler == nil && object.mcpu == nil)
    let error = try await #require(throws: FixtureErrors.self) {
      try await compiler.compile(try Self.suite(folder, "none.bpf.o"))
    }
    #expect(error.errors.first?.message.contains("none.bpf.o`: No such file") == true)
  }

  @Test func makesVmlinuxHeaderOnlyForProgramsThatIncludeIt() async throws {
    _ = try await compiler.compile(suite)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/cache/headers"))
    try folder.write("#include \"own.h\"\nint size = sizeof(struct mine);\n", to: "own.bpf.c")
    try folder.write("#include \"vmlinux.h\"\n", to: "own.h")
    try folder.write("struct mine { int a[3]; };\n", to: "vmlinux.h")
    // The author's own vmlinux.h is the nearest.
    _ = try await compiler.compile(try Self.suite(folder, "own.bpf.c"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/cache/headers"))
  }

  @Test func takesTheTypesOfTheKernelThatIsNamed() async throws {
    try folder.write("#include \"vmlinux.h\"\nint size = sizeof(struct thing) + (0 ? 0 : COUNT);\n", to: "k.bpf.c")
    let source = try Self.suite(folder, "k.bpf.c", "cflags: [-DCOUNT=1]")
    var ids: Set<String> = []
    for member in ["count", "other"] {
      let btf = folder.path + "/btf"
      try Data(Self.btf(member: member)).write(to: URL(fileURLWithPath: btf))
      let compiler = ProgramCompiler(cache: folder.path + "/cache", kernelBTF: btf)
      let object = try await compiler.compile(source)
      #expect(try await compiler.compile(source).id == object.id)
      ids.insert(try String(contentsOfFile: try header(of: member), encoding: .utf8))
    }
    // Each kernel has a header of its own, and an object made with the other one isn't taken for fresh.
    #expect(ids.count == 2)
    let none = ProgramCompiler(cache: folder.path + "/other", kernelBTF: folder.path + "/nowhere")
    await #expect(throws: InfrastructureError.self) { try await none.compile(source) }
  }

  private func header(of member: String) throws -> String {
    let headers = folder.path + "/cache/headers"
    for name in try FileManager.default.contentsOfDirectory(atPath: headers) where name.hasPrefix("vmlinux-") {
      let path = "\(headers)/\(name)/vmlinux.h"
      if try String(contentsOfFile: path, encoding: .utf8).contains(" \(member);") { return path }
    }
    throw CocoaError(.fileNoSuchFile)
  }

  /// The BTF of `struct thing { u32 MEMBER; }` (Documentation/bpf/btf.rst).
  private static func btf(member: String) -> [UInt8] {
    let names = ["", "unsigned int", "thing", member].map { [UInt8]($0.utf8) + [0] }
    let offsets = names.indices.map { index in UInt32(names[..<index].reduce(0) { $0 + $1.count }) }
    let types: [UInt32] = [
      offsets[1], 1 << 24, 4, 32,  // BTF_KIND_INT
      offsets[2], 4 << 24 | 1, 4, offsets[3], 1, 0,  // BTF_KIND_STRUCT with one member
    ]
    let strings = UInt32(names.reduce(0) { $0 + $1.count })
    let header: [UInt32] = [0x0001_eb9f, 24, 0, UInt32(types.count * 4), UInt32(types.count * 4), strings]
    return (header + types).flatMap { number in withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) } }
      + names.joined()
  }

  @Test func readsDependencyFiles() {
    #expect(
      ObjectRecord.dependencies("o: /a/b.c \\\n  /c\\ d.h /e$$f.h\n\n/next:\n").prefix(3) == [
        "/a/b.c", "/c d.h", "/e$f.h",
      ])
    #expect(ObjectRecord.dependencies("").isEmpty)
  }

  @Test func aRecordSurvivesItsText() throws {
    let record = ObjectRecord(
      object: "ab", headers: "/h", sources: [.init(path: "/a b.c", stamp: "1.2", hash: "cd")])
    let read = try #require(ObjectRecord(reading: record.text))
    #expect(read.object == "ab" && read.headers == "/h" && read.sources.map(\.path) == ["/a b.c"])
    for end in 0..<record.text.count { _ = ObjectRecord(reading: String(record.text.prefix(end))) }
    #expect(ObjectRecord(reading: "nonsense\n") == nil)
  }
}
