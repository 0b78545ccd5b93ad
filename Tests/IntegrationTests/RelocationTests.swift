import BPF
import Compiling
import Fixtures
import Kernels
import Testing

/// CO-RE relocations against the part of a kernel's BTF that they need must come out as against all of it.
@Suite struct RelocationTests {
  private func coreReader() async throws -> CompiledObject {
    let store = try KernelStore().installed()
    let compiler = ProgramCompiler(cache: CacheFolder.path("objects"), kernelBTF: store.last?.btf)
    return try await compiler.compile(Suite.load(Workbench.fixtures + "/core_reader/core_reader.bpftest.yaml"))
  }

  /// Loads one program of the object on this kernel and returns its instructions, map descriptors blanked out.
  private func load(_ bytes: [UInt8], _ program: String, _ types: [UInt8]?) throws -> [UInt64] {
    let object = try BPFObject(bytes: bytes, name: "core_reader", programs: [program], relocationBTF: types)
    for other in object.programs { try other.setAutoload(other.name == program) }
    try object.load()
    return try object.program(program).instructions.map { instruction in
      // BPF_LD | BPF_IMM | BPF_DW (0x18) holds a descriptor in its upper half.
      instruction & 0xff == 0x18 ? instruction & 0xffff_ffff : instruction
    }
  }

  @Test(arguments: ["read_current", "read_state_unguarded", "on_switch", "on_block_complete"])
  func theInstructionsAreTheSame(program: String) async throws {
    let bytes = try await coreReader().bytes.array
    let kernel = try #require(readFile("/sys/kernel/btf/vmlinux"))
    let object = try BPFObject(bytes: bytes, name: "core_reader")
    let types = try #require(try RelocationBTF.extract(for: object, bytes: bytes, from: kernel))
    #expect(types.count < kernel.count / 10)
    #expect(try load(bytes, program, types) == load(bytes, program, nil))
  }

  @Test func whatIsCutOutIsWholeBTF() async throws {
    let bytes = try await coreReader().bytes.array
    let object = try BPFObject(bytes: bytes, name: "core_reader")
    for kernel in try KernelStore().installed() {
      let whole = try #require(readFile(kernel.btf))
      let types = try #require(try RelocationBTF.extract(for: object, bytes: bytes, from: whole))
      let (all, cut) = (try BTF(parsing: whole), try BTF(parsing: types))
      let (before, after) = (try #require(all.structure("task_struct")), try #require(cut.structure("task_struct")))
      #expect(after.size == before.size)
      #expect(after.members.map(\.name) == before.members.map(\.name))
      #expect(after.members.map(\.bitOffset) == before.members.map(\.bitOffset))
      #expect(
        after.members.map { after.type(of: $0).size } == before.members.map { before.type(of: $0).size }, "\(kernel.id)"
      )
    }
  }

  @Test func aDamagedKernelBTFIsAnError() async throws {
    let bytes = try await coreReader().bytes.array
    let object = try BPFObject(bytes: bytes, name: "core_reader")
    let kernel = try #require(readFile("/sys/kernel/btf/vmlinux"))
    for end in [0, 23, 24, 1000, kernel.count / 2, kernel.count - 1] {
      #expect(throws: BPFError.self) {
        try RelocationBTF.extract(for: object, bytes: bytes, from: [UInt8](kernel[..<end]))
      }
    }
  }
}
