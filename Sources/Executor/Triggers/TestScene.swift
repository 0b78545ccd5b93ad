import BPF
import Glibc
import TestPlan

/// What one test has around its loaded object: attachments, and the processes of its triggers. All of it ends with the
/// test.
final class TestScene {
  private var place = TriggerPlace()
  private var links: [String: BPFLink] = [:]
  /// Sockets that maps hold.
  let sockets = TestSockets()
  /// Does every trigger that is a system call, so that sockets and such stay open from step to step.
  private var caller: TriggerProcess?
  /// The process of a step's first trigger, where that runs a program.
  private var next: ProgramRun?

  /// Detaches everything and ends every process.
  func close() {
    next = nil
    caller = nil
    links.removeAll()
    sockets.close()
  }

  // MARK: Attachments

  func attach(_ attachments: [Attachment], of object: BPFObject) throws(BPFError) {
    for attachment in attachments {
      let link = try Attacher(object: object).attach(attachment)
      links[attachment.subject.name] = link
    }
  }

  // MARK: Processes

  /// Sees to it that the process of a step's first trigger is there, and tells its number.
  func prepare(_ triggers: [Trigger]) throws(BPFError) -> Int32 {
    if case .exec(_, let input)? = triggers.first {
      let run = try programRun(input)
      next = run
      return run.process.number
    }
    return try callingProcess().number
  }

  private func programRun(_ input: Bytes?) throws(BPFError) -> ProgramRun {
    if let next { return next }
    return try ProgramRun(in: place, standardInput: input)
  }

  private func callingProcess() throws(BPFError) -> TriggerProcess {
    if let caller, caller.waitStatus == nil { return caller }
    let fresh = try TriggerProcess(in: place)
    caller = fresh
    return fresh
  }

  // MARK: Triggers

  /// Does one trigger; `nil` when it didn't end in time.
  func run(_ trigger: Trigger, seconds: Double) throws(BPFError) -> TriggerObservation? {
    switch trigger {
    case .exec(let arguments, let input):
      let run = try programRun(input)
      next = nil
      return run.run(arguments, seconds: seconds)
    case .iterate(let program):
      guard let link = links[program] else {
        throw BPFError(.badArgument, operation: "reading iterator `\(program)`", detail: "it isn't attached")
      }
      return try link.iterate()
    default:
      return TriggerCalls.run(trigger, in: try callingProcess(), seconds: seconds)
    }
  }
}

extension BPFLink {
  fileprivate func iterate() throws(BPFError) -> TriggerObservation {
    do {
      return TriggerObservation(output: Bytes(try readIterator(limit: ProgramRun.mostOutput)))
    } catch {
      guard error.code == .kernel else { throw error }
      return TriggerObservation(errno: error.errno)
    }
  }
}
