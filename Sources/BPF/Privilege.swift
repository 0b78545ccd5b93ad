import CLibbpf
import Glibc

/// What this process may do with BPF, asked when a probe was refused: a refusal for want of privilege says nothing of the
/// kernel.
enum Privilege {
  /// What to do about a lack of it.
  static let advice = "run as root or with CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, or in a micro-VM (--kernel ID)"

  /// Whether this thread has every capability that BPF asks for, and they count: a container's root may have them for its own
  /// user namespace alone, or be kept from bpf(2) by a filter. What is refused to such a thread is refused to everybody.
  static var isFull: Bool {
    guard let effective, areAll(in: effective) else { return false }
    return (try? SmallProgram(.xdp)) != nil
  }

  /// CAP_SYS_ADMIN (21), or CAP_NET_ADMIN (12), CAP_PERFMON (38) and CAP_BPF (39) of linux/capability.h.
  private static func areAll(in set: UInt64) -> Bool {
    let parts: UInt64 = 1 << 12 | 1 << 38 | 1 << 39
    return set & 1 << 21 != 0 || set & parts == parts
  }

  /// The effective capabilities (proc(5)), `nil` where they can't be read.
  private static var effective: UInt64? {
    guard let status = readFile("/proc/thread-self/status") else { return nil }
    let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
    let line = lines.first { $0.hasPrefix("CapEff:") }
    return line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
  }

  /// Whether an errno may mean that a privilege is missing: BPF's own checks say `EPERM`, files and security modules
  /// `EACCES` too.
  static func isRefusal(_ errno: Int32) -> Bool { errno == EPERM || errno == EACCES }

  /// Passes a probe's answer of absence on, unless it is none: throws where the kernel refused this process to find out.
  ///
  /// - Parameter errno: what the probe failed with.
  static func absent(_ what: String, errno: Int32) throws(BPFError) -> Bool {
    guard isRefusal(errno), !isFull else { return false }
    throw BPFError(
      .unprivileged, errno: errno, operation: "finding out whether this kernel has \(what)",
      detail: "this process lacks the privilege, so nothing is known of the kernel: \(advice)")
  }
}
