#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file read through a window, so that its size doesn't matter; or bytes already in memory.
final class CaptureInput {
  private var buffer: [UInt8]
  private var start = 0
  private var end: Int
  private let descriptor: Int32?
  private let isOwner: Bool
  /// Where the window begins in the file, in bytes.
  private(set) var position = 0

  /// Bytes read at once: large enough that system calls don't count, small enough for a cache.
  private static let window = 1 << 18

  init(bytes: [UInt8]) {
    buffer = bytes
    end = bytes.count
    descriptor = nil
    isOwner = false
  }

  /// Reads from a descriptor that stays open.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    isOwner = false
    buffer = Array(repeating: 0, count: Self.window)
    end = 0
  }

  init(path: String) throws(CaptureError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CaptureError(path: path, message: "can't be opened: \(String(cString: strerror(errno)))")
    }
    self.descriptor = descriptor
    isOwner = true
    buffer = Array(repeating: 0, count: Self.window)
    end = 0
  }

  deinit {
    if let descriptor, isOwner { close(descriptor) }
  }

  /// Makes so many bytes readable and says how many are: fewer only at the end of the file.
  func fill(_ count: Int) throws(CaptureError) -> Int {
    while end - start < count, try more(room: count) > 0 {}
    return end - start
  }

  /// Bytes that can be read without reading on in the file.
  var available: Int { end - start }

  /// Reads on once, as far as bytes are there. Says how many came: none at the end of the file.
  func more() throws(CaptureError) -> Int { try more(room: end - start + 1) }

  private func more(room count: Int) throws(CaptureError) -> Int {
    guard let descriptor else { return 0 }
    if start > 0, buffer.count - start < max(count, Self.window / 4) || start == end {
      buffer.withUnsafeMutableBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        memmove(base, base + start, end - start)
      }
      end -= start
      start = 0
    }
    if buffer.count - start < count {
      buffer.append(contentsOf: repeatElement(0, count: max(count - (buffer.count - start), buffer.count)))
    }
    while true {
      let (at, room) = (end, buffer.count - end)
      let got = buffer.withUnsafeMutableBytes { bytes in
        read(descriptor, bytes.baseAddress.map { $0 + at }, room)
      }
      if got < 0 {
        if errno == EINTR { continue }
        throw CaptureError(path: nil, message: "can't be read on: \(String(cString: strerror(errno)))")
      }
      end += got
      return got
    }
  }

  /// The bytes at an offset from the present place. They must have been filled.
  func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> { buffer[start + range.lowerBound..<start + range.upperBound] }

  /// A number of four bytes. They must have been filled.
  func u32(_ at: Int, swapped: Bool) -> UInt32 {
    let value = buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start + at, as: UInt32.self) }
    // Little-endian is the native order here; a file of the other order is swapped.
    return swapped ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
  }

  /// A number of two bytes. They must have been filled.
  func u16(_ at: Int, swapped: Bool) -> UInt16 {
    let value = buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start + at, as: UInt16.self) }
    return swapped ? UInt16(bigEndian: value) : UInt16(littleEndian: value)
  }

  /// Moves on. They must have been filled.
  func skip(_ count: Int) {
    start += count
    position += count
  }
}
