import Glibc

/// The switch for the kernel's BPF compiler, `net.core.bpf_jit_enable`, which is one for the whole kernel: programs loaded
/// while it is off are interpreted.
public enum JITSetting {
  /// Where it is set (Documentation/admin-guide/sysctl/net.rst).
  public static let path = "/proc/sys/net/core/bpf_jit_enable"

  /// Whether it is on; `nil` where it can't be read.
  public static var isOn: Bool? {
    readFile(path).flatMap { $0.first }.map { $0 != UInt8(ascii: "0") }
  }

  /// Whether it may be turned off, found out by doing so for a moment.
  ///
  /// Throws without the right to set it.
  public static func canBeOff() throws(BPFError) -> Bool {
    do {
      try with(false) { () throws(BPFError) in }
      return true
    } catch {
      return try Privilege.absent("an interpreter that may be used", errno: error.errno)
    }
  }

  /// Does something, such as loading, with the compiler on or off, and sets it back; `nil` leaves it as it is.
  ///
  /// Throws `EINVAL` where the kernel has no interpreter (`CONFIG_BPF_JIT_ALWAYS_ON`), `EACCES` or `EPERM` without the
  /// right to set it.
  public static func with<T>(_ wanted: Bool?, _ body: () throws(BPFError) -> T) throws(BPFError) -> T {
    guard let wanted, let before = isOn, before != wanted else { return try body() }
    try set(wanted)
    defer { try? set(before) }
    return try body()
  }

  static func set(_ on: Bool) throws(BPFError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    let written = descriptor < 0 ? -1 : write(descriptor, on ? "1" : "0", 1)
    let code = errno
    if descriptor >= 0 { close(descriptor) }
    guard written == 1 else {
      let why = code == EINVAL && !on ? "this kernel has no interpreter (CONFIG_BPF_JIT_ALWAYS_ON)" : ""
      throw BPFError(
        .kernel, errno: code, operation: "turning the BPF compiler \(on ? "on" : "off")", detail: why)
    }
  }
}
