import BPF
import CBPFShims
import Glibc

/// A network namespace, held by a descriptor: it is gone when the last descriptor, thread and socket in it are.
final class NetworkNamespace {
  /// For `setns`, `IFLA_NET_NS_FD` and BPF links.
  let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// The one that the calling thread is in.
  static func current() throws(BPFError) -> NetworkNamespace {
    let descriptor = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw BPFError(.kernel, errno: errno, operation: "opening this thread's network namespace")
    }
    return NetworkNamespace(descriptor: descriptor)
  }

  /// Makes a new one and moves the calling thread into it. `lo` is up in it, and devices are silent until they are used.
  static func make() throws(BPFError) -> (namespace: NetworkNamespace, netlink: NetlinkSocket) {
    let result = bpftest_new_network()
    guard result == 0 else {
      throw BPFError(
        .kernel, errno: -result, operation: "making a network namespace",
        detail: result == -EPERM ? "it takes CAP_SYS_ADMIN" : "")
    }
    let namespace = try current()
    // No link-local addresses by themselves (IN6_ADDR_GEN_MODE_NONE, linux/if_link.h), hence no router solicitations and
    // no multicast reports among the packets that a test counts. A kernel without IPv6 doesn't have the file.
    write("1", to: "/proc/sys/net/ipv6/conf/default/addr_gen_mode")
    let netlink = try NetlinkSocket()
    try netlink.bringUp(index: 1, name: "lo")
    return (namespace, netlink)
  }

  /// Moves the calling thread into it.
  func enter() throws(BPFError) {
    let result = bpftest_enter_network(descriptor)
    guard result == 0 else {
      throw BPFError(.kernel, errno: -result, operation: "entering a network namespace")
    }
  }

  private static func write(_ text: String, to path: String) {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = Glibc.write(file, text, text.utf8.count)
    close(file)
  }
}
