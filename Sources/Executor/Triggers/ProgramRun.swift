import BPF
import CBPFShims
import Glibc
import TestPlan

/// A program to be run by a trigger: its process is there before, so that its number can be told to the programs under
/// test, and becomes the program when `run` is called.
final class ProgramRun {
  /// Bytes that are kept of each of the program's outputs.
  static let mostOutput = 64 << 10
  /// Where a program without a path is looked for.
  private static let folders = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]

  let process: TriggerProcess
  private var output: OutputPipe
  private var errors: OutputPipe

  init(standardInput: Bytes?) throws(BPFError) {
    let input = try Self.input(standardInput)
    defer { close(input) }
    output = try OutputPipe()
    errors = try OutputPipe()
    process = try TriggerProcess(standard: [input, output.writing, errors.writing])
    output.closeWriting()
    errors.closeWriting()
  }

  /// Runs the program to its end. `nil` when it takes longer than that; then it has been killed.
  func run(_ arguments: [String], seconds: Double) -> TriggerObservation? {
    let limit = TimeLimit(seconds: seconds)
    let calls = CallList()
    let path = Self.find(arguments.first ?? "")
    let exec = calls.add(
      "execve", calls.text(path), calls.texts(arguments),
      calls.texts(["PATH=\(Self.folders.joined(separator: ":"))", "HOME=/"]))
    switch process.run(calls, seconds: limit.seconds) {
    case .timedOut: return nil
    case .done:
      // It is still the process that it was: the kernel refused.
      return TriggerObservation(errno: Int32(clamping: -calls.result(exec)))
    case .gone: break
    }
    guard follow(until: limit) else {
      process.end()
      return nil
    }
    process.end()
    var observation = TriggerObservation(output: Bytes(output.bytes), errorOutput: Bytes(errors.bytes))
    let status = process.waitStatus ?? 0
    // wait(2): the low seven bits are the signal, and the exit status stands above them.
    if status & 0x7f == 0 {
      observation.exitStatus = status >> 8 & 0xff
    } else {
      observation.signal = status & 0x7f
    }
    return observation
  }

  /// Gathers output until the process has ended; `false` when the time is over before.
  private func follow(until limit: TimeLimit) -> Bool {
    while true {
      var entries = [
        pollfd(fd: process.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: output.reading, events: Int16(POLLIN), revents: 0),
        pollfd(fd: errors.reading, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&entries, 3, limit.milliseconds)
      let ended = entries[0].revents != 0
      if ended || entries[1].revents != 0 { output.take() }
      if ended || entries[2].revents != 0 { errors.take() }
      if ended { return true }
      if ready <= 0, limit.isOver { return false }
    }
  }

  private static func input(_ bytes: Bytes?) throws(BPFError) -> Int32 {
    let descriptor = bytes == nil ? open("/dev/null", O_RDONLY | O_CLOEXEC) : bpftest_memory_file("stdin")
    guard descriptor >= 0 else {
      throw BPFError(
        .kernel, errno: bytes == nil ? errno : -descriptor, operation: "preparing a program's standard input")
    }
    guard let bytes, bytes.count > 0 else { return descriptor }
    guard write(descriptor, bytes.array, bytes.count) == bytes.count, lseek(descriptor, 0, SEEK_SET) == 0 else {
      let code = errno
      close(descriptor)
      throw BPFError(.kernel, errno: code, operation: "preparing a program's standard input")
    }
    return descriptor
  }

  /// A name without a slash is looked for in the usual folders.
  private static func find(_ name: String) -> String {
    if name.contains("/") { return name }
    return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 } ?? name
  }
}

/// A pipe that a program writes to.
private struct OutputPipe {
  private(set) var bytes: [UInt8] = []
  private let ends: Ends
  var reading: Int32 { ends.reading }
  var writing: Int32 { ends.writing }

  private final class Ends {
    var reading: Int32 = -1
    var writing: Int32 = -1
    deinit {
      if reading >= 0 { close(reading) }
      if writing >= 0 { close(writing) }
    }
  }

  init() throws(BPFError) {
    ends = Ends()
    var pair: [Int32] = [-1, -1]
    guard pipe(&pair) == 0 else { throw BPFError(.kernel, errno: errno, operation: "making a pipe") }
    (ends.reading, ends.writing) = (pair[0], pair[1])
    for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(pair[0], F_SETFL, O_NONBLOCK)
  }

  /// The writing end is the program's alone from now on.
  func closeWriting() {
    close(ends.writing)
    ends.writing = -1
  }

  /// Reads what is there. At the end of the output the pipe is closed, so that it isn't polled any more.
  mutating func take() {
    guard ends.reading >= 0 else { return }
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(ends.reading, &chunk, chunk.count)
      if count > 0 {
        // What is beyond is read all the same, or the program would wait for ever.
        bytes += chunk.prefix(min(count, ProgramRun.mostOutput - bytes.count))
      } else if count < 0, errno == EINTR {
        continue
      } else {
        if count == 0 {
          close(ends.reading)
          ends.reading = -1
        }
        return
      }
    }
  }
}
