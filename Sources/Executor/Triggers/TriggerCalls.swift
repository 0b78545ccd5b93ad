import CBPFShims
import Glibc
import TestPlan

/// The system calls that a trigger stands for.
enum TriggerCalls {
  /// Has them done by the process; `nil` when they didn't end in time. A failure of one of them is in the observation.
  static func run(_ trigger: Trigger, in process: TriggerProcess, seconds: Double) -> TriggerObservation? {
    let calls = CallList()
    let decisive: Int
    var room: UnsafeMutableRawBufferPointer?
    switch trigger {
    case .open(let path, let flags, let mode):
      decisive = open(path, flags, mode, calls)
      calls.add("close", .result(of: decisive))
    case .read(let path):
      let buffer = calls.room(ProgramRun.mostOutput)
      let file = open(path, O_RDONLY, 0, calls)
      decisive = calls.add(
        "read", .result(of: file), .number(Int(bitPattern: buffer.baseAddress)), .number(buffer.count),
        goesOn: true)
      calls.add("close", .result(of: file))
      room = buffer
    case .write(let path, let bytes, let creates):
      let file = open(path, O_WRONLY | O_TRUNC | (creates ? O_CREAT : 0), 0o644, calls)
      decisive = calls.add(
        "write", .result(of: file), calls.bytes(bytes.array), .number(bytes.count), goesOn: true)
      calls.add("close", .result(of: file))
    case .kill(let signal):
      decisive = calls.add("kill", .number(Int(process.number)), .number(Int(signal)))
    case .sleep(let seconds):
      var time = timespec()
      time.tv_sec = Int(max(0, min(seconds, 1e6)))
      time.tv_nsec = Int((max(0, min(seconds, 1e6)) - Double(time.tv_sec)) * 1e9)
      decisive = calls.add(
        "nanosleep", calls.bytes(withUnsafeBytes(of: time) { Array($0) }), .number(0))
    case .call(let name, let arguments):
      decisive = calls.add(
        name,
        arguments.map { argument in
          switch argument {
          case .number(let number): .number(Int(number))
          case .text(let text): calls.text(text)
          case .bytes(let bytes): calls.bytes(bytes.array)
          }
        })
    case .exec, .iterate, .socket: return TriggerObservation(errno: EINVAL)
    }
    switch process.run(calls, seconds: seconds) {
    case .timedOut: return nil
    case .gone:
      process.end()
      return TriggerObservation(signal: process.waitStatus.map { $0 & 0x7f })
    case .done: break
    }
    // The first call that failed is what the trigger failed with; what it returns else is its decisive call's.
    if let failure = calls.calls.prefix(decisive + 1).first(where: { (-4095 ... -1).contains($0.result) }) {
      return TriggerObservation(errno: Int32(-failure.result))
    }
    let result = calls.result(decisive)
    return TriggerObservation(
      result: Int64(result), output: room.map { Bytes($0.prefix(max(0, min(result, $0.count)))) })
  }

  private static func open(_ path: String, _ flags: Int32, _ mode: UInt32, _ calls: CallList) -> Int {
    calls.add(
      "openat", .number(Int(AT_FDCWD)), calls.text(path), .number(Int(flags | O_CLOEXEC)), .number(Int(mode)))
  }
}
