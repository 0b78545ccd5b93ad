import CBPFShims
import Glibc

extension BPFProgram {
  /// Has an sk_reuseport program choose among the sockets that share this one's port (`SO_ATTACH_REUSEPORT_EBPF`,
  /// socket(7)). It stays with the sockets.
  public func attach(reuseportSocket socket: Int32) throws(BPFError) -> BPFLink {
    let target = "a group of sockets"
    var program = try attachable(to: target)
    // SO_ATTACH_REUSEPORT_EBPF of asm-generic/socket.h.
    guard setsockopt(socket, SOL_SOCKET, 52, &program, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
      throw BPFError(.kernel, errno: errno, operation: "attaching program `\(name)` to \(target)")
    }
    return BPFLink(.undo {}, name: "program `\(name)` to \(target)", object: object)
  }

  /// Attaches a netfilter program to a hook of the calling thread's network namespace (Linux 6.4).
  ///
  /// - Parameters:
  ///   - hook: `NF_INET_*`: PRE_ROUTING 0, LOCAL_IN 1, FORWARD 2, LOCAL_OUT 3, POST_ROUTING 4.
  ///   - family: `NFPROTO_IPV4` (2) or `NFPROTO_IPV6` (10).
  ///   - priority: programs of lower numbers come first.
  public func attach(netfilterHook hook: UInt32, family: UInt32, priority: Int32) throws(BPFError) -> BPFLink {
    let target = "netfilter hook \(hook)"
    let link = bpftest_link_netfilter(try attachable(to: target), family, hook, priority)
    guard link >= 0 else {
      throw BPFError(.kernel, errno: -link, operation: "attaching program `\(name)` to \(target)")
    }
    return BPFLink(adopting: link, of: self, to: target)
  }
}
