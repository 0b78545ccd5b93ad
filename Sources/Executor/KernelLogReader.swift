import Glibc
import TestPlan

/// Reads the kernel's log (`/dev/kmsg`), and marks in it where tests begin and end.
///
/// On a machine of others nothing is written, and only what comes between is read.
final class KernelLogReader {
  private let log: Int32
  private let tainted: Int32
  private let isMarked: Bool
  private var taint: UInt64
  private var began: UInt64 = 0
  private var late: [KernelLine] = []
  private var lost: UInt32 = 0
  /// CONSOLE_EXT_LOG_MAX (include/linux/printk.h): the longest record.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 16)

  /// Lines kept of one test: a warning has some 40.
  private static let most = 400

  /// - Parameter isMarked: whether the kernel is the tests' alone, so that marks disturb nobody.
  /// `nil` where the log can't be read.
  init?(isMarked: Bool) {
    log = open("/dev/kmsg", (isMarked ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC)
    guard log >= 0 else {
      buffer.deallocate()
      return nil
    }
    tainted = open("/proc/sys/kernel/tainted", O_RDONLY | O_CLOEXEC)
    self.isMarked = isMarked
    taint = 0
    lseek(log, 0, SEEK_END)
    taint = readTaint()
  }

  deinit {
    close(log)
    if tainted >= 0 { close(tainted) }
    buffer.deallocate()
  }

  /// Before anything of a test is done.
  func begin(_ number: Int) {
    (late, lost) = ([], 0)
    began = read(to: mark("test \(number) begins"), into: &late)
  }

  /// After all of it is undone.
  func end(_ number: Int) -> KernelObservation {
    var seen = KernelObservation(began: began, late: late, thread: isMarked ? nil : Self.thread())
    seen.ended = read(to: mark("test \(number) ends"), into: &seen.lines)
    seen.lost = lost
    let now = readTaint()
    seen.taint = now & ~taint
    taint = now
    return seen
  }

  /// Writes a line of this facility and level: daemon, info (syslog(3)), which no console shows.
  private func mark(_ words: String) -> String? {
    guard isMarked else { return nil }
    let text = "bpftest: \(words)"
    let line = "<30>" + text
    return write(log, line, line.utf8.count) > 0 ? text : nil
  }

  /// Takes lines up to that mark, or all that there are, and returns the mark's time.
  private func read(to mark: String?, into lines: inout [KernelLine]) -> UInt64 {
    while true {
      let count = Glibc.read(log, buffer.baseAddress, buffer.count)
      if count > 0 {
        guard let line = Self.line(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { continue }
        if let mark, line.text == mark { return line.time }
        if lines.count < Self.most { lines.append(line) } else { lost &+= 1 }
      } else if count < 0, errno == EPIPE {
        // Records were overwritten before they were read.
        lost &+= 1
      } else if count == 0 || errno != EINTR {
        return 0
      }
    }
  }

  /// `priority,sequence,microseconds,flags[,…];text`, then lines with details, which begin with a blank.
  private static func line(_ record: UnsafeRawBufferPointer) -> KernelLine? {
    guard let semicolon = record.firstIndex(of: UInt8(ascii: ";")) else { return nil }
    let head = record[..<semicolon].split(separator: UInt8(ascii: ","), maxSplits: 3)
    guard head.count >= 3 else { return nil }
    let text = record[(semicolon + 1)...].prefix { $0 != UInt8(ascii: "\n") }
    return KernelLine(
      priority: UInt32(truncatingIfNeeded: number(head[0])), time: number(head[2]),
      text: String(decoding: text, as: UTF8.self))
  }

  /// The calling thread's number: `/proc/thread-self` leads to `77/task/78` (proc(5)).
  private static func thread() -> Int32 {
    var target = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self", &target, target.count)
    let name = String(decoding: target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return name.split(separator: "/").last.flatMap { Int32($0) } ?? getpid()
  }

  private func readTaint() -> UInt64 {
    guard tainted >= 0 else { return 0 }
    let count = pread(tainted, buffer.baseAddress, 32, 0)
    guard count > 0 else { return taint }
    return Self.number(UnsafeRawBufferPointer(rebasing: buffer[..<count])[...])
  }

  private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt64 {
    digits.prefix { $0 >= 48 && $0 <= 57 }.reduce(0) { total, digit in (total &* 10) &+ UInt64(digit - 48) }
  }
}
