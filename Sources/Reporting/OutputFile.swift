import Glibc

/// A report that can't be written: where, and why.
public struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file as the user named it, or `standard output`.
  public var path: String
  /// Why it can't be written.
  public var reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "can't write the report to \(path): \(reason)" }
}

/// Writing that leaves a whole file or none.
enum OutputFile {
  /// Writes everything to a descriptor. Throws `ReportError` with the system's words.
  static func write(_ text: String, to descriptor: Int32, path: String) throws(ReportError) {
    var text = text
    let failure: Int32? = text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let rest = UnsafeBufferPointer(rebasing: bytes[done...])
        let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if written < 0 && errno == EINTR { continue }
        if written < 0 { return errno }
        done += written
      }
      return nil
    }
    if let failure { throw ReportError(path: path, reason: words(failure)) }
  }

  /// Replaces a file by way of a temporary one beside it, so that nobody ever reads half of it.
  ///
  /// A symbolic link is followed. What isn't a regular file, such as `/dev/null` or a pipe, is written to as it stands.
  static func replace(_ path: String, with text: String) throws(ReportError) {
    let target = resolved(path)
    let mode = try regularMode(target, named: path)
    guard let mode else {
      let descriptor = open(target, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw ReportError(path: path, reason: words(errno)) }
      defer { close(descriptor) }
      return try write(text, to: descriptor, path: path)
    }
    let (folder, name) = split(target)
    let temporary = "\(folder)/.\(name).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { throw ReportError(path: path, reason: words(errno)) }
    do {
      defer { close(descriptor) }
      if mode != 0 { fchmod(descriptor, mode) }
      try write(text, to: descriptor, path: path)
    } catch {
      unlink(temporary)
      throw error
    }
    if rename(temporary, target) != 0 {
      let failure = errno
      unlink(temporary)
      throw ReportError(path: path, reason: words(failure))
    }
  }

  /// Throws unless a file of that name could be written: the folder is there and lets us.
  static func check(_ path: String) throws(ReportError) {
    let target = resolved(path)
    guard try regularMode(target, named: path) != nil else { return }
    let folder = split(target).folder
    if access(folder, W_OK | X_OK) != 0 {
      throw ReportError(path: path, reason: "folder \(folder): \(words(errno))")
    }
  }

  /// The permissions of a regular file, 0 for one that isn't there, `nil` for what is no regular file.
  private static func regularMode(_ target: String, named path: String) throws(ReportError) -> mode_t? {
    var status = stat()
    guard stat(target, &status) == 0 else {
      if errno == ENOENT { return 0 }
      throw ReportError(path: path, reason: words(errno))
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return status.st_mode & 0o7777
    case S_IFDIR: throw ReportError(path: path, reason: "it is a folder")
    default: return nil
    }
  }

  /// Where a symbolic link leads; the path itself when it is none or leads nowhere.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = String(path[..<slash])
    return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
  }

  private static func words(_ number: Int32) -> String { String(cString: strerror(number)) }
}
