import CLibbpf
import Glibc

/// Writes records into a user ring buffer, from which programs read them with `bpf_user_ringbuf_drain` (6.1 and newer).
///
/// A writer belongs to one thread at a time, and keeps its map's object alive.
public final class UserRingBufferWriter {
  /// The map that it writes to.
  public let map: BPFMap
  private let ring: OpaquePointer

  /// Throws when the map isn't loaded, or of another type. The C function is `user_ring_buffer__new`.
  public init(_ map: BPFMap) throws(BPFError) {
    let descriptor = try map.loadedDescriptor("writing records")
    guard map.type == .userRingBuffer else {
      throw BPFError(
        .badArgument, operation: "writing records of map `\(map.name)`",
        detail: "it is a \(map.type), and records are written to a user_ringbuf")
    }
    guard let ring = user_ring_buffer__new(descriptor, nil) else {
      throw BPFError(.kernel, errno: errno, operation: "writing records of map `\(map.name)`")
    }
    self.map = map
    self.ring = ring
  }

  deinit { user_ring_buffer__free(ring) }

  /// Adds a record (`user_ring_buffer__reserve` and `user_ring_buffer__submit`).
  ///
  /// Throws `ENOSPC` when it doesn't fit into what is free, and `E2BIG` when it is larger than the whole ring.
  public func write(_ bytes: [UInt8]) throws(BPFError) {
    guard let size = UInt32(exactly: bytes.count), let place = user_ring_buffer__reserve(ring, size) else {
      throw BPFError(
        .kernel, errno: bytes.count > Int(UInt32.max) ? E2BIG : errno,
        operation: "writing a record of \(bytes.count) bytes to map `\(map.name)`")
    }
    place.copyMemory(from: bytes, byteCount: bytes.count)
    user_ring_buffer__submit(ring, place)
  }

  /// Whether programs have read every record of the ring.
  public static func isEmpty(_ map: BPFMap) throws(BPFError) -> Bool {
    let descriptor = try map.loadedDescriptor("reading positions")
    let page = sysconf(Int32(_SC_PAGESIZE))
    // A page that holds how far programs have read, then one with how far was written (kernel/bpf/ringbuf.c).
    guard let pages = mmap(nil, 2 * page, PROT_READ, MAP_SHARED, descriptor, 0), pages != MAP_FAILED else {
      throw BPFError(.kernel, errno: errno, operation: "mapping map `\(map.name)`")
    }
    defer { munmap(pages, 2 * page) }
    return pages.load(as: UInt64.self) == pages.load(fromByteOffset: page, as: UInt64.self)
  }
}
