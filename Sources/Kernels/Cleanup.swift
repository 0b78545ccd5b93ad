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

  /// A child to kill if the process is made to end.
  public func add(process: pid_t) { state.withLock { _ = $0.processes.insert(process) } }

  /// To be called before the child is reaped, so that no stranger with the same number is ever killed.
  public func forget(process: pid_t) { state.withLock { _ = $0.processes.remove(process) } }

  /// Kills and removes all that is registered.
  public func run() {
    let left = state.withLock { state in
      defer { state = State() }
      // Under the lock, since `forget` must not return in between.
      for process in state.processes { kill(process, SIGKILL) }
      return state
    }
    // They must be gone, not just going, before their files are.
    for process in left.processes { waitpid(process, nil, 0) }
    for path in left.paths { try? FileManager.default.removeItem(atPath: path) }
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
      Cleanup.shared.run()
      signal(Int32(byte), SIG_DFL)
      kill(getpid(), Int32(byte))
    }
    thread.name = "signals"
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

/// The writing end of the pipe between the signal handler and its thread.
private let signalPipe = Atomic<Int32>(-1)
