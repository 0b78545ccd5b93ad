import CBPFShims

/// Something that BPF refused, or could not make sense of.
public struct BPFError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The object's bytes are not a BPF object that can be used.
    public static let badObject = Code(rawValue: "bad object")
    /// The BTF is damaged, or not what was looked for.
    public static let badBTF = Code(rawValue: "bad BTF")
    /// The name of a program, map, section or field that isn't there.
    public static let unknownName = Code(rawValue: "unknown name")
    /// A size, an offset or a value that doesn't fit.
    public static let badArgument = Code(rawValue: "bad argument")
    /// A probe was refused for want of privilege: nothing is known of what it was to find out.
    public static let unprivileged = Code(rawValue: "unprivileged")
    /// The kernel refused a system call.
    public static let kernel = Code(rawValue: "kernel")
  }

  public var code: Code
  /// The positive errno of the kernel or libbpf, 0 where there is none.
  public var errno: Int32
  /// What was tried, and on what: "load of object `firewall`".
  public var operation: String
  /// What is known beyond the errno: libbpf's words, the nearest known name.
  public var detail: String

  public init(_ code: Code, errno: Int32 = 0, operation: String, detail: String = "") {
    self.code = code
    self.errno = errno
    self.operation = operation
    self.detail = detail
  }

  public var description: String {
    var text = operation
    if errno != 0 { text += ": \(Errno.name(errno)) (\(Errno.message(errno)))" }
    if !detail.isEmpty { text += ": \(detail)" }
    return text
  }
}

/// Names for errno values, the kernel's private ones included.
public enum Errno {
  /// `ENOTSUPP`, which the kernel returns from BPF calls and never meant to show (include/linux/errno.h).
  public static let notSupported: Int32 = 524

  /// The symbol: `EINVAL`; `errno 4711` for a value without one.
  public static func name(_ errno: Int32) -> String {
    if errno == notSupported { return "ENOTSUPP" }
    guard let name = bpftest_errno_name(errno) else { return "errno \(errno)" }
    return String(cString: name)
  }

  /// The system's words for it: `Invalid argument`.
  public static func message(_ errno: Int32) -> String {
    if errno == notSupported { return "Operation is not supported by this kernel" }
    guard let words = bpftest_errno_words(errno) else { return "unknown error" }
    return String(cString: words)
  }
}
