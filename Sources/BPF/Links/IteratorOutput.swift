import CLibbpf
import Glibc

extension BPFLink {
  /// Runs an attached iterator program from its beginning and returns what it prints, at most `limit` bytes.
  ///
  /// The C function is `bpf_iter_create`; each call is an iteration of its own. Throws the kernel's refusal.
  public func readIterator(limit: Int = 16 << 20) throws(BPFError) -> [UInt8] {
    guard let descriptor else {
      throw BPFError(.badArgument, operation: "reading \(name)", detail: "the link is detached")
    }
    let iterator = bpf_iter_create(descriptor)
    guard iterator >= 0 else { throw BPFError(.kernel, errno: -iterator, operation: "iterating \(name)") }
    defer { close(iterator) }
    var bytes: [UInt8] = []
    // The kernel hands out at most a page or two at a time (bpf_seq_read).
    var chunk = [UInt8](repeating: 0, count: 8192)
    while bytes.count < limit {
      let count = read(iterator, &chunk, min(chunk.count, limit - bytes.count))
      if count == 0 { break }
      if count > 0 {
        bytes += chunk.prefix(count)
      } else if errno != EINTR && errno != EAGAIN {
        throw BPFError(.kernel, errno: errno, operation: "reading \(name)")
      }
    }
    return bytes
  }
}
