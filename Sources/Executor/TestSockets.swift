import BPF
import Glibc
import TestPlan

/// Sockets that a test's maps hold, by name. They are closed with the test.
final class TestSockets {
  private var sockets: [String: TestSocket] = [:]

  /// The test's socket of that name, made when it is first asked for.
  func socket(_ name: String) throws(BPFError) -> Int32 {
    if let known = sockets[name] { return known.descriptor }
    let socket = try TestSocket(name)
    sockets[name] = socket
    return socket.descriptor
  }

  func close() { sockets.removeAll() }
}

/// A socket for maps that hold such: closed with the test, and by that gone from its maps.
private final class TestSocket {
  let descriptor: Int32

  init(_ kind: String) throws(BPFError) {
    let (family, type): (Int32, Int32)
    switch kind {
    case "tcp": (family, type) = (AF_INET, Int32(SOCK_STREAM.rawValue))
    case "udp": (family, type) = (AF_INET, Int32(SOCK_DGRAM.rawValue))
    // AF_XDP of linux/socket.h.
    case "xdp": (family, type) = (44, Int32(SOCK_RAW.rawValue))
    default: throw BPFError(.unknownName, operation: "the test has no socket `\(kind)`")
    }
    descriptor = Glibc.socket(family, type | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw BPFError(.kernel, errno: errno, operation: "making socket `\(kind)`") }
    guard family == AF_INET else {
      // Newer kernels put only sockets that can receive into an xskmap. SOL_XDP is 283 (linux/socket.h), XDP_RX_RING 2
      // (linux/if_xdp.h).
      var entries: UInt32 = 64
      guard setsockopt(descriptor, 283, 2, &entries, socklen_t(MemoryLayout<UInt32>.size)) == 0 else {
        let code = errno
        Glibc.close(descriptor)
        throw BPFError(.kernel, errno: code, operation: "making a ring for socket `\(kind)`")
      }
      return
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    // 127.0.0.1 in network order; port 0 is any that is free.
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0, kind != "tcp" || listen(descriptor, 8) == 0 else {
      let code = errno
      Glibc.close(descriptor)
      throw BPFError(.kernel, errno: code, operation: "binding socket `\(kind)` to 127.0.0.1")
    }
  }

  deinit { Glibc.close(descriptor) }
}
