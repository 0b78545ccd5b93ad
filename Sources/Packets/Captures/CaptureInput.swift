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
  /// Where the window begins in the file, in bytes.
  private(set) var position = 0

  /// Bytes read at once: large enough that system calls don't count, small enough for a cache.
  private static let window = 1 << 18

  init(bytes: [UInt8]) {
    buffer = bytes
    end = bytes.count
    descriptor = nil
  }

  init(path: String) throws(CaptureError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CaptureError(path: path, message: "can't be opened: \(String(cString: strerror(errno)))")
    }
    self.descriptor = descriptor
    buffer = Array(repeating: 0, count: Self.window)
    end = 0
  }

  deinit {
    if let descriptor { close(descriptor) }
  }

  /// Makes so many bytes readable and says how many are: fewer only at the end of the file.
  func fill(_ count: Int) throws(CaptureError) -> Int {
    guard end - start < count, let descriptor else { return end - start }
    buffer.withUnsafeMutableBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      memmove(base, base + start, end - start)
    }
    end -= start
    start = 0
    if buffer.count < count { buffer.append(contentsOf: repeatElement(0, count: count - buffer.count)) }
    while end < count {
      let (at, room) = (end, buffer.count - end)
      let got = buffer.withUnsafeMutableBytes { bytes in
        read(descriptor, bytes.baseAddress.map { $0 + at }, room)
      }
      if got < 0 {
        if errno == EINTR { continue }
        throw CaptureError(path: nil, message: "can't be read on: \(String(cString: strerror(errno)))")
      }
      if got == 0 { break }
      end += got
    }
    return end - start
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
