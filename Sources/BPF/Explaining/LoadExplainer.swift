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
  ///   - release: the kernel's, where it is known. It decides only whether locked memory can have been the reason.
  public static func advice(
    errno: Int32, verifierLog: String, libbpfLog: String, type: BPFProgramType? = nil, isMap: Bool = false,
    release: KernelRelease? = nil
  ) -> String? {
    let type = type == .unspecified ? nil : type
    let log = LoadSign.end(of: verifierLog)
    // Since 5.11 BPF is accounted to the memory cgroup; libbpf speaks of `ulimit -l` all the same.
    let isLimited = release?.isBefore(5, 11) ?? true
    if isLimited, libbpfLog.contains("ulimit -l") || (isMap && errno == EPERM) {
      return
        "locked memory may be limited: kernels before 5.11 count maps and programs against it (`ulimit -l unlimited`, or CAP_SYS_RESOURCE)"
    }
    if let target = quoted(after: "failed to find kernel BTF type ID of '", in: libbpfLog) {
      return
        "this kernel has no `\(target)` to attach to: it may be inlined, called otherwise, or in a module that isn't loaded"
    }
    if libbpfLog.contains("failed to open system Kconfig") {
      return
        "this kernel brings no configuration (/proc/config.gz, /boot/config-RELEASE): give the options of `__kconfig` externs, such as `kconfig: { CONFIG_HZ: 250 }`"
    }
    if let option = quoted(after: "extern '", in: libbpfLog), option.hasPrefix("CONFIG_") {
      return
        "this kernel's configuration doesn't set \(option): declare it __weak, or give it, such as `kconfig: { \(option): y }`"
    }
    if LoadSign.kernelBTF.isIn(libbpfLog) {
      return "the kernel has no BTF of its own types (CONFIG_DEBUG_INFO_BTF), which this program needs"
    }
    if errno == EPERM || errno == EACCES, verifierLog.isEmpty { return permission(type, libbpfLog) }
    if isMap, errno == EINVAL || errno == EOPNOTSUPP {
      return "this kernel has no maps of that type, or refuses their sizes or flags"
    }
    if verifierLog.isEmpty, errno == EINVAL || errno == EOPNOTSUPP, libbpfLog.contains("program load failed") {
      return
        "this kernel has no \(type.map { "\($0) programs" } ?? "programs of this type"), or not for this attach type"
    }
    return verifierAdvice(log, libbpfLog, type)
  }

  /// The capabilities are those of `is_net_admin_prog_type` and `is_perfmon_prog_type` (kernel/bpf/syscall.c).
  private static func permission(_ type: BPFProgramType?, _ libbpfLog: String) -> String {
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

  private static func verifierAdvice(_ log: String, _ libbpfLog: String, _ type: BPFProgramType?) -> String? {
    let kind = type.map { "\($0) programs" } ?? "programs of this type"
    if LoadSign.relocation.isIn(log) {
      return "a type or field that the program reads isn't in this kernel: guard it with bpf_core_field_exists()"
    }
    if let helper = word(after: "unknown func ", in: log) ?? word(after: "invalid func ", in: log) {
      return "this kernel doesn't know helper \(named(helper)), or not for \(kind)"
    }
    if let helper = word(after: "program of this type cannot use helper ", in: log) {
      return "\(kind) may not call \(helper)"
    }
    // check_btf_func: what looks like a function too many to a kernel that knows no BPF_PSEUDO_FUNC.
    if log.contains("number of funcs in func_info doesn't match number of subprogs") {
      return
        "this kernel takes no function as an argument, as helpers such as bpf_loop() and bpf_for_each_map_elem() have them since 5.13"
    }
    if log.contains("cannot call GPL-restricted function") || log.contains("cannot call kernel function from non-GPL") {
      return "the function is for programs under the GPL: char LICENSE[] SEC(\"license\") = \"GPL\";"
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

  /// A kernel that doesn't know a helper knows it by its number alone: `unknown#181` is `bpf_loop#181`.
  private static func named(_ helper: String) -> String {
    guard helper.hasPrefix("unknown#"), let id = UInt32(helper.dropFirst(8)) else { return helper }
    return "\(HelperNames.name(of: id))#\(id)"
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
