import BPF
import Compiling
import Executor
import Fixtures
import Foundation
import Housekeeping
import Kernels
import MicroVM
import Results
import TestPlan

/// A place where plans run one after the other: this machine's kernel, or a micro-VM's. Its calls block.
final class BenchTarget {
  private enum Place {
    case host(PlanExecutor)
    case guest(Guest, RelocationCache, kernelBTF: String)
  }

  private let place: Place
  private var sent: Set<ObjectID> = []
  private let objects: [ObjectID: Bytes]
  let kernel: KernelResult
  /// What is known of the kernel.
  let facts: GuestFacts

  /// Throws `InfrastructureError` when the machine doesn't come up.
  init(_ target: Target, objects: [ObjectID: Bytes], machine: MachineRoom) throws(InfrastructureError) {
    self.objects = objects
    var kernel = target.initialResult
    switch target {
    case .host:
      place = .host(PlanExecutor())
      facts = PlanExecutor.facts()
    case .missing(let id, let why): throw InfrastructureError("no kernel \(id) to time programs on", why: why)
    case .kernel(let found):
      let guest = try machine.boot(found)
      facts = guest.facts
      kernel.release = guest.facts.release
      kernel.arch = guest.facts.machine
      kernel.accel = guest.accel
      kernel.start = guest.start
      kernel.seconds = guest.seconds
      place = .guest(guest, RelocationCache(folder: CacheFolder.path("relocations")), kernelBTF: found.btf)
    }
    self.kernel = kernel
  }

  func close() {
    if case .guest(let guest, _, _) = place { guest.close() }
  }

  func run(_ number: Int, _ plan: TestPlan, timeout: Double) throws(GuestFailure) -> Observations {
    let bytes = sent.insert(plan.object).inserted ? objects[plan.object] : nil
    switch place {
    case .host(let executor):
      if let bytes { executor.keep(plan.object, bytes: bytes.array) }
      return withJITRestored(plan) { executor.run(plan) }
    case .guest(let guest, let relocations, let kernelBTF):
      if let bytes {
        let types = relocations.types(for: plan.object, bytes: bytes, kernelBTF: kernelBTF)
        try guest.send(object: plan.object, bytes: bytes, relocationBTF: types)
      }
      return try guest.run(number: number, plan: plan, timeout: timeout)
    }
  }

  /// The setting is the whole machine's: a signal in between must not leave it changed.
  private func withJITRestored(_ plan: TestPlan, _ body: () -> Observations) -> Observations {
    guard plan.jit != nil, let before = readFile(JITSetting.path) else { return body() }
    Cleanup.shared.add(setting: JITSetting.path, value: before)
    defer { Cleanup.shared.forget(setting: JITSetting.path) }
    return body()
  }
}
