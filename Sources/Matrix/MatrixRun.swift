import Compiling
import Executor
import Fixtures
import Foundation
import Kernels
import MicroVM
import Results
import Synchronization
import TestPlan

/// Runs planned tests on targets: a cell for every test on every kernel.
public struct MatrixRun: Sendable {
  /// How to run them.
  public struct Options: Sendable {
    /// Threads that work at once.
    public var jobs: Int
    /// The longest that a test may take, in seconds; `nil` lets it depend on how fast the machine is.
    public var timeout: Double?
    /// Stop at the first cell that isn't good.
    public var failFast: Bool
    public var machine: MachineOptions
    /// Write the goldens of tests that pass otherwise.
    public var record = false
    /// The folder for captures of generated packets that fail; `nil` saves none.
    public var saveFailures: String?
    /// Complaints of kernels about themselves that fail no test.
    public var allowedSplats: [AllowedSplat] = []
    /// The day that decides what is still allowed, `2026-11-29`.
    public var today = Self.day(of: Date())
    /// Called with lines for people, such as why KVM isn't used.
    public var note: @Sendable (String) -> Void = { _ in }

    public init(
      jobs: Int = ProcessInfo.processInfo.activeProcessorCount, timeout: Double? = nil, failFast: Bool = false,
      machine: MachineOptions = MachineOptions()
    ) {
      self.jobs = jobs
      self.timeout = timeout
      self.failFast = failFast
      self.machine = machine
    }

    /// A day in UTC, `2026-11-29`.
    static func day(of date: Date) -> String {
      var calendar = Calendar(identifier: .gregorian)
      calendar.timeZone = TimeZone(identifier: "UTC") ?? calendar.timeZone
      let parts = calendar.dateComponents([.year, .month, .day], from: date)
      func digits(_ number: Int?, _ count: Int) -> String {
        let text = String(number ?? 0)
        return String(repeating: "0", count: max(0, count - text.count)) + text
      }
      return [digits(parts.year, 4), digits(parts.month, 2), digits(parts.day, 2)].joined(separator: "-")
    }

    /// The longest that a test may take on a machine of that acceleration, in seconds: an emulated processor is some twenty
    /// times slower, above all at verifying.
    func limit(accel: String) -> Double { timeout ?? (accel == Accel.tcg.rawValue ? 90 : 30) }
  }

  let tests: [PlannedTest]
  let objects: [ObjectID: Bytes]
  let targets: [Target]
  let options: Options
  let hostTurns = HostTurns()
  let relocations = RelocationCache(folder: CacheFolder.path("relocations"))

  public init(tests: [PlannedTest], objects: [ObjectID: Bytes], targets: [Target], options: Options) {
    self.tests = tests
    self.objects = objects
    self.targets = targets
    self.options = options
  }

  /// Runs everything and returns the cells, ordered by test and then by target, and what is known of each target.
  public func run(progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }) async -> (
    cells: [Cell], kernels: [KernelResult]
  ) {
    let lanes = laneKeys()
    let board = Board(run: self, progress: progress)
    let queue = Lanes(batches: lanes.map { batches(memory: $0.memory, cpus: $0.cpus) })
    // For each number of processors its own.
    let rooms = Dictionary(uniqueKeysWithValues: Set(tests.map(\.cpus)).map { ($0, self.rooms(cpus: $0)) })
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<min(options.jobs, max(1, lanes.count * tests.count)) {
        group.addTask {
          await onThread("worker \(number)") {
            while let lane = queue.enter() {
              Worker(
                run: self, target: lanes[lane].target, queue: queue, lane: lane, board: board,
                memory: lanes[lane].memory
              )
              .work(in: rooms[lanes[lane].cpus] ?? self.rooms(cpus: lanes[lane].cpus))
              queue.leave(lane)
            }
          }
        }
      }
    }
    return board.finish()
  }

  /// The tests that want a machine of that size, suite by suite.
  private func batches(memory: Int, cpus: Int) -> [[Int]] {
    var batches: [[Int]] = []
    for test in tests.indices where MachineSize.needed(for: tests[test]) == memory && tests[test].cpus == cpus {
      if let last = batches.last?.last, tests[last].path == tests[test].path {
        batches[batches.count - 1].append(test)
      } else {
        batches.append([test])
      }
    }
    return batches
  }

  struct LaneKey: Sendable {
    var target: Int
    /// MiB of guest memory that the lane's tests want.
    var memory: Int
    /// Processors that they want.
    var cpus: Int
  }

  private func rooms(cpus: Int) -> MachineRooms {
    var machine = options.machine
    machine.cpus = cpus
    return MachineRooms(options: machine, note: options.note)
  }

  private func laneKeys() -> [LaneKey] {
    let sizes = Set(tests.map { MachineSize.needed(for: $0) }).sorted()
    return targets.indices.flatMap { target in
      sizes.flatMap { memory in
        let fitting = tests.filter { MachineSize.needed(for: $0) == memory }
        return Set(fitting.map(\.cpus)).sorted().map { LaneKey(target: target, memory: memory, cpus: $0) }
      }
    }
  }
}

/// The cells as they come in.
final class Board: Sendable {
  private struct State {
    var cells: [Int: Cell] = [:]
    var kernels: [KernelResult]
    var started: Set<Int> = []
  }

  private let state: Mutex<State>
  private let run: MatrixRun
  private let progress: @Sendable (Int, Int) -> Void
  private var total: Int { run.tests.count * run.targets.count }

  init(run: MatrixRun, progress: @escaping @Sendable (Int, Int) -> Void) {
    self.run = run
    self.progress = progress
    self.state = Mutex(State(kernels: run.targets.map(\.initialResult)))
  }

  func record(_ cell: Cell, test: Int, target: Int) {
    let done = state.withLock { state in
      state.cells[test * run.targets.count + target] = cell
      return state.cells.count
    }
    progress(done, total)
  }

  /// Notes how the first machine of a target came up.
  func note(_ facts: GuestFacts, accel: String, start: String, seconds: Double, target: Int) {
    state.withLock { state in
      guard state.started.insert(target).inserted else { return }
      state.kernels[target].release = facts.release
      state.kernels[target].arch = facts.machine
      state.kernels[target].accel = accel
      state.kernels[target].start = start
      state.kernels[target].seconds = seconds
    }
  }

  /// Everything, with those that `--fail-fast` left out marked as skipped.
  func finish() -> (cells: [Cell], kernels: [KernelResult]) {
    state.withLock { state in
      let cells = (0..<total).map { number in
        if let cell = state.cells[number] { return cell }
        let test = run.tests[number / run.targets.count]
        return Cell(
          suite: test.suite, test: test.name, kernel: run.targets[number % run.targets.count].id, verdict: .skipped,
          message: "not run: --fail-fast stopped at an earlier failure")
      }
      return (cells, state.kernels)
    }
  }
}

/// One `MachineRoom` for each size of guest memory.
final class MachineRooms: Sendable {
  private let options: MachineOptions
  private let rooms = Mutex<[Int: MachineRoom]>([:])

  private let note: @Sendable (String) -> Void

  init(options: MachineOptions, note: @escaping @Sendable (String) -> Void) {
    self.options = options
    self.note = note
  }

  func room(memory: Int) -> MachineRoom {
    rooms.withLock { rooms in
      if let room = rooms[memory] { return room }
      var sized = options
      sized.memory = max(options.memory, memory)
      let room = MachineRoom(options: sized, note: note)
      rooms[memory] = room
      return room
    }
  }
}
