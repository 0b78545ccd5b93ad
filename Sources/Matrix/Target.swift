import BPF
import Executor
import Kernels
import Results
import TestPlan

/// A kernel that tests run on.
public enum Target: Sendable, Hashable {
  /// The one this process runs on.
  case host
  /// One of the store's, in a micro-VM.
  case kernel(Kernel)
  /// One that couldn't be fetched, and why.
  case missing(id: String, why: String)

  /// What results call it: `host`, or the catalog's id.
  public var id: String {
    switch self {
    case .host: "host"
    case .kernel(let kernel): kernel.id
    case .missing(let id, _): id
    }
  }

  /// `uname -r`, known before anything boots; empty of a kernel that isn't there.
  public var release: String {
    switch self {
    case .host: PlanExecutor.facts().release
    case .kernel(let kernel): kernel.release
    case .missing: ""
    }
  }

  /// Whether it may need objects compiled for it: what it does need is found out on it.
  var isOld: Bool {
    !release.isEmpty && KernelRange("<5.12")?.contains(KernelRelease(release)) == true
  }

  /// The target as results show it before (or without) any machine having come up.
  var initialResult: KernelResult {
    switch self {
    case .host:
      let facts = PlanExecutor.facts()
      return KernelResult(
        id: id, release: facts.release, arch: facts.machine, accel: "native", start: "native", seconds: 0)
    case .kernel(let kernel):
      return KernelResult(id: id, release: kernel.release, arch: kernel.arch, accel: "", start: "", seconds: 0)
    case .missing: return KernelResult(id: id, release: "", arch: "", accel: "", start: "", seconds: 0)
    }
  }
}

/// A part of the tests, for one of several machines: `2/5`.
public struct Shard: Sendable, Hashable {
  /// From 1.
  public var index: Int
  public var count: Int

  /// Reads `I/N`; `nil` unless 1 ≤ I ≤ N.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]), index >= 1, index <= count else {
      return nil
    }
    self.index = index
    self.count = count
  }

  /// Whether the item of that number, from 0, belongs to this shard. Neighbours go to different shards, since
  /// neighbouring tests often cost alike.
  public func contains(_ number: Int) -> Bool { number % count == index - 1 }
}
