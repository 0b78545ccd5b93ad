import CLibbpf

/// What the kernel compares of programs that share a prog array (kernel/bpf/core.c: `bpf_prog_map_compatible`).
public struct ProgramKind: Hashable, Sendable {
  public var type: BPFProgramType
  /// `enum bpf_attach_type`, compared since 6.17.
  public var attachType: UInt32
  /// `BPF_F_XDP_HAS_FRAGS` (`SEC("xdp.frags")`), compared since 5.18.
  public var hasFrags: Bool

  public init(_ program: BPFProgram) {
    type = program.type
    attachType = bpf_program__expected_attach_type(program.pointer).rawValue
    hasFrags = bpf_program__flags(program.pointer) & 0x20 != 0
  }

  /// In which way a program is another than those that an array belongs to: `a sched_cls program`, `xdp programs`. `nil`
  /// where it isn't.
  public func difference(from owner: ProgramKind) -> (mine: String, theirs: String)? {
    if type != owner.type { return ("a \(type) program", "\(owner.type) programs") }
    if hasFrags != owner.hasFrags {
      let (with, without) = ("with frags", "without frags")
      return ("an xdp program \(hasFrags ? with : without)", "xdp programs \(owner.hasFrags ? with : without)")
    }
    if attachType != owner.attachType {
      func words(_ number: UInt32) -> String {
        libbpf_bpf_attach_type_str(bpf_attach_type(rawValue: number)).map { String(cString: $0) } ?? "number \(number)"
      }
      return (
        "a \(type) program of attach type \(words(attachType))", "those of attach type \(words(owner.attachType))"
      )
    }
    return nil
  }
}
