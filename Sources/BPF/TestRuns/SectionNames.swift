import CLibbpf

/// Sections that newer versions of libbpf give a type to, and an older one doesn't.
enum SectionNames {
  /// A type, and the attach type that the kernel must be told at load; 0 where it needn't.
  private struct Kind {
    var type: BPFProgramType
    var attachType: UInt32 = 0
  }

  /// As of libbpf 1.5 (`section_defs` in libbpf.c).
  private static func kind(_ section: String) -> Kind? {
    switch section {
    // BPF_NETFILTER (linux/bpf.h).
    case "netfilter": Kind(type: .netfilter, attachType: 45)
    case "tcx/ingress", "tcx/egress", "netkit/primary", "netkit/peer": Kind(type: .schedCLS)
    default: nil
    }
  }

  /// Gives a program without a type the one that its section names, if it does.
  static func apply(to program: BPFProgram) throws(BPFError) {
    guard let kind = kind(program.section) else { return }
    try program.setType(kind.type)
    guard kind.attachType != 0 else { return }
    _ = bpf_program__set_expected_attach_type(program.pointer, bpf_attach_type(rawValue: kind.attachType))
  }
}
