import CLibbpf
import Glibc

/// A program of an object.
public struct BPFProgram {
  public let object: BPFObject
  let pointer: OpaquePointer

  /// The name of its C function (`bpf_program__name`).
  public var name: String { String(cString: bpf_program__name(pointer)) }

  /// The ELF section it stands in: `xdp`, `tc`, `kprobe/do_unlinkat` (`bpf_program__section_name`).
  public var section: String { String(cString: bpf_program__section_name(pointer)) }

  /// What libbpf makes of the section's name; `.unspecified` when it says nothing (`bpf_program__type`).
  public var type: BPFProgramType { BPFProgramType(rawValue: bpf_program__type(pointer).rawValue) }

  /// Sets the type before load, and the attach type that the kernel is told (`enum bpf_attach_type`): the one that is
  /// given, or the one that libbpf takes for sections of that type. Throws `EBUSY` after load (`bpf_program__set_type`,
  /// `bpf_program__set_expected_attach_type`).
  public func setType(_ type: BPFProgramType, attachType: UInt32? = nil) throws(BPFError) {
    var result = bpf_program__set_type(pointer, bpf_prog_type(rawValue: type.rawValue))
    if result == 0, let attachType = attachType ?? ProgramSection.standard(for: type)?.attachType {
      result = bpf_program__set_expected_attach_type(pointer, bpf_attach_type(rawValue: attachType))
    }
    guard result == 0 else {
      throw BPFError(.badArgument, errno: -result, operation: "setting the type of program `\(name)` to \(type)")
    }
  }

  /// Whether loading the object loads this program (`bpf_program__autoload`).
  public var autoload: Bool { bpf_program__autoload(pointer) }

  /// Sets `autoload` before load. Throws `EINVAL` after it (`bpf_program__set_autoload`).
  public func setAutoload(_ on: Bool) throws(BPFError) {
    let result = bpf_program__set_autoload(pointer, on)
    guard result == 0 else {
      throw BPFError(.badArgument, errno: -result, operation: "setting autoload of program `\(name)`")
    }
  }

  /// Says before load what a program attaches to whose section doesn't (`SEC("fentry")`, `SEC("lsm")`): a function, hook or
  /// tracepoint of the kernel. Throws `ESRCH` when the kernel has none of that name (`bpf_program__set_attach_target`).
  public func setAttachTarget(_ target: String) throws(BPFError) {
    // Hooks go by their own names in sections, and by those of functions in the kernel's BTF.
    let name = type == .lsm ? target.replacingPrefix("bpf_lsm_", with: "") : target
    let result = bpf_program__set_attach_target(pointer, 0, name)
    guard result == 0 else {
      throw BPFError(.kernel, errno: -result, operation: "attaching program `\(self.name)` to `\(target)`")
    }
  }

  /// Instructions before relocation (`bpf_program__insn_cnt`).
  public var instructionCount: Int { Int(bpf_program__insn_cnt(pointer)) }

  /// Its instructions (`struct bpf_insn`, eight bytes each), after load with all relocations applied (`bpf_program__insns`).
  public var instructions: [UInt64] {
    guard let start = bpf_program__insns(pointer) else { return [] }
    return UnsafeRawBufferPointer(start: start, count: instructionCount * 8).bindMemory(to: UInt64.self).map { $0 }
  }

  /// The descriptor of the loaded program, `nil` before load (`bpf_program__fd`).
  public var descriptor: Int32? {
    let fd = bpf_program__fd(pointer)
    return fd >= 0 ? fd : nil
  }

  /// Instructions that the verifier went through; 0 where the kernel (before 5.16) doesn't say.
  public var verifiedInstructions: UInt32 { info?.verified_insns ?? 0 }

  /// The kernel's number for the loaded program; `nil` before load.
  public var id: UInt32? { info?.id }

  /// Whether the kernel compiled the loaded program to machine code, rather than interpret it.
  public var isJITed: Bool { (info?.jited_prog_len ?? 0) > 0 }

  private var info: bpf_prog_info? {
    guard let descriptor else { return nil }
    var info = bpf_prog_info()
    var length = UInt32(MemoryLayout<bpf_prog_info>.size)
    return bpf_obj_get_info_by_fd(descriptor, &info, &length) == 0 ? info : nil
  }
}

extension BPFProgram {
  /// Which of its instructions older kernels don't know, one of each kind.
  public var newerInstructions: [NewerInstruction] { NewerInstruction.among(instructions) }
}
