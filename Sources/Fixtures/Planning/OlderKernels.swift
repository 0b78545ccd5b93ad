import BPF
import Compiling
import TestPlan

extension PlannedTest {
  /// The test as it runs on a kernel: of the object that is compiled for it.
  public func fitted(to facts: GuestFacts) -> PlannedTest {
    facts.hasFetchingAtomics ? self : older.first ?? self
  }
}

extension ProgramCompiler {
  /// Compiles a suite and plans its tests, and once more for kernels without fetching atomics where the program has some and
  /// the fixture doesn't say `mcpu`.
  public func prepare(
    _ suite: Suite, forOldKernels: Bool, keepGoing: Bool = false
  ) async throws -> PreparedSuite {
    var prepared = try await prepare(suite, keepGoing: keepGoing)
    guard forOldKernels, suite.mcpu == nil, suite.objectPath.hasSuffix(".c"), prepared.hasFetchingAtomics,
      // Where v2 can't say it, since the value that an atomic gives back is used, the kernel's refusal is what there is.
      let older = try? await prepare(suite.with(mcpu: ProgramSource.olderInstructions), keepGoing: keepGoing),
      !older.hasFetchingAtomics,
      older.tests.count == prepared.tests.count
    else { return prepared }
    for (index, var test) in older.tests.enumerated() {
      test.notes.append(
        "compiled with -mcpu=\(ProgramSource.olderInstructions): this kernel doesn't know the fetching atomics of -mcpu=v3 (`mcpu:` in the fixture says otherwise)"
      )
      prepared.tests[index].older = [test]
    }
    prepared.objects += older.objects
    return prepared
  }
}

extension PreparedSuite {
  fileprivate var hasFetchingAtomics: Bool { objects.contains(where: \.hasFetchingAtomics) }
}
