import BPF
import Packets
import Results
import TestPlan

/// Compares what came of a step's triggers and waits with what was expected.
struct TriggerJudge {
  let prefix: String
  let release: KernelRelease
  private var failures: [Failure] = []

  init(prefix: String, release: KernelRelease) {
    self.prefix = prefix
    self.release = release
  }

  /// What differs.
  func check(_ step: PlannedStep, planned: Step, seen: StepObservation) -> [Failure] {
    guard planned.triggers != nil || planned.waits != nil else { return [] }
    var judge = self
    judge.compare(step, planned, seen)
    return judge.failures
  }

  private mutating func report(_ failure: Failure) { failures.append(failure) }

  private mutating func compare(_ step: PlannedStep, _ planned: Step, _ seen: StepObservation) {
    for (index, trigger) in (planned.triggers ?? []).enumerated() {
      guard let results = seen.triggers, index < results.count else { break }
      let several = (planned.triggers?.count ?? 0) > 1
      let path = "\(prefix)trigger\(several ? "[\(index)]" : "")"
      let expected = index < step.triggers.count ? step.triggers[index] : nil
      check(expected, trigger, results[index], path, step.line)
    }
    for (index, wait) in step.waits.enumerated() {
      guard let results = seen.waits, index < results.count, !results[index].isMet else { continue }
      guard let waited = planned.waits.flatMap({ index < $0.count ? $0[index] : nil }) else { continue }
      report(
        Failure(
          path: "\(prefix)wait", expected: wait.label,
          seen:
            "waited \(Durations.describe(waited.seconds)) for \(wait.label); it is \(waited.value(results[index].number))",
          line: wait.line))
    }
  }

  private mutating func check(
    _ expected: ExpectedTrigger?, _ trigger: Trigger, _ seen: TriggerObservation, _ path: String, _ line: Int
  ) {
    let line = expected?.line ?? line
    let isAsExpected = number(expected?.errno ?? .number(0), Int128(seen.errno), "\(path).errno", line) {
      $0 == 0 ? "0 (`\(trigger.name)` done)" : Self.errno($0)
    }
    if seen.errno != 0 {
      // What else differs comes of that.
      guard isAsExpected else { return }
      if case .exec = trigger {
        if let expected { reportNotRun(expected, path) }
        return
      }
    }
    let wantedSignal = expected?.signal ?? (trigger.isKill ? .any : .number(0))
    number(wantedSignal, Int128(seen.signal ?? 0), "\(path).signal", line) { $0 == 0 ? "none" : "\($0)" }
    if seen.signal == nil, let status = seen.exitStatus {
      number(expected?.exit ?? .number(0), Int128(status), "\(path).exit", line, detail: Self.words(seen.errorOutput)) {
        "\($0)"
      }
    } else if expected?.exit != nil, seen.signal == nil {
      report(Failure(path: "\(path).exit", expected: "an exit status", seen: "no program was run", line: line))
    }
    if let result = expected?.result {
      number(result, Int128(seen.result), "\(path).result", line) { "\($0)" }
    }
    if let output = expected?.output {
      let isValue = trigger.name == "getsockopt"
      text(output, isValue ? SocketValues.trimmed(seen.output, for: output) : seen.output, "\(path).output", line)
    }
    if let packet = expected?.packet {
      if case .bytes(let wanted) = packet {
        self.packet(wanted, seen.output?.array ?? [], "\(path).packet", line)
      } else {
        text(packet, seen.output, "\(path).packet", line)
      }
    }
    if let properties = expected?.properties {
      let bytes = seen.output?.array ?? []
      var found: [Failure] = []
      properties.check(
        bytes, length: bytes.count, sent: nil, cut: nil, path: "\(path).packet", line: line, on: release
      ) { found.append($0) }
      failures += found
    }
    if let local = expected?.local { text(local, SocketValues.text(seen.local), "\(path).local", line) }
    if let peer = expected?.peer { text(peer, SocketValues.text(seen.peer), "\(path).peer", line) }
    if let errors = expected?.errorOutput { text(errors, seen.errorOutput, "\(path).stderr", line) }
  }

  /// Of a program that never began nothing is known that could be as expected.
  private mutating func reportNotRun(_ expected: ExpectedTrigger, _ path: String) {
    let asked = [
      ("exit", expected.exit), ("signal", expected.signal), ("output", expected.output),
      ("stderr", expected.errorOutput),
    ]
    for case (let name, let condition?) in asked {
      if case .any = condition { continue }
      report(
        Failure(
          path: "\(path).\(name)", expected: condition.describe(bytes: Self.quoted, number: { "\($0)" }),
          seen: "no program was run", line: expected.line))
    }
  }

  @discardableResult
  private mutating func number(
    _ expected: Condition, _ seen: Int128, _ path: String, _ line: Int, detail: String? = nil,
    _ words: (Int128) -> String
  ) -> Bool {
    if expected.holds(bytes: [], number: seen, text: words(seen)) { return true }
    report(
      Failure(
        path: path, expected: expected.describe(bytes: { "\($0)" }, number: words), seen: words(seen), detail: detail,
        line: line))
    return false
  }

  private mutating func packet(_ wanted: [UInt8], _ seen: [UInt8], _ path: String, _ line: Int) {
    let diff = PacketDiff(expected: wanted, seen: seen)
    guard !diff.isEmpty else { return }
    report(
      Failure(
        path: path, expected: "\(wanted.count) bytes", seen: diff.summary, detail: diff.render(), line: line))
  }

  private mutating func text(
    _ expected: Condition, _ seen: Bytes?, _ path: String, _ line: Int, detail: String? = nil
  ) {
    let bytes = seen?.array ?? []
    let words = String(decoding: bytes, as: UTF8.self)
    guard !expected.holds(bytes: bytes[...], number: nil, text: words) else { return }
    report(
      Failure(
        path: path, expected: expected.describe(bytes: Self.quoted, number: { "\($0)" }), seen: Self.quoted(bytes),
        detail: detail, line: line))
  }

  private static func errno(_ number: Int128) -> String {
    guard let code = Int32(exactly: number) else { return "\(number)" }
    return "\(Errno.name(code)) (\(Errno.message(code)))"
  }

  /// A text on one line, cut short where it is long.
  private static func quoted(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.prefix(400), as: UTF8.self)
    return "\"\(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n"))\""
      + (bytes.count > 400 ? "… (\(bytes.count) bytes)" : "")
  }

  private static func words(_ bytes: Bytes?) -> String? {
    guard let bytes, bytes.count > 0 else { return nil }
    return "stderr: " + String(decoding: bytes.array.prefix(1000), as: UTF8.self)
  }
}

extension Trigger {
  /// A signal may end the process that sends it to itself.
  fileprivate var isKill: Bool {
    if case .kill = self { return true }
    return false
  }
}
