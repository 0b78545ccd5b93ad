import Glibc
import TestPlan

/// The virtio-serial port to the host: whole frames in, whole frames out, blocking.
final class GuestPort {
  private let descriptor: Int32
  /// What was read and not yet taken: the places from `start` to `end` of it. A system call under emulation costs more than
  /// a copy.
  private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var start = 0
  private var end = 0

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit {
    close(descriptor)
    chunk.deallocate()
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Finds the port by its name and opens it. A port appears a moment after its driver, hence the patience.
  static func open(name: String) throws -> GuestPort {
    // 10 seconds, in steps of 2 ms.
    for _ in 0..<5000 {
      if let device = device(named: name) {
        let descriptor = Glibc.open("/dev/\(device)", O_RDWR | O_CLOEXEC)
        if descriptor >= 0 { return GuestPort(descriptor: descriptor) }
      }
      usleep(2000)
    }
    throw Failure(description: "no virtio-serial port \(name); errno \(errno)")
  }

  /// Linux' drivers/char/virtio_console.c puts the name that QEMU gave into sysfs.
  private static func device(named name: String) -> String? {
    let ports = "/sys/class/virtio-ports"
    guard let folder = opendir(ports) else { return nil }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let port = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !port.hasPrefix(".") else { continue }
      let file = Glibc.open("\(ports)/\(port)/name", O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { continue }
      defer { close(file) }
      var buffer = [UInt8](repeating: 0, count: 64)
      let count = Glibc.read(file, &buffer, buffer.count)
      let text = String(decoding: buffer.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      if text == name { return port }
    }
    return nil
  }

  /// Waits for a frame and returns its payload.
  func receive() throws -> [UInt8] {
    let (length, checksum) = try Frame.parse(header: read(exactly: Frame.headerSize))
    let payload = try read(exactly: length)
    guard Frame.checksum(payload) == checksum else { throw FrameError.corrupted }
    return payload
  }

  /// Sends a payload as one frame.
  func send(_ payload: [UInt8]) throws {
    let frame = Frame.wrap(payload)
    try frame.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count {
        let count = write(descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent)
        if count > 0 {
          sent += count
        } else if count < 0, errno != EINTR, errno != EAGAIN {
          throw Failure(description: "can't write to the port, errno \(errno)")
        }
      }
    }
  }

  private func read(exactly count: Int) throws -> [UInt8] {
    var problem: Failure?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      do throws(Failure) {
        while filled < count {
          if start == end { try fill() }
          let more = min(count - filled, end - start)
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: chunk[start..<start + more]))
          start += more
          filled += more
        }
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
    return bytes
  }

  /// Waits for bytes.
  private func fill() throws(Failure) {
    while true {
      let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
      if count > 0 {
        (start, end) = (0, count)
        return
      }
      if count == 0 {
        // The driver says "end" as long as the host's side isn't connected.
        usleep(1000)
      } else if errno != EINTR {
        throw Failure(description: "can't read from the port, errno \(errno)")
      }
    }
  }
}
