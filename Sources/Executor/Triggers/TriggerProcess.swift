import BPF
import CBPFShims
import Glibc

/// A process of its own for triggers (see CBPFShims/include/trigger.h). It ends, at the latest, with its last reference.
final class TriggerProcess {
  enum End {
    /// Every call was done, or one of them failed.
    case done
    /// The process has ended, or has become another program.
    case gone
    case timedOut
  }

  private let actor: UnsafeMutablePointer<bpftest_actor>
  /// What the process may still be working on.
  private var inUse: CallList?
  private(set) var waitStatus: Int32?

  /// The process's number, as programs see it in `bpf_get_current_pid_tgid() >> 32`.
  var number: Int32 { actor.pointee.pid }

  /// Becomes readable when the process has ended.
  var descriptor: Int32 { actor.pointee.pidfd }

  /// Starts a process where the calling thread is: in its network namespace and its cgroup. `standard` are descriptors for
  /// its input, output and errors; all others are closed there.
  init(standard: [Int32] = []) throws(BPFError) {
    actor = .allocate(capacity: 1)
    let started = bpftest_actor_start(actor)
    guard started == 0 else {
      // There is nothing to end, and `deinit` runs all the same.
      waitStatus = 0
      throw BPFError(
        .kernel, errno: -started, operation: "starting a process for the triggers")
    }
    let calls = CallList()
    // First out of the way of one another.
    let moved = standard.map { descriptor in
      calls.add("fcntl", .number(Int(descriptor)), .number(Int(F_DUPFD_CLOEXEC)), .number(64))
    }
    for (index, copy) in moved.enumerated() {
      calls.add("dup3", .result(of: copy), .number(index), .number(0))
    }
    // Links and maps of ours would live on there. `close_range`: since 5.9.
    calls.add("close_range", .number(3), .number(Int(UInt32.max)), .number(0))
    let end = run(calls, seconds: 5)
    let failure = calls.calls.first { $0.result < 0 }
    guard case .done = end, failure == nil else {
      throw BPFError(
        .kernel, errno: Int32(clamping: -(failure?.result ?? 0)), operation: "preparing the triggers' process")
    }
  }

  deinit {
    end()
    actor.deallocate()
  }

  /// Does the calls, and waits until they are done.
  func run(_ calls: CallList, seconds: Double) -> End {
    guard waitStatus == nil else { return .gone }
    let limit = Int64(max(0, min(seconds, 1e6)) * 1e9)
    let state = calls.withCalls { bpftest_actor_run(actor, $0.baseAddress, Int32($0.count), limit) }
    switch Int(state) {
    case Int(BPFTEST_ACTOR_IDLE): return .done
    case Int(BPFTEST_ACTOR_GONE): return .gone
    default:
      inUse = calls
      end()
      return .timedOut
    }
  }

  /// Kills it if need be, and waits for its end.
  func end() {
    guard waitStatus == nil else { return }
    waitStatus = bpftest_actor_end(actor)
    inUse = nil
  }
}
