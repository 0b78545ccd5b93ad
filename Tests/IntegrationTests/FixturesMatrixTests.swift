import Foundation
import Kernels
import Matrix
import MicroVM
import Results
import Testing

/// Boots real kernels in micro-VMs. What is missing for that is a failure, with the reason in its message.
@Suite(.serialized) struct FixturesMatrixTests {
  /// The oldest, two in the middle, and the newest.
  static let kernels = "5.10,6.1,6.12,7.3-rc"

  @Test func theRepositorysFixturesHoldOnOldAndNewKernels() async throws {
    let session = try await Session.prepare(paths: [Workbench.fixtures], choice: .list(Self.kernels))
    let results = await session.run(options: MatrixRun.Options(timeout: 60))
    let bad = results.cells.filter { $0.verdict != .passed && $0.verdict != .skipped }
    #expect(bad.isEmpty, "\(bad.map { "\($0.kernel) \($0.suite)/\($0.test): \($0.verdict) \($0.message)" })")
    #expect(results.cells.count == session.tests.count * 4)
    // A test that is skipped everywhere shows nothing.
    for test in Set(results.cells.map(\.test)) {
      #expect(results.cells.contains { $0.test == test && $0.verdict == .passed }, "\(test)")
    }
    #expect(Set(results.kernels.map(\.start)) == ["clone"])
  }

  @Test func aFixtureBrokenOnPurposeFailsOnEveryKernel() async throws {
    let bench = try Workbench()
    try bench.fixture("  - name: broken\n    packet: Ether()/Raw(\"x\"*46)\n    expect: { return: XDP_DROP }\n")
    let results = try await bench.run(on: .list("5.10,6.12"))
    #expect(results.cells.map(\.verdict) == [.failed, .failed])
    #expect(results.cells.first?.failures.first?.seen == "XDP_PASS (2)")
    #expect(results.exitCode == 1)
  }

  @Test func aTestWithoutEndIsHungAndTheNextOneRuns() async throws {
    let bench = try Workbench()
    try bench.fixture(
      """
        - name: endless
          program: endless
          repeat: 2147483647
          packet: Ether()/Raw("x"*46)
          expect: { return: XDP_PASS }
        - name: after it
          packet: Ether()/Raw("x"*46)
          expect: { return: XDP_PASS }
      """)
    let results = try await bench.run(on: .list("6.1"), options: MatrixRun.Options(jobs: 1, timeout: 3))
    #expect(results.cells.map(\.verdict) == [.hung, .passed], "\(results.cells.map(\.message))")
  }

  @Test func aColdBootGivesTheSameVerdicts() async throws {
    let bench = try Workbench()
    try bench.fixture("  - name: passes\n    packet: Ether()/Raw(\"x\"*46)\n    expect: { return: XDP_PASS }\n")
    var machine = MachineOptions()
    machine.cold = true
    let results = try await bench.run(on: .list("6.1"), options: MatrixRun.Options(machine: machine))
    #expect(results.cells.map(\.verdict) == [.passed])
    #expect(results.kernels.map(\.start) == ["cold"])
  }
}
