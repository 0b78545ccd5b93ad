import CLibbpf
import Glibc

/// What a kernel lacks that refuses a program without a word: the first thing that makes a program that does nothing be
/// refused like it.
public enum LoadGap: String, Hashable, Sendable {
  case programType = "program type"
  case attachType = "attach type"
  /// `BPF_F_SLEEPABLE`.
  case sleepable
  /// `BPF_F_XDP_HAS_FRAGS`, since 5.18.
  case fragments
  case flags
  /// The kernel takes such programs: it is something about this one.
  case none

  var cause: RefusalCause? { self == .none ? nil : .programType }

  func advice(_ refusal: LoadRefusal) -> String? {
    switch self {
    case .programType: "this kernel has no \(refusal.kind)"
    case .attachType: "this kernel has \(refusal.kind), and not of this attach type"
    case .sleepable: "this kernel has no \(refusal.kind) that may sleep: leave out the `.s` of the section"
    case .fragments:
      "this kernel runs \(refusal.kind), and none that takes packets in fragments (`xdp.frags`, since 5.18): `SEC(\"xdp\")` runs on it"
    case .flags: "this kernel has \(refusal.kind), and refuses flags that the program is loaded with"
    case .none:
      "this kernel takes \(refusal.kind) of this attach type and with these flags: it refuses something about this one, and doesn't say what"
    }
  }
}

extension BPFProgram {
  /// Finds out what the kernel lacks, by loading programs that do nothing and differ from this one in ever less; `nil` where
  /// that can't be tried, since such programs don't load without something to attach to.
  public func gap() -> LoadGap? {
    // Where this process may not try, nothing is found out.
    guard let isKnown = try? KernelProbes.has(programType: type.rawValue) else { return nil }
    guard isKnown else { return .programType }
    let attachType = bpf_program__expected_attach_type(pointer)
    // What libbpf tells of the section at load, and not before (libbpf.c: `libbpf_prepare_prog_load`).
    let parts = section.prefix { $0 != "/" }.split(separator: ".")
    let isSleepable = parts.contains("s")
    let hasFragments = type == .xdp && parts.contains("frags")
    let flags = bpf_program__flags(pointer)
    func loads(_ prepare: (inout bpf_prog_load_opts) -> Void) -> Bool {
      // 1 rather than 0, which not all types may return: r0 = 1; exit.
      (try? SmallProgram(type, prepare: prepare)) != nil
        || (try? SmallProgram(type, [0x1_0000_00b7, 0x95], prepare: prepare)) != nil
    }
    switch type {
    case .tracing, .lsm, .extensionProgram, .structOps: return nil
    default: break
    }
    func loads(flags: UInt32) -> Bool {
      loads { options in
        options.setNeeds(of: type)
        if attachType.rawValue != 0 { options.expected_attach_type = attachType }
        options.prog_flags |= flags
      }
    }
    if !loads(flags: 0) { return .attachType }
    // BPF_F_XDP_HAS_FRAGS and BPF_F_SLEEPABLE.
    if hasFragments, !loads(flags: 1 << 5) { return .fragments }
    if isSleepable, !loads(flags: 1 << 4) { return .sleepable }
    return flags == 0 || loads(flags: flags) ? LoadGap.none : .flags
  }
}
