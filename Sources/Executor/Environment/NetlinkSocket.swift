import BPF
import CBPFShims
import Glibc

/// Talks rtnetlink to the kernel about the network namespace that it was made in.
final class NetlinkSocket {
  let descriptor: Int32
  private var sequence: UInt32 = 0

  /// Opens the socket in the calling thread's network namespace, for which it speaks ever after.
  init() throws(BPFError) {
    descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), NETLINK_ROUTE)
    guard descriptor >= 0 else {
      throw BPFError(.kernel, errno: errno, operation: "opening a netlink socket")
    }
    // The kernel then says in words what it didn't like (NLMSGERR_ATTR_MSG). One that can't is no worse off.
    var on: Int32 = 1
    setsockopt(descriptor, SOL_NETLINK, NETLINK_EXT_ACK, &on, socklen_t(MemoryLayout<Int32>.size))
    // The answer then doesn't quote the request.
    setsockopt(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { close(descriptor) }

  /// Sends a request and waits for the kernel's answer, which comes before send(2) has returned.
  func request(_ message: NetlinkMessage, _ operation: @autoclosure () -> String) throws(BPFError) {
    sequence &+= 1
    let bytes = message.numbered(sequence)
    guard send(descriptor, bytes, bytes.count, 0) == bytes.count else {
      throw BPFError(.kernel, errno: errno, operation: operation())
    }
    var answer = [UInt8](repeating: 0, count: 8192)
    let count = recv(descriptor, &answer, answer.count, 0)
    guard count > 0, let reply = NetlinkReply([UInt8](answer[..<count])) else {
      throw BPFError(
        .kernel, errno: count < 0 ? errno : EBADMSG, operation: operation(), detail: "reading the kernel's answer")
    }
    guard reply.errno == 0 else {
      throw BPFError(.kernel, errno: reply.errno, operation: operation(), detail: reply.message)
    }
  }
}

/// The kernel's answer to a request: `NLMSG_ERROR`, whose errno is 0 when all is well (`struct nlmsgerr`).
struct NetlinkReply {
  /// The positive errno.
  var errno: Int32
  /// What the kernel says about it; often nothing.
  var message = ""

  /// `nil` when it is no such answer, or cut short.
  init?(_ bytes: [UInt8]) {
    // Header, errno (4), the header of the request that is answered.
    let fixed = NetlinkMessage.headerSize + 4 + NetlinkMessage.headerSize
    guard bytes.count >= fixed else { return nil }
    func number<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
    }
    guard number(4, as: UInt16.self) == UInt16(NLMSG_ERROR) else { return nil }
    let code = number(NetlinkMessage.headerSize, as: Int32.self)
    guard code <= 0, code > -4096 else { return nil }
    errno = -code
    var offset = fixed
    while offset + 4 <= bytes.count {
      let length = Int(number(offset, as: UInt16.self))
      guard length >= 4, offset + length <= bytes.count else { return }
      if number(offset + 2, as: UInt16.self) == UInt16(NLMSGERR_ATTR_MSG.rawValue) {
        message = String(decoding: bytes[(offset + 4)..<(offset + length)].prefix { $0 != 0 }, as: UTF8.self)
      }
      offset += (length + 3) & ~3
    }
  }
}
