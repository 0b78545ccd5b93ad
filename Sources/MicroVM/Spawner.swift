import CBPFShims
import Foundation
import Kernels
import Synchronization

/// Starts every child of this process from one thread that lives as long as the process.
///
/// A child gets SIGKILL when its parent *thread* ends (PR_SET_PDEATHSIG, prctl(2)); a worker thread that comes and goes
/// would take its machines with it.
final class Spawner: Sendable {
  static let shared = Spawner()

  private struct Request: @unchecked Sendable {
    var work: () -> Void
  }

  private let requests = Mutex<[Request]>([])
  private let wake = DispatchSemaphore(value: 0)

  private init() {
    let thread = Thread { [self] in
      while true {
        wake.wait()
        let next = requests.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        next?.work()
      }
    }
    thread.name = "spawner"
    thread.start()
  }

  /// Starts a program whose descriptors 0, 1, 2 … are those given. Blocks until it runs, or throws.
  func start(_ path: String, _ arguments: [String], descriptors: [Int32]) throws(InfrastructureError) -> ChildProcess {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<pid_t>(0)
    let request = Request {
      let child = Self.spawn(path, [path] + arguments, descriptors)
      result.withLock { $0 = child }
      done.signal()
    }
    requests.withLock { $0.append(request) }
    wake.signal()
    done.wait()
    let child = result.withLock { $0 }
    guard child > 0 else {
      throw InfrastructureError("can't start \(path)", why: String(cString: strerror(-child)))
    }
    return ChildProcess(pid: child)
  }

  private static func spawn(_ path: String, _ arguments: [String], _ descriptors: [Int32]) -> pid_t {
    let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let argv = arguments.map { strdup($0) } + [nil]
    let envp = [strdup("PATH=\(search)"), strdup("LC_ALL=C"), nil]
    defer { for text in argv + envp { free(text) } }
    return bpftest_spawn(path, argv, envp, descriptors, Int32(descriptors.count))
  }
}

/// A child of ours: killed and reaped exactly once.
final class ChildProcess: Sendable {
  let pid: pid_t
  private let status = Mutex<Int32?>(nil)

  init(pid: pid_t) {
    self.pid = pid
    Cleanup.shared.add(process: pid)
  }

  deinit { kill() }

  /// Waits up to so many seconds for the child to end; its wait status (waitpid(2)), or `nil` while it runs.
  func wait(seconds: Double) -> Int32? {
    let deadline = Deadline(seconds: seconds)
    while true {
      if let status = reap(WNOHANG) { return status }
      if deadline.isOver { return nil }
      usleep(2000)
    }
  }

  /// Kills the child if it still runs, and reaps it.
  func kill() {
    status.withLock { status in
      guard status == nil else { return }
      Glibc.kill(pid, SIGKILL)
      status = Self.collect(pid, 0)
    }
  }

  private func reap(_ options: Int32) -> Int32? {
    status.withLock { status in
      if status == nil { status = Self.collect(pid, options) }
      return status
    }
  }

  private static func collect(_ pid: pid_t, _ options: Int32) -> Int32? {
    var info = siginfo_t()
    // Looks without reaping, so that the number is forgotten before it can be given to a stranger.
    while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT | options) != 0 {
      if errno != EINTR { return 0 }
    }
    guard info.si_signo != 0 else { return nil }
    Cleanup.shared.forget(process: pid)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return status
  }
}
