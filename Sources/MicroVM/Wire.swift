import Foundation
import Kernels
import TestPlan

/// Why nothing more can be sent or received.
enum WireError: Error, Hashable {
  /// The other side is gone.
  case closed
  /// Time is up.
  case timedOut
  /// Whoever watches the console said that the guest is dead.
  case stopped
  /// What came makes no sense.
  case broken(String)
}

/// Our end of a socket pair whose other end is QEMU's: blocking for its callers, with deadlines.
final class Wire: Sendable {
  let descriptor: Int32

  init(descriptor: Int32) {
    self.descriptor = descriptor
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  deinit { close(descriptor) }

  /// A connected pair: our end, and the one to give away, which the caller closes.
  static func pair() throws(InfrastructureError) -> (ours: Wire, theirs: Int32) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw InfrastructureError("can't make a socket pair", why: String(cString: strerror(errno)))
    }
    return (Wire(descriptor: ends[0]), ends[1])
  }

  func send(_ bytes: [UInt8], until deadline: Deadline, isDead: () -> Bool = { false }) throws(WireError) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
      } else if errno == EAGAIN {
        try wait(POLLOUT, until: deadline, isDead: isDead)
      } else if errno != EINTR {
        throw .closed
      }
    }
  }

  /// At least one byte, at most `limit`.
  func receive(limit: Int, until deadline: Deadline, isDead: () -> Bool = { false }) throws(WireError) -> [UInt8] {
    while true {
      var problem: WireError?
      let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
        let count = recv(descriptor, buffer.baseAddress, limit, 0)
        filled = max(0, count)
        if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { problem = .closed }
      }
      if let problem { throw problem }
      if !bytes.isEmpty { return bytes }
      try wait(POLLIN, until: deadline, isDead: isDead)
    }
  }

  /// A whole frame's payload.
  func receiveFrame(until deadline: Deadline, isDead: () -> Bool = { false }) throws(WireError) -> [UInt8] {
    do {
      let header = try receive(exactly: Frame.headerSize, deadline, isDead)
      let (length, checksum) = try Frame.parse(header: header)
      let payload = try receive(exactly: length, deadline, isDead)
      guard Frame.checksum(payload) == checksum else { throw FrameError.corrupted }
      return payload
    } catch let error as WireError {
      throw error
    } catch {
      throw .broken("\(error)")
    }
  }

  private func receive(exactly count: Int, _ deadline: Deadline, _ isDead: () -> Bool) throws(WireError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      bytes += try receive(limit: min(count - bytes.count, 1 << 20), until: deadline, isDead: isDead)
    }
    return bytes
  }

  private func wait(_ events: Int32, until deadline: Deadline, isDead: () -> Bool) throws(WireError) {
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      // Twice a second is often enough to look at a console.
      let ready = poll(&entry, 1, deadline.milliseconds(atMost: 500))
      if ready > 0 { return }
      if isDead() { throw .stopped }
      if deadline.isOver { throw .timedOut }
    }
  }
}
