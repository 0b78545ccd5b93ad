import BPF
import Packets
import Results
import TestPlan

/// Compares the packet that a run handed back with what was expected of it.
struct PacketJudge {
  let step: PlannedStep
  let planned: Step
  let seen: StepObservation
  let release: KernelRelease
  /// What a failure's path begins with: `step 2: `.
  let prefix: String

  func check(_ expected: Located<PerKernel<PacketExpectation>>, _ report: (Failure) -> Void) {
    let wanted: [UInt8]
    var isUnchanged = false
    switch expected.value.value(on: release) {
    case .any, nil: return
    case .unchanged:
      wanted = planned.packet(step.type)
      isUnchanged = true
    case .bytes(let bytes): wanted = bytes
    case .properties(let properties):
      return properties.check(
        planned: planned, seen: seen, step: step, prefix: prefix, line: expected.position.line, on: release, report)
    }
    let data = seen.packet(of: planned, type: step.type)
    let cut = seen.cut(step.type)
    guard data != wanted || cut != nil else { return }
    let diff = PacketDiff(expected: wanted, seen: data, ignoring: step.ignored)
    guard !diff.isEmpty || cut != nil else { return }
    let notes = [cut, note(wanted, data)].compactMap { $0 }
    let words = [diff.isEmpty ? nil : diff.summary].compactMap { $0 } + notes
    report(
      Failure(
        path: "\(prefix)packet", expected: isUnchanged ? "unchanged" : "\(wanted.count) bytes",
        seen: words.joined(separator: "; "),
        detail: diff.isEmpty ? nil : diff.render(), line: expected.position.line))
  }

  /// What explains all of a difference.
  private func note(_ wanted: [UInt8], _ data: [UInt8]) -> String? {
    if step.type.runsOnSKB, Packet.lacksOuterTag(data, of: wanted) { return TestRunRules.missingTag }
    if let metadata = seen.metadata(step.type), !metadata.isEmpty, wanted == metadata + data {
      return "the \(metadata.count) bytes in front of the packet are its metadata, which `metadata:` expects"
    }
    return nil
  }
}
