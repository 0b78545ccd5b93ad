import Foundation
import Synchronization

/// What must not outlive this process: virtual machines and temporary files. They are registered while they exist, and
/// a signal handler takes care of those that are left.
public final class Cleanup: Sendable {
  /// The one of this process.
  public static let shared = Cleanup()

  private struct State {
    var paths: Set<String> = []
    var processes: Set<pid_t> = []
    var settings: [String: [UInt8]] = [:]
  }

  private let state = Mutex(State())

  private init() {}

  /// Files or folders to remove if the process is made to end.
  public func add(path: String) { state.withLock { _ = $0.paths.insert(path) } }

  /// Removes the file or folder now, and forgets it.
  public func remove(path: String) {
    try? FileManager.default.removeItem(atPath: path)
    forget(path: path)
  }

  /// The file has found its place and may stay.
  public func forget(path: String) { state.withLock { _ = $0.paths.remove(path) } }

  /// A setting of the kernel's, in `/proc/sys`, to write back if the process is made to end.
  public func add(setting path: String, value: [UInt8]) { state.withLock { $0.settings[path] = value } }

  /// The setting is as it was.
  public func forget(setting path: String) { state.withLock { _ = $0.settings.removeValue(forKey: path) } }

  /// A child to kill if the process is made to end.
  public func add(process: pid_t) { state.withLock { _ = $0.processes.insert(process) } }

  /// To be called before the child is reaped, so that no stranger with the same number is ever killed.
  public func forget(process: pid_t) { state.withLock { _ = $0.processes.remove(process) } }

  /// Kills and removes all that is registered, and kills every other child, so that none goes on writing.
  public func run() {
    let left = state.withLock { state in
      defer { state = State() }
      // Under the lock, since `forget` must not return in between.
      for process in state.processes { kill(process, SIGKILL) }
      return state
    }
    for (path, value) in left.settings { try? Data(value).write(to: URL(fileURLWithPath: path)) }
    let children = Self.children
    for process in children { kill(process, SIGKILL) }
    // They must be gone, not just going, before their files are.
    for process in left.processes.union(children) { waitpid(process, nil, 0) }
    // A thread of ours may be just about to put one more file there.
    for path in left.paths {
      for _ in 0..<50 where (try? FileManager.default.removeItem(atPath: path)) == nil {
        if access(path, F_OK) != 0 { break }
        usleep(10_000)
      }
    }
  }

  /// Tools at work that nobody registered, such as apt (proc_pid_task_children(5)).
  private static var children: Set<pid_t> {
    let tasks = "/proc/self/task"
    var found: Set<pid_t> = []
    for task in (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? [] {
      let list = FileManager.default.contents(atPath: "\(tasks)/\(task)/children") ?? Data()
      found.formUnion(String(decoding: list, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) })
    }
    return found
  }

  /// Cleans up on SIGINT, SIGTERM and SIGHUP, and then dies of that signal, as a shell expects. To be called once, early.
  ///
  /// The handler only writes to a pipe: what it has to do isn't allowed in a handler, so that a thread does it. It is a
  /// handler and no ignored signal, so that programs we start get the default back (execve(2)).
  public func installSignalHandlers() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    signalPipe.store(ends[1], ordering: .sequentiallyConsistent)
    let reading = ends[0]
    let thread = Thread {
      var byte: UInt8 = 0
      while true {
        let count = read(reading, &byte, 1)
        if count == 1 { break }
        if count < 0, errno == EINTR { continue }
        return
      }
      isEnding.store(true, ordering: .sequentiallyConsistent)
      Cleanup.shared.run()
      signal(Int32(byte), SIG_DFL)
      kill(getpid(), Int32(byte))
    }
    thread.name = "signals"
    // The main thread meets the ruins of what was killed and would end the process, with an error, half cleaned up.
    atexit {
      while isEnding.load(ordering: .sequentiallyConsistent) { pause() }
    }
    thread.start()
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number) { number in
        let saved = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
        errno = saved
      }
    }
  }
}

/// Set once a signal's cleaning up has begun.
private let isEnding = Atomic<Bool>(false)

/// The writing end of the pipe between the signal handler and its thread.
private let signalPipe = Atomic<Int32>(-1)
