import Fixtures
import Foundation
import Packets
import Results
import Synchronization
import TestPlan

/// What is done about a test once it is judged: a golden is recorded, a generated packet that fails is made smaller.
struct FollowUp: Sendable {
  /// The longest that looking for a smaller packet may take, in seconds. Most take less than a tenth of it.
  private static let patience = 5.0
  /// Files are written one after the other: two tests may share a golden.
  private static let files = Mutex(())
  /// Captures of this run, by path, and the tests that they are of.
  private static let saved = Mutex<[String: String]>([:])

  let options: MatrixRun.Options
  let kernel: String
  let release: String

  /// The cell as results should have it.
  ///
  /// - Parameter run: runs a plan where the test ran; it throws when there is no machine any more to run it on.
  func finish(
    _ cell: Cell, of test: PlannedTest, _ observations: Observations, run: (TestPlan) throws -> Observations
  ) -> Cell {
    if options.record { return record(cell, of: test, observations) }
    guard var shrinker = test.shrinker(for: cell) else { return cell }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(Self.patience)
    while clock.now < end, let trial = shrinker.next() {
      guard let seen = try? run(trial.plan) else { break }
      shrinker.judge(trial.judge(seen, kernel: kernel, release: release))
    }
    if let folder = options.saveFailures { save(shrinker.capture(), of: test, in: folder) }
    return shrinker.explain(cell)
  }

  /// Writes the golden of a test that is otherwise as expected.
  private func record(_ cell: Cell, of test: PlannedTest, _ observations: Observations) -> Cell {
    guard test.hasGolden(release: release) else { return cell }
    guard cell.verdict == .passed else {
      options.note("not recorded, since it \(cell.verdict.rawValue): the golden of \(test.suite)/\(test.name)")
      return cell
    }
    do {
      if let recording = try Self.files.withLock({ _ in try test.record(observations, release: release) }) {
        options.note(recording.description)
      }
      return cell
    } catch {
      return Cell(
        suite: cell.suite, test: cell.test, kernel: cell.kernel, verdict: .infra, message: "not recorded: \(error)")
    }
  }

  /// Writes packets that fail into a capture of their own.
  private func save(_ frames: [CaptureFrame], of test: PlannedTest, in folder: String) {
    guard !frames.isEmpty else { return }
    let path = Self.path(for: "\(test.suite)-\(test.name)-\(kernel)", in: folder)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let writer = try CaptureWriter(path: path)
      for frame in frames { try writer.write(frame) }
      try writer.finish()
      options.note("saved \(path): \(frames.count == 1 ? "a packet" : "\(frames.count) packets") for `replay:`")
    } catch {
      options.note("can't save \(path): \((error as? CaptureError)?.description ?? error.localizedDescription)")
    }
  }

  /// A file of its own: names that differ only in what a file's name leaves out get numbers.
  private static func path(for name: String, in folder: String) -> String {
    saved.withLock { saved in
      let base = "\(folder)/\(fileName(name))"
      var path = "\(base).pcapng"
      var number = 2
      while let other = saved[path], other != name {
        path = "\(base)-\(number).pcapng"
        number += 1
      }
      saved[path] = name
      return path
    }
  }

  /// Letters, digits, dots and hyphens, so that no shell minds it.
  static func fileName(_ text: String) -> String {
    let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_")) }
    return words.joined(separator: "-")
  }
}
