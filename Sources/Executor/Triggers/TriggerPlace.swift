import BPF
import CBPFShims
import Glibc

/// Where the processes of a test do their triggers.
struct TriggerPlace {
  /// A descriptor of the network namespace; `nil` is the executor's own.
  var networkNamespace: Int32?
  /// A descriptor of the folder of the cgroup; `nil` is the executor's own.
  var cgroup: Int32?

  /// `CLONE_NEWNET` of linux/sched.h.
  static let newNetwork = 0x4000_0000

  /// Does something with the calling thread in the test's network namespace, and takes it back.
  func inside<T>(_ body: () throws(BPFError) -> T) throws(BPFError) -> T {
    guard let networkNamespace else { return try body() }
    let before = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    guard before >= 0 else { throw BPFError(.kernel, errno: errno, operation: "opening /proc/thread-self/ns/net") }
    defer { close(before) }
    let entered = bpftest_enter_namespace(networkNamespace, Int32(Self.newNetwork))
    guard entered == 0 else {
      throw BPFError(.kernel, errno: -entered, operation: "entering the test's network namespace")
    }
    defer { _ = bpftest_enter_namespace(before, Int32(Self.newNetwork)) }
    return try body()
  }
}
