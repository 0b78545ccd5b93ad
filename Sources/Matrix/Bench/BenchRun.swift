import BPF
import Fixtures
import Foundation
import Kernels
import MicroVM
import Results
import TestPlan

/// Times the programs of tests on one kernel, one after the other: nothing else of ours runs meanwhile.
public struct BenchRun: Sendable {
  /// How to time them.
  public struct Options: Sendable {
    /// Runs of each program, about: whole batches.
    public var runs = 10_000
    /// Runs in a batch, whose mean is one measurement.
    public var batch = 100
    /// Machine code (`true`), the interpreter (`false`), or the kernel's own choice (`nil`): each in turn.
    public var jit: [Bool?] = [nil]
    /// The longest that one test may take, in seconds.
    public var timeout = 120.0
    public var machine = MachineOptions()
    /// Called with lines for people.
    public var note: @Sendable (String) -> Void = { _ in }

    public init() {}
  }

  let session: Session
  let options: Options

  /// - Parameter session: the tests, and the one kernel to run them on.
  public init(session: Session, options: Options) {
    self.session = session
    self.options = options
  }

  /// Why a test can't be timed; `nil` when it can.
  static func obstacle(_ plan: TestPlan) -> String? {
    switch plan.steps.count {
    case 0: "it only loads"
    case 1: plan.steps[0].obstacleToTiming
    default: "it has \(plan.steps.count) steps, and single runs are timed"
    }
  }

  /// Runs everything. Throws `SelectionError` when there is nothing to time, `InfrastructureError` when there is no machine.
  public func run(progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) async throws -> BenchResults {
    guard let target = session.targets.first else { throw SelectionError(reason: "there is no kernel to run on") }
    var leftOut: [BenchOmission] = []
    var chosen: [PlannedTest] = []
    for test in session.tests {
      let skipped = test.skipped(kernel: target.id, release: target.release)?.message
      if let reason = skipped ?? Self.obstacle(test.plan) {
        leftOut.append(BenchOmission(suite: test.suite, test: test.name, reason: reason))
      } else {
        chosen.append(test)
      }
    }
    guard !chosen.isEmpty else {
      let why = leftOut.first.map { ": \($0.suite)/\($0.test): \($0.reason)" } ?? ""
      throw SelectionError(reason: "none of \(leftOut.count) tests can be timed\(why)")
    }
    let tests = chosen
    let (kernel, rows) = try await onThread("bench") {
      Result { try self.rows(tests, on: target, progress) }
    }.get()
    return BenchResults(
      tool: Tool(version: BPFTestVersion.current, libbpf: BPFSystem.libbpfVersion), processor: Self.processor,
      kernel: kernel, suites: session.suites, batches: batches, runs: batchSize, rows: rows, leftOut: leftOut)
  }

  private var batchSize: Int { max(1, min(options.batch, options.runs)) }
  private var batches: Int { max(1, options.runs / batchSize) }

  /// Times all tests in several rounds: programs are loaded anew in each, since where in memory the kernel puts one can
  /// change its time by a quarter, and other work on the machine comes and goes.
  private func rows(
    _ tests: [PlannedTest], on target: Target, _ progress: (Int, Int) -> Void
  ) throws -> (KernelResult, [BenchRow]) {
    var machine = options.machine
    machine.memory = max(machine.memory, tests.map { MachineSize.needed(for: $0) }.max() ?? 0)
    machine.cpus = max(machine.cpus, tests.map(\.cpus).max() ?? 1)
    let room = MachineRoom(options: machine, note: options.note)
    var place = try BenchTarget(target, objects: session.objects, machine: room)
    defer { place.close() }
    let tests = tests.map { $0.fitted(to: place.facts) }
    var tallies = tests.flatMap { test in
      options.jit.map { BenchTally(test: test, jit: $0, batchSize: batchSize, timeout: options.timeout) }
    }
    let rounds = min(Self.rounds, batches)
    for round in 0..<rounds {
      // The first rounds take what doesn't divide.
      let share = batches / rounds + (round < batches % rounds ? 1 : 0)
      for number in tallies.indices where !tallies[number].isOver {
        do {
          let seen = try place.run(number, tallies[number].plan(batches: share), timeout: options.timeout)
          tallies[number].add(seen, target)
        } catch {
          tallies[number].fail(error)
          // A guest that gave no answer is of no more use.
          place.close()
          place = try BenchTarget(target, objects: session.objects, machine: room)
        }
        progress(round * tallies.count + number + 1, rounds * tallies.count)
      }
    }
    return (place.kernel, tallies.map { $0.row() })
  }

  private static let rounds = 10

  /// The model of this machine's processor.
  private static var processor: String {
    let lines = String(decoding: readFile("/proc/cpuinfo") ?? [], as: UTF8.self).split(separator: "\n")
    let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":", maxSplits: 1).last
    return model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
  }
}

extension Step {
  /// Why this step can't be timed; `nil` when it can.
  fileprivate var obstacleToTiming: String? {
    if program == nil || triggers?.isEmpty == false { return "its program runs when something is triggered" }
    return repetitions > 1 ? "it says `repeat: \(repetitions)`, and each run is timed with a fresh packet" : nil
  }
}
