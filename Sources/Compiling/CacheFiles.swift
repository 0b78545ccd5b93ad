import BPF
import Glibc
import Housekeeping
import Synchronization

/// The compiler, or the place where its work is kept, can't be used: a fault of the machinery. Exit code 3.
public struct ToolchainError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public var message: String
  /// What to do about it.
  public var hint: String?

  public init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }

  public var description: String { hint.map { "\(message)\n  \($0)" } ?? message }
}

/// What tells, without reading it, that a file is the same as before.
struct FileStamp: Hashable {
  let text: String

  /// `nil` when there is no such file.
  init?(_ path: String) {
    var info = stat()
    guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
    // The change time can't be set back, so a file written twice within one size and time is noticed too.
    text = [
      Int(info.st_size), info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_ctim.tv_sec, info.st_ctim.tv_nsec,
      Int(info.st_ino),
    ].map { String($0) }.joined(separator: ".")
  }
}

/// Files in the cache's folder: whole or not there at all, whoever else writes at the same time.
package enum CacheFiles {
  private static let counter = Atomic<Int>(0)

  /// A path in `folder` that nobody else uses.
  static func temporaryPath(in folder: String) -> String {
    "\(folder)/tmp.\(getpid()).\(counter.add(1, ordering: .relaxed).newValue)"
  }

  /// Makes a folder and those above it.
  static func makeFolder(_ path: String) throws(ToolchainError) {
    if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try makeFolder(String(path[..<slash]))
      if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    }
    throw ToolchainError("can't make the cache folder \(path): \(Errno.message(errno))", hint: "Set XDG_CACHE_HOME.")
  }

  /// Writes a file under a temporary name, then gives it its own.
  package static func write(_ bytes: [UInt8], to path: String) throws(ToolchainError) {
    let folder = PathNames.folder(of: path)
    try makeFolder(folder)
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
      throw ToolchainError("can't write \(path): \(Errno.message(failure))")
    }
  }

  static func read(_ path: String) -> String? {
    readFile(path).flatMap { String(validating: $0, as: UTF8.self) }
  }
}

/// Paths as the system sees them.
package enum PathNames {
  /// The folder that a file stands in; `.` for a bare name.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Whether there is something at the path.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The path behind links, `nil` when there is none.
  static func real(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }

  /// The path from `/` on.
  package static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let current = getcwd(nil, 0) else { return path }
    defer { free(current) }
    return String(cString: current) + "/" + path
  }

  /// The executable of that name on `PATH`.
  static func executable(_ name: String) -> String? {
    guard let path = getenv("PATH") else { return nil }
    for folder in String(cString: path).split(separator: ":") {
      let candidate = "\(folder)/\(name)"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    return nil
  }
}
