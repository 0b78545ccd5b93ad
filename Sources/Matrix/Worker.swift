import Executor
import Fixtures
import Kernels
import MicroVM
import Results
import TestPlan

/// Takes the tests of one lane, one after the other, on one machine after the other if need be.
struct Worker {
  let run: MatrixRun
  let target: Int
  let queue: Lanes
  let lane: Int
  let board: Board
  /// MiB of guest memory of the lane.
  let memory: Int

  /// So many machines in a row may die without an answer before the lane is given up.
  private static let patience = 3

  func work(in rooms: MachineRooms) {
    switch run.targets[target] {
    case .host: workOnHost()
    case .kernel(let kernel): work(on: kernel, in: rooms)
    case .missing(_, let why):
      for test in queue.drain(lane) { record(cell(test, .infra, why), test: test) }
    }
  }

  private func record(_ cell: Cell, test: Int) {
    board.record(cell, test: test, target: target)
    if run.options.failFast, cell.verdict != .passed, cell.verdict != .skipped { queue.stop() }
  }

  private func cell(_ test: Int, _ verdict: Verdict, _ message: String, log: String? = nil) -> Cell {
    Cell(
      suite: run.tests[test].suite, test: run.tests[test].name, kernel: run.targets[target].id, verdict: verdict,
      message: message, log: log)
  }

  func judge(_ test: PlannedTest, _ observations: Observations) -> Cell {
    let cell = test.judge(observations, kernel: run.targets[target].id, release: run.targets[target].release)
    return test.noting(
      splatsOf: observations, in: cell, allowed: run.options.allowedSplats, today: run.options.today)
  }

  var followUp: FollowUp {
    let target = run.targets[target]
    return FollowUp(options: run.options, kernel: target.id, release: target.release)
  }

  /// Hands the lane's tests to `body`, those that don't apply to this kernel aside, until it gives up. It also gets the test
  /// that comes after, where that is known.
  private func eachTest(_ body: (_ test: Int, _ next: Int?) -> Bool) {
    let target = run.targets[target]
    while let batch = queue.next(in: lane) {
      let tests = batch.filter { test in
        guard let cell = run.tests[test].skipped(kernel: target.id, release: target.release) else { return true }
        record(cell, test: test)
        return false
      }
      for (position, test) in tests.enumerated() {
        if queue.isStopped { return }
        let rest = tests[(position + 1)...]
        if !body(test, rest.first) {
          giveUp(rest + queue.drain(lane))
          return
        }
      }
    }
  }

  private func workOnHost() {
    let executor = PlanExecutor()
    var kept: Set<ObjectID> = []
    let facts = PlanExecutor.facts()
    eachTest { test, _ in
      let planned = run.tests[test].fitted(to: facts)
      let plan = planned.plan
      if kept.insert(plan.object).inserted, let bytes = run.objects[plan.object] {
        executor.keep(plan.object, bytes: bytes.array)
      }
      func execute(_ plan: TestPlan) -> Observations { run.hostTurns.run(plan) { executor.run(plan) } }
      let seen = execute(plan)
      record(followUp.finish(judge(planned, seen), of: planned, seen, run: execute), test: test)
      return true
    }
  }

  /// Hands an object over, with the part of the kernel's types that it needs.
  func send(_ object: ObjectID, of kernel: Kernel, to machine: Guest) throws {
    guard let bytes = run.objects[object] else { return }
    let types = run.relocations.types(for: object, bytes: bytes, kernelBTF: kernel.btf)
    try machine.send(object: object, bytes: bytes, relocationBTF: types)
  }

  /// The longest that a test may take there, in seconds.
  func limit(on machine: Guest) -> Double { run.options.limit(accel: machine.accel) }

