import Packets
import Results

/// Looks for the smallest packet with which a test of generated packets still fails.
///
/// It asks for runs and is told what came of them, so that it works wherever plans can be run:
///
/// ```swift
/// while let trial = shrinker.next() { shrinker.judge(trial.judge(run(trial.plan), kernel: …, release: …)) }
/// let cell = shrinker.explain(cell)
/// ```
///
/// Packets that came before may be part of it. Where the packet doesn't fail alone, the last few before it are tried with
/// it, and nothing is made smaller.
public struct FailureShrinker: Sendable {
  private enum Phase: Hashable {
    case alone
    /// With so many packets before it.
    case behind(Int)
    case shrinking
    case done
  }

  private let test: PlannedTest
  private let seed: UInt64
  /// Where in the plan the packet is.
  private let index: Int
  /// What is wrong with it, less the packet's number: a smaller packet that fails in another way is another failure.
  private let kind: String
  private let first: Failure
  private var shrinker: PacketShrinker
  private var phase = Phase.alone
  private var current: PlannedTest?
  /// The runs that were asked for.
  public private(set) var runs = 0
  /// The smallest test that still fails: of one packet, or of the last few.
  public private(set) var smallest: PlannedTest?
  private var smallestFailure: Failure?

  /// For a test of generated packets that failed; `nil` for any other.
  init?(_ test: PlannedTest, _ cell: Cell) {
    guard cell.verdict == .failed, let traffic = test.traffic, case .generated(let seed) = traffic.source,
      let first = cell.failures.first, let (number, kind) = Self.split(first.path),
      let index = traffic.numbers.firstIndex(of: number), let packet = test.plan.steps[index].data?.array
    else { return nil }
    self.test = test
    self.seed = seed
    self.index = index
    self.kind = kind
    self.first = first
    // Trial after trial is run: a packet has some dozens of fields.
    self.shrinker = PacketShrinker(Packet(dissecting: packet), attempts: 500)
  }

  /// `packet 37: return` is the `return` of packet 37.
  private static func split(_ path: String) -> (number: Int, kind: String)? {
    let parts = path.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, parts[0].hasPrefix("packet "), let number = Int(parts[0].dropFirst(7)) else { return nil }
    return (number, parts[1].drop { $0 == " " }.description)
  }

  /// The next test to run, `nil` when there is nothing left to try. To be answered with `judge`.
  public mutating func next() -> PlannedTest? {
    switch phase {
    case .alone: current = test.keeping(index...index)
    case .behind(let count): current = test.keeping(index - count...index)
    case .shrinking:
      current = nil
      while current == nil, let packet = shrinker.next() {
        if let bytes = try? packet.build() { current = with(bytes) } else { shrinker.judge(fails: false) }
      }
    case .done: current = nil
    }
    if current == nil { phase = .done } else { runs += 1 }
    return current
  }

  private func with(_ packet: [UInt8]) -> PlannedTest {
    var trial = test.keeping(index...index)
    trial.plan.steps[0] = trial.plan.steps[0].carrying(packet, type: trial.traffic?.each.type ?? .unspecified)
    return trial
  }

  /// Takes what came of the test that `next` gave.
  public mutating func judge(_ cell: Cell) {
    guard let current else { return }
    let failure = cell.failures.first { Self.split($0.path)?.kind == kind }
    if let failure {
      smallest = current
      smallestFailure = failure
    }
    switch phase {
    case .alone: phase = failure != nil ? .shrinking : index > 0 ? .behind(1) : .done
    case .behind(let count): phase = failure != nil || count == index ? .done : .behind(min(count * 2, index))
    case .shrinking: shrinker.judge(fails: failure != nil)
    case .done: break
    }
  }

  /// The cell, whose first failure now says what was found.
  public func explain(_ cell: Cell) -> Cell {
    var cell = cell
    guard let place = cell.failures.firstIndex(of: first) else { return cell }
    guard let smallest, let failure = smallestFailure else {
      cell.failures[place].detail = joined(first.detail, "It doesn't fail alone, nor behind the packets before it.")
      return cell
    }
    if smallest.plan.steps.count > 1 {
      let count = smallest.plan.steps.count - 1
      cell.failures[place].detail = joined(
        first.detail, "It fails behind the \(count == 1 ? "packet" : "\(count) packets") before it, and not alone.")
      return cell
    }
    // Alone, it can be run alone again.
    cell.failures[place].frame = test.traffic?.numbers[index]
    let bytes = smallest.plan.steps[0].data?.array ?? []
    guard bytes != test.plan.steps[index].data?.array else {
      cell.failures[place].detail = joined(first.detail, "No smaller packet was found to fail.")
      return cell
    }
    let words =
      "smallest that fails: \(TrafficJudge.shown(bytes, most: 2000))\n"
      + "  expected \(failure.expected), seen \(failure.seen)"
    cell.failures[place].detail = joined(words, first.detail ?? "")
    return cell
  }

  private func joined(_ detail: String?, _ words: String) -> String { detail.map { "\($0)\n\(words)" } ?? words }

  /// The packets that make it fail, as frames of a capture that `replay:` takes; none when nothing was found.
  public func capture() -> [CaptureFrame] {
    guard let smallest else { return [] }
    let number = test.traffic?.numbers[index] ?? index + 1
    return smallest.plan.steps.enumerated().map { place, step in
      let isLast = place == smallest.plan.steps.count - 1
      let words = smallestFailure.map { "\(kind): expected \($0.expected), seen \($0.seen)" } ?? kind
      return CaptureFrame(
        step.data?.array ?? [], nanoseconds: UInt64(place) * 1000,
        comments: isLast ? ["\(test.suite)/\(test.name): \(words) (shrunk from packet \(number) of seed \(seed))"] : [])
    }
  }
}

extension PlannedTest {
  /// What looks for the smallest packet that fails, for a failed test of generated packets; `nil` for any other.
  public func shrinker(for cell: Cell) -> FailureShrinker? { FailureShrinker(self, cell) }
}
