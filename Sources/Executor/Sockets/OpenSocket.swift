import BPF
import CBPFShims
import Glibc
import TestPlan

/// A socket's descriptor, non-blocking, and the system calls on it, none of which waits beyond its deadline.
final class OpenSocket {
  private(set) var descriptor: Int32
  let isStream: Bool
  /// Whether what it receives are frames whose outer VLAN tag comes beside them.
  let hasTagsApart: Bool
  private(set) var isListening = false
  /// Of a listening socket, the connection that it accepted last by itself.
  var accepted: OpenSocket?

  init(descriptor: Int32, isStream: Bool, hasTagsApart: Bool = false) {
    self.descriptor = descriptor
    self.isStream = isStream
    self.hasTagsApart = hasTagsApart
  }

  deinit { close() }

  /// The socket that data goes through: a listening one's connection, where it has one.
  var speaking: OpenSocket { accepted ?? self }

  func close() {
    accepted?.close()
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  func bind(_ address: [UInt8]) throws(SocketFailure) {
    try check(Self.withAddress(address) { Glibc.bind(descriptor, $0, $1) })
  }

  func listen() throws(SocketFailure) {
    try check(Glibc.listen(descriptor, 128))
    isListening = true
  }

  func connect(_ address: [UInt8], _ deadline: TimeLimit) throws(SocketFailure) {
    let result = Self.withAddress(address) { Glibc.connect(descriptor, $0, $1) }
    guard result != 0 else { return }
    guard errno == EINPROGRESS else { throw SocketFailure(errno: errno) }
    try wait(for: POLLOUT, deadline)
    let code = try option(SOL_SOCKET, SO_ERROR, 4).withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
    guard code == 0 else { throw SocketFailure(errno: code) }
  }

  /// The descriptor of the next connection.
  func accept(_ deadline: TimeLimit) throws(SocketFailure) -> Int32 {
    while true {
      let connection = bpftest_accept(descriptor)
      if connection >= 0 { return connection }
      try retry(-connection, for: POLLIN, deadline)
    }
  }

  /// Sends all the bytes; an empty message too, where there are messages.
  func send(_ bytes: [UInt8], to address: [UInt8]?, _ deadline: TimeLimit) throws(SocketFailure) {
    let flags = Int32(MSG_NOSIGNAL)
    var sent = 0
    repeat {
      let count = bytes[sent...].withUnsafeBytes { rest in
        guard let address else { return Glibc.send(descriptor, rest.baseAddress, rest.count, flags) }
        return Self.withAddress(address) {
          sendto(descriptor, rest.baseAddress, rest.count, flags, $0, $1)
        }
      }
      if count >= 0 { sent += count } else { try retry(errno, for: POLLOUT, deadline) }
    } while sent < bytes.count
  }

  /// The longest that is received where no count is given: more than a message over IP can have.
  private static let usualCount = 1 << 16

  /// What came until the count was reached, the other side closed, or the deadline was over.
  func receive(_ count: Int?, _ deadline: TimeLimit) -> TriggerObservation {
    var received: [UInt8] = []
    var sender: [UInt8] = []
    var failure: SocketFailure?
    let wanted = count ?? Self.usualCount
    while received.count < wanted {
      // Never more than is wanted: a later step may receive the rest.
      let (got, bytes, from) = message(of: wanted - received.count)
      guard got >= 0 else {
        do { try retry(errno, for: POLLIN, deadline) } catch {
          failure = error
          break
        }
        continue
      }
      received += bytes
      sender = from
      if got == 0 || !isStream || count == nil { break }
    }
    var seen = observation()
    seen.errno = failure?.errno ?? 0
    seen.result = Int64(received.count)
    seen.output = Bytes(received)
    if !sender.isEmpty, !isStream { seen.peer = Bytes(sender) }
    return seen
  }

  /// recvmsg(2): its result, what came, and the `sockaddr` that it came from. `errno` is that of the call.
  private func message(of size: Int) -> (result: Int, bytes: [UInt8], sender: [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: size)
    var address = sockaddr_storage()
    // Words, so that it is aligned as control messages are.
    var control = [UInt64](repeating: 0, count: hasTagsApart ? 16 : 0)
    var header = msghdr()
    let got = buffer.withUnsafeMutableBytes { buffer in
      control.withUnsafeMutableBytes { control in
        withUnsafeMutableBytes(of: &address) { address in
          var parts = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
          return withUnsafeMutablePointer(to: &parts) { parts in
            header.msg_name = address.baseAddress
            header.msg_namelen = socklen_t(address.count)
            header.msg_iov = parts
            header.msg_iovlen = 1
            header.msg_control = control.isEmpty ? nil : control.baseAddress
            header.msg_controllen = control.count
            return recvmsg(descriptor, &header, 0)
          }
        }
      }
    }
    guard got >= 0 else { return (got, [], []) }
    var bytes = [UInt8](buffer.prefix(got))
    if hasTagsApart {
      let aside = control.withUnsafeBytes { [UInt8]($0.prefix(header.msg_controllen)) }
      if let tag = VLANTag.tag(inControlMessages: aside) {
        bytes = Array(VLANTag.putBack(tag, into: bytes).prefix(size))
      }
    }
    let sender = withUnsafeBytes(of: address) { [UInt8]($0.prefix(Int(header.msg_namelen))) }
    return (got, bytes, sender)
  }

  func set(_ option: SocketOption) throws(SocketFailure) {
    try check(
      setsockopt(descriptor, option.level, option.option, option.value.array, socklen_t(option.value.count)))
  }

  func option(_ level: Int32, _ option: Int32, _ size: Int) throws(SocketFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    var length = socklen_t(size)
    try check(getsockopt(descriptor, level, option, &bytes, &length))
    return [UInt8](bytes.prefix(Int(length)))
  }

  func shutdown() throws(SocketFailure) {
    try check(Glibc.shutdown(descriptor, Int32(SHUT_RDWR)))
  }

  /// Both ends' addresses, as far as there are any.
  func observation() -> TriggerObservation {
    TriggerObservation(local: address(getsockname), peer: address(getpeername))
  }

  // MARK: Waiting

  /// Waits after a call that would block; any other errno is thrown.
  private func retry(_ code: Int32, for events: Int32, _ deadline: TimeLimit) throws(SocketFailure) {
    switch code {
    case EAGAIN: try wait(for: events, deadline)
    case EINTR: return
    default: throw SocketFailure(errno: code)
    }
  }

  private func wait(for events: Int32, _ deadline: TimeLimit) throws(SocketFailure) {
    var item = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    while true {
      let ready = poll(&item, 1, deadline.milliseconds)
      if ready > 0 { return }
      if ready == 0 { throw SocketFailure(errno: ETIMEDOUT) }
      guard errno == EINTR else { throw SocketFailure(errno: errno) }
    }
  }

  private func check(_ result: Int32) throws(SocketFailure) {
    guard result == 0 else { throw SocketFailure(errno: errno) }
  }

  private typealias AddressCall = (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32

  private func address(_ call: AddressCall) -> Bytes? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(descriptor, $0, &length) }
    }
    guard result == 0 else { return nil }
    return Bytes(withUnsafeBytes(of: storage) { [UInt8]($0.prefix(Int(length))) })
  }

  private static func withAddress<T>(_ bytes: [UInt8], _ body: (UnsafePointer<sockaddr>?, socklen_t) -> T) -> T {
    bytes.withUnsafeBytes { body($0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) }
  }
}
