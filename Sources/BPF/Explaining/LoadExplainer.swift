import Glibc

/// Says what a refusal to load comes from, and what to do about it: one reading of logs and errno for both.
public enum LoadExplainer {
  /// What a refusal means.
  public struct Diagnosis: Hashable, Sendable {
    /// `nil` when nothing tells.
    public var cause: RefusalCause?
    /// What to do; `nil` when the logs speak for themselves.
    public var advice: String?

    init(_ cause: RefusalCause?, _ advice: String? = nil) {
      self.cause = cause
      self.advice = advice
    }
  }

  public static func diagnose(_ refusal: LoadRefusal) -> Diagnosis {
    // Whatever the verifier was about to say.
    if refusal.errno == ENOMEM, !VerifierLog(refusal.verifierLog).isOfLimit { return Diagnosis(.resources) }
    let words = RefusalLines.verifier(refusal.verifierLog)
    if words.isEmpty, let locked = lockedMemory(refusal) { return locked }
    if refusal.isMap, words.isEmpty { return map(refusal) }
    // Both write what decides last; but what libbpf says of a kernel that was asked is that it was.
    if let found = message(in: words.reversed(), refusal) { return found }
    if !words.isEmpty { return Diagnosis(.verifier) }
    if let found = message(in: RefusalLines.libbpf(refusal.libbpfLog), refusal) { return found }
    switch refusal.errno {
    case EPERM, EACCES: return Diagnosis(.permission, permission(refusal))
    case ENOMEM, E2BIG, ENOSPC, EMFILE, ENFILE, EAGAIN: return Diagnosis(.resources)
    // Of check_struct_ops_btf_id, which has no words for it since 6.9.
    case Errno.notSupported where refusal.type == .structOps:
      return message(in: ["is not a supported struct"], refusal) ?? Diagnosis(.attachTarget)
    // Had libbpf given up before, its warning would speak of something else.
    case EINVAL, EOPNOTSUPP, Errno.notSupported:
      let wasAsked = refusal.libbpfLog.isEmpty || refusal.libbpfLog.contains("program load failed")
      return wasAsked ? unknownKind(refusal) : Diagnosis(nil)
    case ESRCH, ENOENT: return Diagnosis(.attachTarget)
    default: return Diagnosis(nil)
    }
  }

  /// What the first line says that has a message's words.
  private static func message(in lines: [String], _ refusal: LoadRefusal) -> Diagnosis? {
    for line in lines {
      if let found = LoadMessage.all.first(where: { $0.matches(line) }) {
        return Diagnosis(found.cause, found.advice(LoadMessage.Line(text: line, refusal: refusal)))
      }
    }
    return nil
  }

  /// Without a word the kernel has not come as far as the verifier: it doesn't know the type, or how it is to be attached.
  private static func unknownKind(_ refusal: LoadRefusal) -> Diagnosis {
    if let gap = refusal.gap { return Diagnosis(gap.cause, gap.advice(refusal)) }
    return Diagnosis(
      .programType, "this kernel has no \(refusal.kind), or not of this attach type or with these flags")
  }

  private static func map(_ refusal: LoadRefusal) -> Diagnosis {
    switch refusal.errno {
    case EPERM, EACCES: return Diagnosis(.permission, permission(refusal))
    case ENOMEM, EMFILE, ENFILE, EAGAIN: return Diagnosis(.resources)
    // array_map_alloc_check and others: more bytes than the kernel can count.
    case E2BIG: return Diagnosis(.resources, "the map takes more bytes than a kernel gives to one")
    case EINVAL where refusal.lacksSize:
      return Diagnosis(.mapType, "a size of the map is 0, and its loader's to set before the load: setMaxEntries()")
    case EINVAL, EOPNOTSUPP:
      return Diagnosis(.mapType, "this kernel has no maps of that type, or refuses their sizes or flags")
    default: return Diagnosis(.mapType)
    }
  }

  /// Since 5.11 BPF is accounted to the memory cgroup; libbpf speaks of `ulimit -l` all the same.
  private static func lockedMemory(_ refusal: LoadRefusal) -> Diagnosis? {
    guard refusal.release?.isBefore(5, 11) ?? true,
      refusal.libbpfLog.contains("ulimit -l") || (refusal.isMap && refusal.errno == EPERM)
    else { return nil }
    return Diagnosis(
      .permission,
      "locked memory may be limited: kernels before 5.11 count maps and programs against it (`ulimit -l unlimited`, or CAP_SYS_RESOURCE)"
    )
  }

  /// The capabilities are those of `is_net_admin_prog_type` and `is_perfmon_prog_type` (kernel/bpf/syscall.c).
  private static func permission(_ refusal: LoadRefusal) -> String {
    let (type, libbpfLog) = (refusal.type, refusal.libbpfLog)
    let needed =
      switch type {
      case nil: "CAP_BPF with CAP_NET_ADMIN or CAP_PERFMON"
      case .socketFilter?, .cgroupSKB?, .skReuseport?, .syscall?: "CAP_BPF"
      case let type? where type.needsPerfmon: "CAP_BPF and CAP_PERFMON"
      default: "CAP_BPF and CAP_NET_ADMIN"
      }
    let kind = type.map { "\($0)" } ?? "such"
    let lacks = "the process may not load \(kind) programs: it needs \(needed), or to be root"
    // What libbpf says of a process that may do nothing, and of one that may do everything.
    let isNobody = libbpfLog.contains("Couldn't load trivial BPF program")
    guard type?.needsPerfmon == true, !isNobody else { return "\(lacks); a micro-VM needs neither (`--kernel ID`)" }
    let closed = "this kernel is locked down or lacks what \(kind) programs hang on"
    let why = libbpfLog.contains("while running as root") ? closed : "\(lacks), or \(closed)"
    return "\(why): a micro-VM is the better place (`--kernel ID`)"
  }
}
