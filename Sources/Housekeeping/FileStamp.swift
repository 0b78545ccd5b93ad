import Glibc

/// What tells, without reading it, that a file is the same as before.
package struct FileStamp: Hashable {
  package let text: String

  /// `nil` when there is no such file.
  package init?(_ path: String) {
    var info = stat()
    guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
    // The change time can't be set back, so a file written twice within one size and time is noticed too.
    text = [
      Int(info.st_size), info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_ctim.tv_sec, info.st_ctim.tv_nsec,
      Int(info.st_ino),
    ].map { String($0) }.joined(separator: ".")
  }

  /// The path with its stamp; the path alone when there is no such file.
  package static func of(_ path: String) -> String { FileStamp(path).map { "\(path) \($0.text)" } ?? path }
}
