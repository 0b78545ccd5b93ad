import CBPFShims
import Glibc

/// Bytes that libbpf wants as a file, or writes as one: in memory and without a name (memfd_create(2)).
final class MemoryImage {
  private let descriptor: Int32
  var path: String { "/proc/self/fd/\(descriptor)" }

  init(_ bytes: [UInt8], name: String) throws(BPFError) {
    descriptor = bpftest_memory_file(name)
    guard descriptor >= 0 else {
      throw BPFError(.kernel, errno: -descriptor, operation: "making a file in memory")
    }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else {
        throw BPFError(.kernel, errno: errno, operation: "filling a file in memory")
      }
      written += max(0, count)
    }
  }

  deinit { close(descriptor) }

  /// What it holds now.
  var contents: [UInt8]? { readFile(path) }
}
