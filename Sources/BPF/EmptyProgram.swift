import CLibbpf
import Glibc

/// A loaded program of two instructions, `r0 = 0` and `exit`: what a test-run costs without the program.
final class EmptyProgram {
  let descriptor: Int32

  /// Loads one of the same type as `program`; `nil` where the kernel takes none (types that attach to something).
  init?(like program: BPFProgram) {
    // BPF_ALU64 | BPF_MOV | BPF_K and BPF_JMP | BPF_EXIT (include/uapi/linux/bpf.h).
    var instructions = [bpf_insn(), bpf_insn()]
    instructions[0].code = 0xb7
    instructions[1].code = 0x95
    var options = bpf_prog_load_opts()
    options.sz = MemoryLayout<bpf_prog_load_opts>.size
    options.expected_attach_type = bpf_program__expected_attach_type(program.pointer)
    let descriptor = bpf_prog_load(
      bpf_prog_type(rawValue: program.type.rawValue), "empty", "GPL", instructions, instructions.count, &options)
    guard descriptor >= 0 else { return nil }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
