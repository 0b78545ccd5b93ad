import BPF
import Packets
import Results
import TestPlan

/// Compares what came of many packets with what was expected of each.
struct TrafficJudge {
  let test: PlannedTest
  let traffic: PlannedTraffic
  let release: KernelRelease

  /// Packets told of in detail: a program that is wrong is wrong a thousand times, in few ways.
  private static let detailed = 3

  private var golden: Golden? { traffic.golden?.value(on: release) }

  /// Reports what differs, the first packets in detail and the others by their number.
  ///
  /// Returns the first packet of which nothing was observed, `nil` when there is none.
  func check(_ seen: [StepObservation], _ report: (Failure) -> Void) -> String? {
    let judge = StepJudge(release: release)
    let golden = self.golden
    let masks = traffic.each.ignored
    var found: [Failure] = []
    var told = 0
    var others: [Int] = []
    for (index, step) in test.plan.steps.enumerated() {
      let number = traffic.numbers[index]
      guard index < seen.count else { return "\(traffic.noun) \(number)" }
      found.removeAll(keepingCapacity: true)
      if let refusal = seen[index].refusal {
        let why = RunRefusal.explain(refusal, step: step, type: traffic.each.type, release: release)
        found.append(
          Failure(path: refusal.stage.rawValue, expected: "a run", seen: why, line: traffic.each.line))
      } else {
        judge.check(traffic.each, planned: step, seen: seen[index], prefix: "") { found.append($0) }
        if let golden, let frames = golden.frames, index < frames.count {
          let type = traffic.each.type
          let frame = GoldenFrame(seen[index], of: step, type: type, fields: traffic.goldenFields)
          let isTold = type != .xdp || seen[index].context != nil
          let recorded = isTold ? frames[index] : frames[index].withoutMetadata
          if frame != recorded {
            compare(frame, with: recorded, golden, masks, inDetail: told < Self.detailed) { found.append($0) }
          }
        }
      }
      guard !found.isEmpty else { continue }
      if told < Self.detailed {
        for failure in found { report(describe(failure, number: number, packet: step.data?.array ?? [])) }
        told += 1
      } else {
        others.append(number)
      }
      if seen[index].refusal != nil { break }
    }
    if !others.isEmpty {
      report(
        Failure(
          path: "\(traffic.noun)s", expected: "the same of all \(test.plan.steps.count)",
          seen: "\(others.count) more \(others.count == 1 ? "differs" : "differ"): \(Self.list(others))",
          line: traffic.each.line, golden: golden?.path))
    }
    if let last = test.plan.steps.last, var final = seen.last, seen.count == test.plan.steps.count,
      final.refusal == nil
    {
      // What was written isn't left by the packets before, as maps are.
      if traffic.after.printk != nil { final.printk = seen.flatMap { $0.printk ?? [] } }
      judge.check(traffic.after, planned: last, seen: final, prefix: "", report)
    }
    return nil
  }

  private func compare(
    _ seen: GoldenFrame, with expected: GoldenFrame, _ golden: Golden, _ masks: [FieldMask], inDetail: Bool,
    _ report: (Failure) -> Void
  ) {
    if seen.comment != expected.comment {
      report(
        Failure(
          path: "verdict", expected: expected.comment, seen: seen.comment, line: golden.line, golden: golden.path))
    }
    guard seen.bytes != expected.bytes || seen.length != expected.length else { return }
    // Whether it differs at all is known without a diff, unless some of it may.
    guard inDetail || !masks.isEmpty else {
      return report(Failure(path: "packet", expected: "as recorded", seen: "", golden: golden.path))
    }
    let diff = PacketDiff(expected: expected.bytes, seen: seen.bytes, ignoring: masks)
    guard !diff.isEmpty || seen.length != expected.length else { return }
    report(
      Failure(
        path: "packet", expected: "as recorded",
        seen: (diff.isEmpty ? "\(seen.length) bytes, and \(expected.length) were recorded" : diff.summary)
          + (seen.isCut ? "; only the first \(seen.bytes.count) of its \(seen.length) bytes came back" : ""),
        detail: diff.isEmpty ? nil : diff.render(), line: golden.line, golden: golden.path))
  }

  /// Names the packet, and shows one that nobody has written down.
  private func describe(_ failure: Failure, number: Int, packet: [UInt8]) -> Failure {
    var failure = failure
    failure.path = "\(traffic.noun) \(number): \(failure.path)"
    if case .generated(let seed) = traffic.source {
      let words = "packet \(number) of seed \(seed): \(Self.shown(packet, most: 200))"
      failure.detail = failure.detail.map { "\(words)\n\($0)" } ?? words
    }
    return failure
  }

  /// The packet as an expression, of which the beginning says most when it has a kilobyte of payload.
  static func shown(_ packet: [UInt8], most: Int) -> String {
    let text = Packet(dissecting: packet).expression
    return text.count <= most ? text : "\(text.prefix(most))… (\(packet.count) bytes)"
  }

  /// `3, 7-12, 40 …`
  static func list(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    let shown = ranges.prefix(10).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
    return shown.joined(separator: ", ") + (ranges.count > 10 ? " …" : "")
  }
}
