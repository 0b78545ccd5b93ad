import CLibbpf

/// How much the verifier is asked to write about programs.
///
/// Writing down every instruction that it looks at costs it several times what looking does: a refusal after a million of
/// them takes 1.3 s, and 8.2 s with its log of 16 MB.
public enum VerifierDetail: Hashable, Sendable {
  /// Nothing at first; of a program that is refused, everything, for which libbpf lets it be verified once more.
  case onRefusal
  /// The complaint and the statistics alone (`BPF_LOG_STATS`, kernel/bpf/verifier.c: `verbose` writes at any level). What is
  /// accepted leaves no log.
  case complaints
  /// Everything, of accepted programs too.
  case everything
  /// Everything of one program, and complaints about the others.
  case everythingOf(program: String)

  // include/linux/bpf_verifier.h
  private static let level1: UInt32 = 1
  private static let statistics: UInt32 = 4

  func apply(to program: OpaquePointer) {
    switch self {
    case .onRefusal: return
    case .complaints: bpf_program__set_log_level(program, Self.statistics)
    case .everything: bpf_program__set_log_level(program, Self.level1)
    case .everythingOf(let name):
      let isIt = String(cString: bpf_program__name(program)) == name
      bpf_program__set_log_level(program, isIt ? Self.level1 : Self.statistics)
    }
  }
}

extension VerifierLog {
  /// How many instructions the verifier looked at, as its statistics say (`processed 12 insns (limit 1000000) …`); `nil` of a
  /// log without them, of something that was refused before that.
  public var processed: Int? {
    let head = "processed "
    guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix(head) }) else { return nil }
    return Int(line.dropFirst(head.count).prefix { $0.isNumber })
  }

  /// Whether a program was given up since there is too much to look at, which no single instruction is to blame for.
  public var isOfLimit: Bool {
    ["BPF program is too large", "jumps is too complex"].contains { reason.contains($0) }
  }
}
