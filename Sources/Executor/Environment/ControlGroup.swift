import BPF
import Glibc

/// A cgroup (version 2) of one's own, for the calling thread and what it starts.
///
/// It is a *threaded* one (the kernel's Documentation/admin-guide/cgroup-v2.rst, "Threads"), so that a single thread can
/// join it while the rest of the process stays where it is: sockets and children belong to the cgroup of the thread that
/// makes them (net/core/sock.c `cgroup_sk_alloc`, kernel/cgroup/cgroup.c `cgroup_css_set_fork`).
final class ControlGroup {
  /// The folder.
  let path: String
  /// For BPF links.
  let descriptor: Int32
  /// Where the thread was before.
  private let parent: String

  private static let prefix = "bpftest-"
  /// A sweep of another process may get hold of a folder before its maker has locked it.
  private static let attempts = 100

  /// Makes it below the cgroup that this process is in. First it removes what processes that were killed left behind:
  /// whoever uses such a folder holds a lock on it, which the kernel takes away when they die.
  init() throws(BPFError) {
    guard let mount = Self.mountPoint() else {
      throw BPFError(
        .kernel, errno: ENOENT, operation: "making a cgroup", detail: "no cgroup file system of version 2 is mounted")
    }
    parent = mount + Self.ownPath()
    Self.sweep(parent)
    (path, descriptor) = try Self.make(in: parent)
    do {
      try Self.write("threaded", to: "\(path)/cgroup.type", "making the cgroup \(path) a threaded one")
    } catch {
      rmdir(path)
      throw error
    }
  }

  private static func make(in parent: String) throws(BPFError) -> (path: String, descriptor: Int32) {
    var code: Int32 = 0
    for _ in 0..<attempts {
      // A name that was never used before: a sweep that has come late must not meet a folder of the same name.
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      let path = "\(parent)/\(prefix)\(getpid())-\(time.tv_sec)\(time.tv_nsec)"
      guard mkdir(path, 0o755) == 0 else {
        code = errno
        if code == EEXIST { continue }
        break
      }
      let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0, access("\(path)/cgroup.type", F_OK) == 0 {
        return (path, descriptor)
      }
      code = errno
      if descriptor >= 0 { close(descriptor) }
    }
    throw BPFError(.kernel, errno: code, operation: "making a cgroup in \(parent)")
  }

  deinit { close(descriptor) }

  /// Moves the calling thread into it.
  func enter() throws(BPFError) {
    // 0 is the thread that writes.
    try Self.write("0", to: "\(path)/cgroup.threads", "entering the cgroup \(path)")
  }

  /// Moves the calling thread out, kills what else is in it, and removes the folder. What can't be removed now is left to
  /// the next sweep.
  func leave() {
    try? Self.write("0", to: "\(parent)/cgroup.threads", "leaving the cgroup \(path)")
    guard rmdir(path) != 0 else { return }
    for thread in Self.lines("\(path)/cgroup.threads") {
      guard let id = pid_t(thread) else { continue }
      if access("/proc/self/task/\(id)", F_OK) == 0 {
        // A thread of ours that was started inside, such as one that Foundation keeps for itself.
        try? Self.write(thread, to: "\(parent)/cgroup.threads", "moving a thread out of the cgroup \(path)")
      } else {
        kill(id, SIGKILL)
      }
    }
    waitUntilEmpty()
    rmdir(path)
  }

  /// The kernel says on `cgroup.events` when the last one has left.
  private func waitUntilEmpty() {
    let events = open("\(path)/cgroup.events", O_RDONLY | O_CLOEXEC)
    guard events >= 0 else { return }
    defer { close(events) }
    var text = [UInt8](repeating: 0, count: 256)
    // A killed process is gone in microseconds; two turns of a second are for a machine that is very busy.
    for _ in 0..<2 {
      // poll(2) wakes for what happens after a read of the same descriptor.
      let count = max(0, pread(events, &text, text.count, 0))
      if String(decoding: text[..<count], as: UTF8.self).contains("populated 0") { return }
      var poll = pollfd(fd: events, events: Int16(POLLPRI), revents: 0)
      Glibc.poll(&poll, 1, 1000)
    }
  }

  private static func sweep(_ parent: String) {
    for name in folderNames(parent) ?? [] where name.hasPrefix(prefix) {
      let path = "\(parent)/\(name)"
      let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { rmdir(path) }
      close(descriptor)
    }
  }

  // MARK: Where cgroups are

  /// Where the cgroup2 file system is mounted.
  static func mountPoint() -> String? {
    for line in lines("/proc/self/mounts") {
      let words = line.split(separator: " ")
      if words.count > 2, words[2] == "cgroup2" { return String(words[1]) }
    }
    return nil
  }

  /// The process' cgroup as `/proc/self/cgroup` has it (`0::/user.slice`), `""` for the root and for one out of sight.
  private static func ownPath() -> String {
    for line in lines("/proc/self/cgroup") where line.hasPrefix("0::/") {
      let path = String(line.dropFirst(3))
      return path == "/" || path.hasPrefix("/..") ? "" : path
    }
    return ""
  }

  private static func lines(_ path: String) -> [String] {
    String(decoding: readFile(path) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private static func write(_ text: String, to path: String, _ operation: @autoclosure () -> String) throws(BPFError) {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw BPFError(.kernel, errno: errno, operation: operation()) }
    defer { close(file) }
    guard Glibc.write(file, text, text.utf8.count) == text.utf8.count else {
      throw BPFError(.kernel, errno: errno, operation: operation())
    }
  }
}
