import Foundation
import Kernels
import Synchronization
import TestPlan

/// Why a guest gave no answer.
public enum GuestFailure: Error, Hashable, Sendable {
  /// Its kernel died; the decisive line, and the console's last lines.
  case crashed(reason: String, console: String)
  /// It didn't answer in time; the console's last lines.
  case hung(console: String)
  /// The machinery failed, so that nothing is known about the program.
  case infra(reason: String, console: String)

  /// Of a guest that hung: the kernel's own complaint on its console that something goes on for too long, a lockup or a stall.
  public var stuck: String? {
    guard case .hung(let console) = self, case .stuck(let words) = ConsoleWatch.sign(in: console) else { return nil }
    return words
  }

  /// Whether the kernel died of memory (mm/oom_kill.c): no fault of a program's.
  public var isOutOfMemory: Bool {
    guard case .crashed(let reason, let console) = self else { return false }
    let signs = ["System is deadlocked on memory", "Out of memory: Kill", "Out of memory and no killable processes"]
    return signs.contains { reason.contains($0) || console.contains($0) }
  }
}

/// A micro-VM whose agent answers. Its calls block; it belongs to one thread at a time.
public final class Guest: Sendable {
  /// What the agent says of its kernel.
  public let facts: GuestFacts
  /// `clone` of a snapshot, or `cold`: booted from scratch.
  public let start: String
  /// `kvm` or `tcg`.
  public let accel: String
  /// From the start of QEMU to the agent's answer.
  public let seconds: Double
  private let machine: Machine
  /// Of plans that were begun, and that nobody has waited for yet.
  private let answers = Mutex<[Int: Observations]>([:])
  /// Sending an object of some megabytes to a guest under emulation takes a fraction of a second.
  private static let sendTimeout = 30.0

  init(machine: Machine, facts: GuestFacts, start: String, accel: String, seconds: Double) {
    self.machine = machine
    self.facts = facts
    self.start = start
    self.accel = accel
    self.seconds = seconds
  }

  /// The process number of the guest's QEMU.
  public var process: Int32 { machine.process.pid }

  /// Hands an object over to the agent, for plans that name it, with the part of the guest kernel's BTF that its CO-RE
  /// relocations need; `nil` lets them see all of it.
  public func send(object id: ObjectID, bytes: Bytes, relocationBTF: Bytes? = nil) throws(GuestFailure) {
    try send(
      .object(id: id, bytes: bytes, relocationBTF: relocationBTF), until: Deadline(seconds: Self.sendTimeout))
  }

  /// Runs a plan and waits for what was observed, at most `seconds`. After a failure the guest is of no more use.
  public func run(number: Int, plan: TestPlan, timeout seconds: Double) throws(GuestFailure) -> Observations {
    try begin(number: number, plan: plan)
    return try finish(number: number, timeout: seconds)
  }

  /// Hands a plan over, to be run after those that were handed over before it.
  public func begin(number: Int, plan: TestPlan) throws(GuestFailure) {
    try send(.run(number: number, plan: plan), until: Deadline(seconds: Self.sendTimeout))
  }

  /// Waits for what was observed of a plan that was begun, at most `seconds` from now.
  public func finish(number: Int, timeout seconds: Double) throws(GuestFailure) -> Observations {
    if let observations = answers.withLock({ $0.removeValue(forKey: number) }) { return observations }
    let deadline = Deadline(seconds: seconds)
    while true {
      switch try receive(until: deadline) {
      case .observed(number, let observations): return observations
      case .observed(let other, let observations): answers.withLock { $0[other] = observations }
      case .ready: continue
      case .failed(let reason): throw .infra(reason: reason, console: machine.consoleTail)
      }
    }
  }

  /// Ends the guest at once. It also ends with its last reference.
  public func close() { machine.process.kill() }

  private func send(_ message: HostMessage, until deadline: Deadline) throws(GuestFailure) {
    do throws(WireError) {
      try machine.channel.send(Frame.wrap(message.payload), until: deadline, isDead: { machine.isDead })
    } catch {
      throw machine.failure(error)
    }
  }

  private func receive(until deadline: Deadline) throws(GuestFailure) -> GuestMessage {
    do throws(WireError) {
      return try machine.receive(until: deadline)
    } catch {
      throw machine.failure(error)
    }
  }
}

extension Machine {
  /// The agent's next message.
  func receive(until deadline: Deadline) throws(WireError) -> GuestMessage {
    let payload = try channel.receiveFrame(until: deadline, isDead: { self.isDead })
    do {
      return try GuestMessage(payload: payload)
    } catch {
      throw .broken("\(error)")
    }
  }

  /// What a channel that went wrong says about the guest: the console and QEMU's end decide.
  func failure(_ error: WireError) -> GuestFailure {
    // A kernel that panics takes a moment to print all of it and to reset.
    let status = error == .closed || error == .stopped ? process.wait(seconds: 2) : process.wait(seconds: 0)
    let console = consoleTail
    if case .dead(let words) = sign { return .crashed(reason: words, console: console) }
    switch error {
    case .timedOut: return .hung(console: console)
    case .broken(let words): return .infra(reason: "the guest's answer can't be read: \(words)", console: console)
    case .closed, .stopped:
      // `-no-reboot` ends QEMU in peace when the guest resets.
      if status == 0 { return .crashed(reason: "the guest reset itself without a word", console: console) }
      return .infra(reason: obituary(status), console: console)
    }
  }
}