  private func work(on kernel: Kernel, in rooms: MachineRooms) {
    let room = rooms.room(memory: memory)
    let larger = LargerMachine(worker: self, kernel: kernel, rooms: rooms)
    var guest: Guest?
    var sent: Set<ObjectID> = []
    // The test that the guest has been handed already.
    var begun: Int?
    // The test that the guest ran last, and what is told of it.
    var last: (test: Int, cell: Cell)?
    var trouble = 0
    defer { guest?.close() }
    func begin(_ test: Int, on machine: Guest) throws {
      let plan = run.tests[test].fitted(to: machine.facts).plan
      if sent.insert(plan.object).inserted { try send(plan.object, of: kernel, to: machine) }
      try machine.begin(number: test, plan: plan)
      begun = test
    }
    eachTest { test, next in
      if MachineSize.isBeyondAll(run.tests[test]), !run.tests[test].expectsShortage {
        record(beyondAll(test), test: test)
        return true
      }
      let machine: Guest
      do {
        machine = try guest ?? boot(kernel, in: room)
      } catch {
        // Whatever kept this machine from coming up keeps the next one too.
        record(cell(test, .infra, "\(error)"), test: test)
        return false
      }
      if guest == nil { (sent, begun, last) = ([], nil, nil) }
      guest = machine
      do {
        if begun != test { try begin(test, on: machine) }
        let observations = try machine.finish(number: test, timeout: limit(on: machine))
        // The guest works on the next test while this one is judged. Should it have died, that will be seen when its turn
        // comes.
        if let next { try? begin(next, on: machine) }
        trouble = 0
        if let (before, cell) = last {
          let noted = run.tests[before].noting(
            splatsBefore: observations, in: cell, allowed: run.options.allowedSplats, today: run.options.today)
          if noted != cell { record(noted, test: before) }
        }
        if let words = run.tests[test].shortage(in: observations) {
          // Who knows what else the kernel has killed.
          machine.close()
          guest = nil
          record(larger.run(test, after: words, memory: room.options.memory), test: test)
          return true
        }
        var broken = false
        let planned = run.tests[test].fitted(to: machine.facts)
        let finished = followUp.finish(judge(planned, observations), of: planned, observations) { plan in
          do {
            return try machine.run(number: test, plan: plan, timeout: limit(on: machine))
          } catch {
            broken = true
            throw error
          }
        }
        // A kernel warns of a thing once, and stays tainted: the next test gets one that hasn't.
        if broken || observations.hasLeftTraces {
          machine.close()
          guest = nil
        }
        last = (test, finished)
        record(finished, test: test)
      } catch {
        machine.close()
        guest = nil
        if (error as? GuestFailure)?.isOutOfMemory == true {
          record(larger.run(test, after: "the kernel died of it", memory: room.options.memory), test: test)
          return true
        }
        // A kernel that crashed or hung is the test's doing, and says nothing of the next machine.
        let failed = cell(test, of: error, limit: limit(on: machine))
        trouble = failed.verdict == .infra ? trouble + 1 : 0
        record(failed, test: test)
      }
      return trouble < Self.patience
    }
  }

  func boot(_ kernel: Kernel, in room: MachineRoom) throws -> Guest {
    let guest = try room.boot(kernel)
    board.note(guest.facts, accel: guest.accel, start: guest.start, seconds: guest.seconds, target: target)
    return guest
  }

  /// Notes tests that will not be run, since the machines of this kernel are of no use.
  private func giveUp(_ tests: some Sequence<Int>) {
    for test in tests {
      record(
        cell(test, .infra, "not run: no machine of kernel \(run.targets[target].id) works (see above)"), test: test)
    }
  }

  private func beyondAll(_ test: Int) -> Cell {
    run.tests[test].cellOfShortage(
      "its maps are larger than the largest micro-VM that this machine has the memory for, which is of "
        + "\(MachineSize.limit) MiB", kernel: run.targets[target].id)
  }

  func cell(_ test: Int, of error: any Error, limit: Double? = nil) -> Cell {
    let failure = error as? GuestFailure
    return switch failure {
    case .crashed(let reason, let console): cell(test, .crashed, "the kernel died: \(reason)", log: console)
    case .hung(let console):
      cell(
        test, .hung,
        "no answer within the time limit of \(limit ?? run.options.limit(accel: "")) s"
          + (failure?.stuck.map { "; the kernel says: \($0)" } ?? ""), log: console)
    case .infra(let reason, let console): cell(test, .infra, reason, log: console)
    case nil: cell(test, .infra, "\(error)")
    }
  }
}
