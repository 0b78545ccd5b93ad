#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that is written bit by bit and appears under its name only when it is whole.
///
/// Until `finish()` its bytes are in a file beside it, which goes away with the writer. A symbolic link is followed; what is
/// no regular file, such as a pipe or `/dev/null`, is written to as it stands.
public final class WholeFile {
  private let path: String
  private let target: String
  /// Where the bytes are until the file is whole; `nil` when they go straight to where they belong.
  public let temporary: String?
  private var descriptor: Int32
  private var buffer: [UInt8] = []

  /// Begins a file. Throws when it can't be made.
  public init(path: String) throws(CaptureError) {
    self.path = path
    let real = realpath(path, nil)
    target = real.map { String(cString: $0) } ?? path
    free(real)
    var status = stat()
    let exists = stat(target, &status) == 0
    let isRegular = !exists || status.st_mode & S_IFMT == S_IFREG
    temporary = isRegular ? "\(target).\(getpid()).part" : nil
    let flags = isRegular ? O_CREAT | O_TRUNC | O_NOFOLLOW : 0
    descriptor = open(temporary ?? target, O_WRONLY | O_CLOEXEC | flags, 0o666)
    guard descriptor >= 0 else { throw failure("can't be written") }
    if exists, isRegular { fchmod(descriptor, status.st_mode & 0o7777) }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    if let temporary { unlink(temporary) }
  }

  /// Adds bytes. Throws when they can't be written.
  public func write(_ bytes: [UInt8]) throws(CaptureError) {
    buffer += bytes
    if buffer.count >= 1 << 18 { try flush() }
  }

  /// Writes what is left and gives the file its name.
  public func finish() throws(CaptureError) {
    try flush()
    let isClosed = close(descriptor) == 0
    descriptor = -1
    guard let temporary else {
      if !isClosed { throw failure("can't be written") }
      return
    }
    if !isClosed || rename(temporary, target) != 0 {
      let error = failure("can't be written")
      unlink(temporary)
      throw error
    }
  }

  private func flush() throws(CaptureError) {
    let written = buffer.withUnsafeBytes { FileBytes.write($0, to: descriptor) }
    guard written else { throw failure("can't be written on") }
    buffer.removeAll(keepingCapacity: true)
  }

  private func failure(_ what: String) -> CaptureError {
    CaptureError(path: path, message: "\(what): \(String(cString: strerror(errno)))")
  }
}

/// Writing to a descriptor.
public enum FileBytes {
  /// Writes all bytes, however often that takes. False when it fails; then `errno` says why.
  public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      #elseif canImport(Musl)
        let count = Musl.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      #else
        let count = Darwin.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      #endif
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      done += count
    }
    return true
  }
}
