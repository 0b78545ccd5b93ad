import Foundation
import Synchronization

/// Lines for people, on stderr: results alone go to stdout.
enum Diagnostics {
  static let note: @Sendable (String) -> Void = { line in
    FileHandle.standardError.write(Data("bpftest: \(line)\n".utf8))
  }
}

/// Counts cells on one line of a terminal, which it wipes at the end. Without a terminal, or in CI, it is silent.
final class ProgressMeter: Sendable {
  private let isShown =
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["CI"] == nil
  private let last = Mutex(ContinuousClock.now)

  /// At most twenty times a second, since a terminal is slower than a cell.
  func show(done: Int, total: Int) {
    guard isShown else { return }
    let due = last.withLock { last in
      let now = ContinuousClock.now
      guard now - last > .milliseconds(50) || done == total else { return false }
      last = now
      return true
    }
    if due { FileHandle.standardError.write(Data("\r\(done)/\(total) cells\u{1b}[K".utf8)) }
  }

  func clear() {
    if isShown { FileHandle.standardError.write(Data("\r\u{1b}[K".utf8)) }
  }
}
