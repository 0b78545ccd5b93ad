import Glibc

/// Says what to do about a program that the kernel, or libbpf on its behalf, refuses to load.
///
/// The words looked for are the kernel's (kernel/bpf/verifier.c, btf.c) and libbpf's (libbpf.c).
public enum LoadExplainer {
  /// Advice; `nil` when the logs speak for themselves.
  ///
  /// - Parameters:
  ///   - type: of the program that was refused, where it is known.
  ///   - isMap: whether a map was refused rather than a program.
  public static func advice(
    errno: Int32, verifierLog: String, libbpfLog: String, type: BPFProgramType? = nil, isMap: Bool = false
  ) -> String? {
    // What decides stands at the end of a long log.
    let log = String(decoding: verifierLog.utf8.suffix(16 << 10), as: UTF8.self)
    if libbpfLog.contains("ulimit -l") || (isMap && errno == EPERM) {
      return
        "locked memory may be limited: kernels before 5.11 count maps and programs against it (`ulimit -l unlimited`, or CAP_SYS_RESOURCE)"
    }
    if let target = quoted(after: "failed to find kernel BTF type ID of '", in: libbpfLog) {
      return
        "this kernel has no `\(target)` to attach to: it may be inlined, called otherwise, or in a module that isn't loaded"
    }
    if ["failed to find valid kernel BTF", "Error loading vmlinux BTF", "kernel BTF is missing"]
      .contains(where: libbpfLog.contains)
    {
      return "the kernel has no BTF of its own types (CONFIG_DEBUG_INFO_BTF), which this program needs"
    }
    if errno == EPERM || errno == EACCES, verifierLog.isEmpty { return permission(type) }
    if isMap, errno == EINVAL || errno == EOPNOTSUPP {
      return "this kernel has no maps of that type, or refuses their sizes or flags"
    }
    return verifierAdvice(log, libbpfLog, type)
  }

  private static func permission(_ type: BPFProgramType?) -> String {
    switch type {
    case .tracing?, .lsm?, .extensionProgram?, .kprobe?:
      "this kernel is locked down or lacks what \(type?.description ?? "such") programs hang on: a micro-VM is the better place (`--kernel ID`)"
    default:
      "the process may not load such programs: it needs CAP_BPF with CAP_NET_ADMIN or CAP_PERFMON, or to be root; a micro-VM needs neither (`--kernel ID`)"
    }
  }

  private static func verifierAdvice(_ log: String, _ libbpfLog: String, _ type: BPFProgramType?) -> String? {
    let kind = type.map { "\($0) programs" } ?? "programs of this type"
    if log.contains("invalid func unknown#195896080") || log.contains("<invalid CO-RE relocation>") {
      return "a type or field that the program reads isn't in this kernel: guard it with bpf_core_field_exists()"
    }
    if let helper = word(after: "unknown func ", in: log) ?? word(after: "invalid func ", in: log) {
      return "this kernel doesn't know helper \(helper), or not for \(kind)"
    }
    if let helper = word(after: "program of this type cannot use helper ", in: log) {
      return "\(kind) may not call \(helper)"
    }
    if log.contains("cannot call GPL-restricted function") {
      return "the helper is for programs under the GPL: char LICENSE[] SEC(\"license\") = \"GPL\";"
    }
    if let kfunc = quoted(after: "extern (func ksym) '", in: libbpfLog) {
      return "this kernel has no kfunc `\(kfunc)`: declare it __weak and guard it with bpf_ksym_exists()"
    }
    if log.contains("is not modifiable") {
      return "fmod_ret changes functions that the kernel marks for error injection or as security hooks, and no others"
    }
    if log.contains("calling kernel function") && log.contains("is not allowed") {
      return "\(kind) may not call this kfunc"
    }
    return nil
  }

  /// The word that follows a text.
  private static func word(after mark: String, in log: String) -> String? {
    rest(after: mark, in: log).map { "\($0.prefix { $0 != " " && $0 != "\n" && $0 != ":" })" }
  }

  private static func quoted(after mark: String, in log: String) -> String? {
    rest(after: mark, in: log).map { "\($0.prefix { $0 != "'" && $0 != "\n" })" }
  }

  private static func rest(after mark: String, in log: String) -> Substring? {
    guard log.contains(mark) else { return nil }
    let (bytes, wanted) = (Array(log.utf8), Array(mark.utf8))
    for start in bytes.indices where bytes[start...].starts(with: wanted) {
      return Substring(decoding: bytes[(start + wanted.count)...].prefix(200), as: UTF8.self)
    }
    return nil
  }
}
