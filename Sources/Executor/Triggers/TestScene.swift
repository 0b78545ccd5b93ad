import BPF
import Glibc
import TestPlan

/// What one test has around its loaded object: attachments, and the processes of its triggers. All of it ends with the
/// test.
final class TestScene {
  /// What was made around the test; its threads and processes stand in it.
  let environment: TestEnvironment?
  private var links: [(name: String, link: BPFLink)] = []
  /// Sockets that maps hold.
  let sockets = TestSockets()
  /// Does every trigger that is a system call, so that sockets and such stay open from step to step.
  private var caller: TriggerProcess?
  /// The process of a step's first trigger, where that runs a program.
  private var next: ProgramRun?
  private var files: [String] = []
  /// What the last run of a program has left; `nil` before the first, and after one that the kernel refused.
  var previousRun: PreviousRun?

  init(environment: TestEnvironment? = nil) { self.environment = environment }

  /// Detaches everything and ends every process.
  func close() {
    next = nil
    caller = nil
    links.removeAll()
    sockets.close()
    for path in files { unlink(path) }
    files = []
  }

  deinit { close() }

  /// Makes files that weren't there.
  func make(_ writes: [FileWrite]) throws(BPFError) {
    for write in writes {
      let file = open(write.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, write.mode)
      guard file >= 0 else {
        throw BPFError(
          .kernel, errno: errno, operation: "making the file \(write.path)",
          detail: errno == EEXIST ? "a test makes and removes only files that aren't there; choose another name" : "")
      }
      defer { Glibc.close(file) }
      files.append(write.path)
      // Less than asked for means that the disk is full.
      guard Glibc.write(file, write.bytes.array, write.bytes.count) == write.bytes.count else {
        throw BPFError(.kernel, errno: errno == 0 ? ENOSPC : errno, operation: "writing the file \(write.path)")
      }
    }
  }

  // MARK: Attachments

  func attach(_ attachments: [Attachment], of loaded: LoadedObject) throws(BPFError) {
    guard !attachments.isEmpty else { return }
    for attachment in attachments {
      links.append(
        (attachment.subject.name, try Attacher(loaded: loaded, environment: environment).attach(attachment)))
    }
    loaded.hasBeenAttached = true
  }

  // MARK: Processes

  /// Sees to it that the process of a step's first trigger is there, and tells its number.
  func prepare(_ triggers: [Trigger]) throws(BPFError) -> Int32 {
    if case .exec(_, let input)? = triggers.first {
      let run = try programRun(input)
      next = run
      return run.process.number
    }
    if case .socket? = triggers.first { return getpid() }
    return try callingProcess().number
  }

  private func programRun(_ input: Bytes?) throws(BPFError) -> ProgramRun {
    if let next { return next }
    return try ProgramRun(standardInput: input)
  }

  /// The number of the process that does system calls.
  func callerNumber() throws(BPFError) -> Int32 { try callingProcess().number }

  private func callingProcess() throws(BPFError) -> TriggerProcess {
    if let caller, caller.waitStatus == nil { return caller }
    let fresh = try TriggerProcess()
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
      guard let link = links.first(where: { $0.name == program })?.link else {
        throw BPFError(.badArgument, operation: "reading iterator `\(program)`", detail: "it isn't attached")
      }
      return try link.iterate()
    case .socket(var operation):
      operation.limit = min(operation.limit, seconds)
      guard let sockets = environment?.sockets else {
        throw BPFError(.badArgument, operation: "sockets need an environment, and the plan has none")
      }
      return sockets.perform(operation)
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
