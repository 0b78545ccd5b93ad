import BPF
import Packets
import TestPlan

/// A golden that a run wrote.
public struct GoldenRecording: Sendable {
  /// The file.
  public var path: String
  /// Frames in it.
  public var frames: Int
  /// Frames that are not as they were in the golden that it replaces; `nil` when there was none.
  public var changed: Int?

  /// One line for people: `recorded x.golden.pcapng: 12 frames, 3 of them changed`.
  public var description: String {
    let frames = "\(frames) \(frames == 1 ? "frame" : "frames")"
    return switch changed {
    case nil: "recorded \(path): \(frames)"
    case 0: "recorded \(path): \(frames), none of them changed"
    case let changed?: "recorded \(path): \(frames), \(changed) of them changed"
    }
  }
}

extension PlannedTest {
  /// Whether the test compares with a golden on kernels of that release.
  public func hasGolden(release: String) -> Bool { traffic?.golden?.value(on: KernelRelease(release)) != nil }

  /// Writes what was observed as the golden of kernels of that release, whole or not at all. `nil` for a test without one.
  ///
  /// Times are those of the input, so that the same output is the same file.
  public func record(_ observations: Observations, release: String) throws(CaptureError) -> GoldenRecording? {
    guard let traffic, let golden = traffic.golden?.value(on: KernelRelease(release)),
      observations.steps.count == plan.steps.count
    else { return nil }
    let before = try? CaptureReader(path: golden.path).rest()
    let writer = try CaptureWriter(path: golden.path)
    var changed = 0
    for (index, step) in plan.steps.enumerated() {
      let seen = GoldenFrame(
        observations.steps[index], of: step, type: traffic.each.type, fields: traffic.goldenFields)
      let frame = CaptureFrame(
        seen.bytes, nanoseconds: traffic.times[index], originalLength: seen.length, comments: [seen.comment])
      if let before, index >= before.count || before[index] != frame { changed += 1 }
      try writer.write(frame)
    }
    try writer.finish()
    return GoldenRecording(path: golden.path, frames: plan.steps.count, changed: before == nil ? nil : changed)
  }
}
