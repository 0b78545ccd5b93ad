import BPF
import Glibc
import Synchronization

extension BPFObject {
  /// The lines that programs write with `bpf_printk` while `body` runs, of this object or another: those of the calling
  /// thread, and of processes that it starts meanwhile.
  ///
  /// A test run has those of its own in `RunResult.printk`; this is for programs that are attached. One such call at a time
  /// is made in a process. Throws where there is no tracefs to read them from.
  public func printk(during body: () throws -> Void) throws -> [String] {
    try PrintkCapture.lines(during: body).lines.get()
  }
}

/// Hears what programs write with `bpf_printk` while something is done in the calling thread.
enum PrintkCapture {
  /// Used under its lock alone.
  private struct Held: @unchecked Sendable {
    var reader: PrintkReader?
  }

  private static let held = Mutex(Held())
  /// Whether the caller listens already: then the lines are its.
  @TaskLocal private static var isOn = false

  /// What `body` gives, and the lines, or why they can't be read.
  static func lines<T: Sendable>(during body: () throws -> T) throws -> (value: T, lines: Result<[String], BPFError>) {
    if isOn { return (try body(), .success([])) }
    return try held.withLock { held throws in
      do {
        if held.reader == nil {
          held.reader = try PrintkReader(ownsMachine: false)
          // The kernel keeps its buffer until it is removed.
          atexit { PrintkCapture.release() }
        }
      } catch let error as BPFError {
        return (try body(), .failure(error))
      }
      held.reader?.begin(sharesPipe: false)
      defer { held.reader?.end() }
      let value = try $isOn.withValue(true) { try body() }
      return (value, .success(held.reader?.lines() ?? []))
    }
  }

  private static func release() { _ = held.withLockIfAvailable { $0.reader = nil } }
}
