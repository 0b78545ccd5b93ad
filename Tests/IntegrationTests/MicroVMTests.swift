import Foundation
import Kernels
import MicroVM
import Synchronization
import TestPlan
import Testing

/// Boots, clones and kills real kernels. What is missing for that (QEMU, busybox, the agent, the network for a first
/// fetch) is a failure with the reason in its message.
@Suite(.serialized) struct GuestTests {
  private let snapshots = NSTemporaryDirectory() + "bpftest-snapshots-\(UUID().uuidString)"

  private func kernel(_ id: String) async throws -> Kernel {
    let kernels = try await KernelStore().fetch([id], catalog: KernelCatalog.load()) { print($0) }
    return try #require(kernels.first)
  }

  private func room(cold: Bool = false, notes: Notes = Notes()) -> MachineRoom {
    MachineRoom(options: MachineOptions(accel: .tcg, cold: cold, snapshots: snapshots)) { notes.add($0) }
  }

  /// A plan that needs no object: the agent answers that it was never handed one.
  private let plan = TestPlan(object: ObjectID(rawValue: "none"), programs: [])

  final class Notes: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
  }

  @Test(arguments: ["5.10", "6.1", "6.12", "7.3-rc"])
  func aKernelBootsAndItsCloneAnswers(id: String) async throws {
    defer { try? FileManager.default.removeItem(atPath: snapshots) }
    let kernel = try await kernel(id)
    for start in ["clone", "clone", "cold"] {
      let guest = try room(cold: start == "cold").boot(kernel)
      #expect(guest.facts.release == kernel.release)
      #expect(guest.facts.possibleCPUs == 1)
      #expect(guest.start == start && guest.accel == "tcg")
      // More than any buffer on the way holds.
      try guest.send(object: ObjectID(rawValue: "big"), bytes: Bytes([UInt8](repeating: 7, count: 3 << 20)))
      let observations = try guest.run(number: 1, plan: plan, timeout: 60)
      guard case .refused(let refusal) = observations.load else {
        Issue.record("\(observations)")
        continue
      }
      #expect(refusal.operation.contains("never handed over"))
      guest.close()
    }
  }

  @Test func threadsShareOneSnapshotAndDisturbNobody() async throws {
    defer { try? FileManager.default.removeItem(atPath: snapshots) }
    let kernel = try await kernel("5.10")
    let room = room()
    let starts = Notes()
    let plan = self.plan
    await withTaskGroup { group in
      for number in 0..<4 {
        group.addTask {
          do {
            let guest = try room.boot(kernel)
            _ = try guest.run(number: number, plan: plan, timeout: 60)
            starts.add(guest.start)
          } catch {
            starts.add("\(error)")
          }
        }
      }
    }
    #expect(starts.all == ["clone", "clone", "clone", "clone"])
    let kept = try FileManager.default.contentsOfDirectory(atPath: snapshots).filter { !$0.hasPrefix(".") }
    #expect(kept.count == 1)
  }

  @Test func aSnapshotThatIsBrokenIsDroppedAndTheKernelBootedFromScratch() async throws {
    defer { try? FileManager.default.removeItem(atPath: snapshots) }
    let kernel = try await kernel("5.10")
    try room().boot(kernel).close()
    let name = try #require(FileManager.default.contentsOfDirectory(atPath: snapshots).first { !$0.hasPrefix(".") })
    try Data("not a migration stream".utf8).write(to: URL(fileURLWithPath: "\(snapshots)/\(name)/state.bin"))
    let notes = Notes()
    let guest = try room(notes: notes).boot(kernel)
    #expect(guest.start == "cold")
    #expect(notes.all.count == 1 && notes.all.first?.contains("the snapshot gave no guest and was dropped") == true)
    #expect(!FileManager.default.fileExists(atPath: "\(snapshots)/\(name)"))
  }

  @Test func killingQEMUIsAFaultOfTheMachineryAndTheNextGuestIsWell() async throws {
    defer { try? FileManager.default.removeItem(atPath: snapshots) }
    let kernel = try await kernel("5.10")
    let room = room()
    let guest = try room.boot(kernel)
    kill(guest.process, SIGKILL)
    let failure = #expect(throws: GuestFailure.self) { try guest.run(number: 1, plan: plan, timeout: 60) }
    guard case .infra(let reason, _) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(reason == "QEMU was killed by signal 9")
    _ = try room.boot(kernel).run(number: 2, plan: plan, timeout: 60)
  }

  @Test func aMachineKilledInItsFirstBootIsBootedAgain() async throws {
    defer { try? FileManager.default.removeItem(atPath: snapshots) }
    let kernel = try await kernel("5.10")
    let notes = Notes()
    let room = room(notes: notes)
    let snapshots = snapshots
    let killer = Task.detached {
      // The machine that makes the snapshot is the only one whose command line names our folder.
      while true {
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
          guard let process = pid_t(name), let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline"),
            String(decoding: line, as: UTF8.self).contains("mem-path=\(snapshots)")
          else { continue }
          kill(process, SIGKILL)
          return
        }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    let guest = try room.boot(kernel)
    try await killer.value
    #expect(guest.start == "cold")
    #expect(notes.all == ["kernel 5.10: no snapshot (QEMU was killed by signal 9); booting from scratch"])
  }

  @Test func aGuestThatStandsStillIsHung() async throws {
    defer { try? FileManager.default.removeItem(atPath: snapshots) }
    let guest = try room().boot(try await kernel("5.10"))
    kill(guest.process, SIGSTOP)
    #expect(throws: GuestFailure.hung(console: "")) { try guest.run(number: 1, plan: plan, timeout: 0.5) }
  }

  @Test func aFullDiskCostsTheSnapshotOnly() async throws {
    let kernel = try await kernel("5.10")
    let notes = Notes()
    // No disk has room for 2^40 MiB, and QEMU refuses them too: it is the note that counts.
    let room = MachineRoom(
      options: MachineOptions(accel: .tcg, memory: 1 << 40, bootTimeout: 1, snapshots: snapshots)
    ) { notes.add($0) }
    defer { try? FileManager.default.removeItem(atPath: snapshots) }
    #expect(throws: InfrastructureError.self) { try room.boot(kernel) }
    #expect(notes.all.first?.hasPrefix("no room for a snapshot of kernel 5.10") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: snapshots).isEmpty)
  }

  @Test func nothingIsLeftBehind() async throws {
    defer { try? FileManager.default.removeItem(atPath: snapshots) }
    var guest: Guest? = try room().boot(try await kernel("5.10"))
    let process = try #require(guest?.process)
    #expect(kill(process, 0) == 0)
    guest = nil
    #expect(kill(process, 0) != 0)
    let left = try FileManager.default.contentsOfDirectory(atPath: snapshots).filter { $0.hasPrefix(".tmp") }
    #expect(left.isEmpty)
  }
}
