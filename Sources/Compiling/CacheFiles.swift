import BPF
import Glibc
import Housekeeping
import Synchronization

/// Files in the cache's folder: whole or not there at all, whoever else writes at the same time.
package enum CacheFiles {
  private static let counter = Atomic<Int>(0)

  /// A path in `folder` that nobody else uses.
  static func temporaryPath(in folder: String) -> String {
    "\(folder)/tmp.\(getpid()).\(counter.add(1, ordering: .relaxed).newValue)"
  }

  /// Writes a file under a temporary name, then gives it its own.
  package static func write(_ bytes: [UInt8], to path: String) throws(InfrastructureError) {
    let folder = PathNames.folder(of: path)
    try CacheFolder.create(folder)
    let temporary = temporaryPath(in: folder)
    Cleanup.shared.add(path: temporary)
    defer { Cleanup.shared.forget(path: temporary) }
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    var failure: Int32 = descriptor < 0 ? errno : 0
    var written = 0
    while failure == 0 && written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { written += count } else if errno != EINTR { failure = count == 0 ? ENOSPC : errno }
    }
    if descriptor >= 0, close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0, rename(temporary, path) != 0 { failure = errno }
    if failure != 0 {
      unlink(temporary)
      throw InfrastructureError("can't write \(path)", why: Errno.message(failure))
    }
  }

  static func read(_ path: String) -> String? {
    readFile(path).flatMap { String(validating: $0, as: UTF8.self) }
  }
}
