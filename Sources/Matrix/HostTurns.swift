import Glibc
import TestPlan

/// Lets tests on the host run side by side, but for those that attach programs or trigger something: they have the machine for
/// themselves, since an attached program sees what every other test does.
///
/// A link also ends only with the last copy of its descriptor, and any process that is started meanwhile has one for a
/// moment.
final class HostTurns: @unchecked Sendable {
  // A lock must not move in memory.
  private let lock: UnsafeMutablePointer<pthread_rwlock_t>

  init() {
    lock = .allocate(capacity: 1)
    pthread_rwlock_init(lock, nil)
  }

  deinit {
    pthread_rwlock_destroy(lock)
    lock.deallocate()
  }

  /// Runs `body`, which carries out `plan`, when it is its turn.
  func run<T>(_ plan: TestPlan, _ body: () -> T) -> T {
    let isAlone = plan.attachments?.isEmpty == false || plan.steps.contains { $0.triggers?.isEmpty == false }
    if isAlone { pthread_rwlock_wrlock(lock) } else { pthread_rwlock_rdlock(lock) }
    defer { pthread_rwlock_unlock(lock) }
    return body()
  }
}
