import CLibbpf
import Glibc

/// A loaded program of a few instructions, as probes try a kernel with. It is unloaded with its last reference.
final class SmallProgram {
  let descriptor: Int32

  /// `r0 = 0` and `exit`.
  static let returningZero: [UInt64] = [0xb7, 0x95]

  /// Loads instructions (`struct bpf_insn`, eight bytes each) under the GPL; throws the errno where the kernel refuses.
  init(
    _ type: BPFProgramType, _ instructions: [UInt64] = returningZero,
    prepare: (inout bpf_prog_load_opts) -> Void = { _ in }
  ) throws(BPFError) {
    descriptor = Self.load(type, instructions, prepare)
    if descriptor < 0 {
      throw BPFError(.kernel, errno: -descriptor, operation: "loading a \(type) program of a few instructions")
    }
  }

  /// Loads a program that does nothing, of the same type as another: what a test-run costs without the program. Throws where
  /// the kernel takes none (types that attach to something).
  convenience init(like program: BPFProgram) throws(BPFError) {
    let attachType = bpf_program__expected_attach_type(program.pointer)
    try self.init(program.type) { $0.expected_attach_type = attachType }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// What the verifier says against such a program, cut short after 4 KiB, and the errno; `nil` when it takes it.
  static func objection(
    _ type: BPFProgramType, _ instructions: [UInt64], prepare: (inout bpf_prog_load_opts) -> Void = { _ in }
  ) -> (words: String, errno: Int32)? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { log -> (words: String, errno: Int32)? in
      log.initialize(repeating: 0)
      do throws(BPFError) {
        _ = try SmallProgram(type, instructions) { options in
          prepare(&options)
          options.log_buf = log.baseAddress
          options.log_size = UInt32(log.count)
          options.log_level = 1
        }
        return nil
      } catch {
        return (log.baseAddress.map { String(cString: $0) } ?? "", error.errno)
      }
    }
  }

  private static func load(
    _ type: BPFProgramType, _ instructions: [UInt64], _ prepare: (inout bpf_prog_load_opts) -> Void
  ) -> Int32 {
    var options = bpf_prog_load_opts()
    options.sz = MemoryLayout<bpf_prog_load_opts>.size
    prepare(&options)
    return instructions.withUnsafeBytes {
      bpf_prog_load(
        bpf_prog_type(rawValue: type.rawValue), "probe", "GPL", $0.bindMemory(to: bpf_insn.self).baseAddress,
        $0.count / 8, &options)
    }
  }
}

extension bpf_prog_load_opts {
  /// Sets what programs of a type don't load without.
  mutating func setNeeds(of type: BPFProgramType) {
    switch type {
    // BPF_SK_LOOKUP, BPF_NETFILTER (linux/bpf.h).
    case .skLookup: expected_attach_type = bpf_attach_type(rawValue: 36)
    case .netfilter: expected_attach_type = bpf_attach_type(rawValue: 45)
    // BPF_F_SLEEPABLE
    case .syscall: prog_flags = 1 << 4
    default: break
    }
  }
}
