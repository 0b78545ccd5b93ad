import Fixtures
import Kernels
import MicroVM
import Results
import Synchronization
import TestPlan

/// Tests for which a machine was too small are run again, alone in fresh and larger ones, before anything is judged.
struct LargerMachine {
  let worker: Worker
  let kernel: Kernel
  let rooms: MachineRooms

  /// One at a time: this machine's memory has an end, too.
  private static let turn = Mutex(())

  /// - Parameters:
  ///   - words: what ran out in a machine of `memory` MiB.
  func run(_ test: Int, after words: String, memory: Int) -> Cell {
    Self.turn.withLock { _ in
      var words = words
      var last = memory
      for size in MachineSize.larger(than: memory) {
        last = size
        do {
          let machine = try worker.boot(kernel, in: rooms.room(memory: size))
          defer { machine.close() }
          switch try attempt(test, on: machine) {
          case .judged(let cell): return cell
          case .ranOut(let why): words = why
          }
        } catch let failure as GuestFailure where failure.isOutOfMemory {
          words = failure.lastWords
        } catch GuestFailure.hung {
          words = "it had no answer within the time limit"
          return shortage(of: test, words, size)
        } catch {
          return worker.cell(test, of: error)
        }
      }
      return shortage(of: test, words, last)
    }
  }

  private enum Outcome {
    case judged(Cell)
    case ranOut(String)
  }

  private func attempt(_ test: Int, on machine: Guest) throws -> Outcome {
    let planned = worker.run.tests[test].fitted(to: machine.facts)
    try worker.send(planned.plan.object, of: kernel, to: machine)
    let limit = worker.limit(on: machine)
    let seen = try machine.run(number: test, plan: planned.plan, timeout: limit)
    if let words = planned.shortage(in: seen) { return .ranOut(words) }
    let cell = worker.followUp.finish(worker.judge(planned, seen), of: planned, seen) { plan in
      try machine.run(number: test, plan: plan, timeout: limit)
    }
    return .judged(cell)
  }

  private func shortage(of test: Int, _ words: String, _ memory: Int) -> Cell {
    worker.run.tests[test].cellOfShortage(
      "\(words), alone in a fresh machine of \(memory) MiB", kernel: kernel.id)
  }
}

extension GuestFailure {
  /// What the kernel said when it died.
  fileprivate var lastWords: String {
    if case .crashed(let reason, _) = self { return reason }
    return "\(self)"
  }
}
