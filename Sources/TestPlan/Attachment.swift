/// A program, or a struct_ops map, that is attached after set-up and before the first step, and detached after the test.
public struct Attachment: Hashable, Sendable {
  /// What is attached.
  public enum Subject: Hashable, Sendable {
    /// A program, by the name of its C function.
    case program(String)
    /// A struct_ops map, whose programs the kernel then calls.
    case map(String)

    /// The name alone.
    public var name: String {
      switch self {
      case .program(let name), .map(let name): name
      }
    }
  }

  /// What it is attached to, where its section doesn't say so.
  public enum Target: Hashable, Sendable {
    /// A kernel function, for a kprobe, kretprobe or ksyscall program; `offset` is in bytes from its start.
    case function(name: String, offset: UInt64)
    /// Kernel functions, for a kprobe.multi program: names, or one pattern with `*` and `?`.
    case functions([String])
    /// A function of an executable or a shared library, for a uprobe or uretprobe program.
    /// `offset` is in bytes from the symbol, or from the start of the file where there is no symbol.
    case userFunction(path: String, symbol: String?, offset: UInt64)
    /// A static probe of an executable or a shared library (USDT).
    case usdt(path: String, provider: String, name: String)
    case tracepoint(category: String, name: String)
    case rawTracepoint(String)
    /// Samples of the processor's software clock, so many a second, on every CPU: for perf_event programs.
    case cpuClock(frequency: UInt64)
    /// The cgroup that the environment made, or a path below `/sys/fs/cgroup`.
    case cgroup(path: String?)
    /// The network namespace of the test.
    case networkNamespace
    /// A network interface of the test, for an XDP program.
    case xdp(interface: String)
    /// A network interface of the test, for a tc program.
    case tc(interface: String, egress: Bool)
    /// A sock map or sock hash of the object, by name.
    case map(String)
    /// A socket of the environment, by name, or rather the group of sockets that share its port (`SO_REUSEPORT`).
    case socket(String)
    /// A netfilter hook of the test's network namespace: `NFPROTO_*`, `NF_INET_*`, and where it stands among the others.
    case netfilter(family: UInt32, hook: UInt32, priority: Int32)
  }

  public var subject: Subject
  /// `nil` attaches to what the section of the program names.
  public var target: Target?

  public init(_ subject: Subject, to target: Target? = nil) {
    self.subject = subject
    self.target = target
  }
}
