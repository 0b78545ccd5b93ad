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

  /// So many machines in a row may die without an answer before the lane is given up.
  private static let patience = 3

  func work(in room: MachineRoom) {
    switch run.targets[target] {
    case .host: workOnHost()
    case .kernel(let kernel): work(on: kernel, in: room)
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

  private func judge(_ test: Int, _ observations: Observations) -> Cell {
    run.tests[test].judge(observations, kernel: run.targets[target].id, release: run.targets[target].release)
  }

  private func workOnHost() {
    let executor = PlanExecutor()
    var kept: Set<ObjectID> = []
    while let test = queue.next(in: lane) {
      let planned = run.tests[test]
      if let cell = planned.skipped(kernel: run.targets[target].id, release: run.targets[target].release) {
        record(cell, test: test)
        continue
      }
      if kept.insert(planned.plan.object).inserted, let bytes = run.objects[planned.plan.object] {
        executor.keep(planned.plan.object, bytes: bytes.array)
      }
      record(judge(test, executor.run(planned.plan)), test: test)
    }
  }

  private func work(on kernel: Kernel, in room: MachineRoom) {
    var guest: Guest?
    var sent: Set<ObjectID> = []
    var trouble = 0
    defer { guest?.close() }
    while let test = queue.next(in: lane) {
      let planned = run.tests[test]
      if let cell = planned.skipped(kernel: kernel.id, release: kernel.release) {
        record(cell, test: test)
        continue
      }
      let machine: Guest
      do {
        if let guest {
          machine = guest
        } else {
          machine = try room.boot(kernel)
          sent = []
          guest = machine
          board.note(
            machine.facts, accel: machine.accel, start: machine.start, seconds: machine.seconds, target: target)
        }
      } catch {
        // Whatever kept this machine from coming up keeps the next one too.
        for left in [test] + queue.drain(lane) { record(cell(left, .infra, "\(error)"), test: left) }
        return
      }
      do {
        if sent.insert(planned.plan.object).inserted, let bytes = run.objects[planned.plan.object] {
          try machine.send(object: planned.plan.object, bytes: bytes)
        }
        let observations = try machine.run(number: test, plan: planned.plan, timeout: run.options.timeout)
        trouble = 0
        record(judge(test, observations), test: test)
      } catch {
        machine.close()
        guest = nil
        // A kernel that crashed or hung is the test's doing, and says nothing of the next machine.
        let failed = cell(test, of: error)
        trouble = failed.verdict == .infra ? trouble + 1 : 0
        record(failed, test: test)
        if trouble == Self.patience {
          for left in queue.drain(lane) {
            record(cell(left, .infra, "not run: \(trouble) machines in a row died (last: \(error))"), test: left)
          }
          return
        }
      }
    }
  }

  private func cell(_ test: Int, of error: any Error) -> Cell {
    switch error as? GuestFailure {
    case .crashed(let reason, let console): cell(test, .crashed, "the kernel died: \(reason)", log: console)
    case .hung(let console):
      cell(test, .hung, "no answer within the time limit of \(run.options.timeout) s", log: console)
    case .infra(let reason, let console): cell(test, .infra, reason, log: console)
    case nil: cell(test, .infra, "\(error)")
    }
  }
}
