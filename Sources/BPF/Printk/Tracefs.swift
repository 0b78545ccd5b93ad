import Glibc

/// A tracefs, which may be mounted nowhere.
struct Tracefs {
  /// Its root.
  let folder: Int32

  /// The one that is mounted, or else one that is mounted for this process alone.
  static func open() throws(BPFError) -> Tracefs {
    for path in ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"] where access("\(path)/trace_pipe", F_OK) == 0 {
      let folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      if folder >= 0 { return Tracefs(folder: folder) }
    }
    return try mounted()
  }

  /// A mount that is taken out of the tree at once lives as long as its folder is open.
  private static func mounted() throws(BPFError) -> Tracefs {
    var name = Array("/tmp/bpftest-trace-XXXXXX\0".utf8CString)
    guard let path = mkdtemp(&name).map({ String(cString: $0) }) else { throw failure(errno) }
    defer { rmdir(path) }
    guard mount("tracefs", path, "tracefs", 0, nil) == 0 else { throw failure(errno) }
    let folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let reason = errno
    umount2(path, Int32(MNT_DETACH))
    guard folder >= 0 else { throw failure(reason) }
    return Tracefs(folder: folder)
  }

  static func failure(_ number: Int32) -> BPFError {
    BPFError(
      .kernel, errno: number, operation: "reading what programs write with bpf_printk",
      detail: "it takes a tracefs: mount -t tracefs tracefs /sys/kernel/tracing, as root, or run in a micro-VM "
        + "(`--kernel ID`), which has one")
  }

  /// Writes a setting; false where the kernel won't have it.
  @discardableResult
  func write(_ text: String, to path: String) -> Bool {
    let file = openat(folder, path, O_WRONLY | O_TRUNC | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { Glibc.close(file) }
    return Glibc.write(file, text, text.utf8.count) == text.utf8.count
  }

  func close() { Glibc.close(folder) }
}
