import CBPFShims
import Foundation
import Kernels

/// A file that exists in memory only and goes with its last descriptor, so that nothing is left behind (memfd_create(2)).
final class MemoryFile: Sendable {
  let descriptor: Int32

  init(name: String, contents: [UInt8] = []) throws(InfrastructureError) {
    descriptor = bpftest_memory_file(name)
    guard descriptor >= 0 else {
      throw InfrastructureError("can't make a file in memory", why: String(cString: strerror(-descriptor)))
    }
    var written = 0
    while written < contents.count {
      let count = contents.withUnsafeBytes {
        write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let why = String(cString: strerror(errno))
        close(descriptor)
        throw InfrastructureError("can't fill a file in memory", why: why)
      }
      written += count
    }
    lseek(descriptor, 0, SEEK_SET)
  }

  deinit { close(descriptor) }

  /// What is in it, at most its last `limit` bytes. The position that a child shares is left alone.
  func contents(last limit: Int = .max) -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return [] }
    let size = Int(status.st_size)
    let wanted = min(size, limit)
    return [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      filled = 0
      while filled < wanted {
        let count = pread(
          descriptor, buffer.baseAddress.map { $0 + filled }, wanted - filled, off_t(size - wanted + filled))
        if count < 0, errno == EINTR { continue }
        if count <= 0 { break }
        filled += count
      }
    }
  }
}
