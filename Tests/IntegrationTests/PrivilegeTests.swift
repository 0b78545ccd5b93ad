import BPFTesting
import Foundation
import Subprocess
import Testing

/// Whether this process is the one that runs `Unprivileged` as `nobody`.
private let isNobody = ProcessInfo.processInfo.environment["BPFTEST_TESTS_AS_NOBODY"] == "1"

/// What `.requires(…)` makes of a probe that the kernel refuses: no skip, since a green run would have run nothing.
@Suite struct PrivilegeTests {
  @Test(.disabled(if: isNobody)) func whatIsRefusedFailsTheTest() async throws {
    // This bundle once more, from where everybody may read it.
    let folder = NSTemporaryDirectory() + "bpftest-nobody-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bundle = folder + "/tests.xctest"
    try FileManager.default.copyItem(atPath: try #require(CommandLine.arguments.first), toPath: bundle)
    let run = try await Subprocess.run(
      .name("setpriv"),
      arguments: [
        "--reuid=65534", "--regid=65534", "--clear-groups", bundle, "--testing-library", "swift-testing", "--filter",
        "IntegrationTests.Unprivileged",
      ],
      environment: .inherit.updating(["BPFTEST_TESTS_AS_NOBODY": "1", "NO_COLOR": "1"]), input: .none,
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    let told = run.standardOutput + run.standardError
    #expect(run.terminationStatus == .exited(1), "\(told)")
    for name in Unprivileged.names {
      #expect(
        told.contains("Test \(name)() recorded an issue: Caught error: finding out whether this kernel has "),
        "\(name): \(told)")
      #expect(!told.contains("Test \(name)() skipped"), "\(name): \(told)")
    }
    #expect(told.contains("this process lacks the privilege, so nothing is known of the kernel"), "\(told)")
    #expect(!told.contains(Unprivileged.words), "a test ran: \(told)")
    #expect(told.contains("Test aStructThatIsThereIsFound() passed"), "\(told)")
    #expect(told.contains("Test aStructThatIsNotThereIsSkipped() skipped"), "\(told)")
  }
}

/// Run by `PrivilegeTests` as `nobody` alone.
@Suite(.enabled(if: isNobody)) struct Unprivileged {
  static let words = "ran without its feature"
  static let names = ["programType", "mapType", "arena", "helper", "testRun", "liveFrames", "attachment"]

  @Test(.requires(.programType(.xdp))) func programType() { Issue.record("\(Self.words)") }
  @Test(.requires(.mapType(.hash))) func mapType() { Issue.record("\(Self.words)") }
  @Test(.requires(.mapType(.arena))) func arena() { Issue.record("\(Self.words)") }
  @Test(.requires(.helper("bpf_loop", for: .xdp))) func helper() { Issue.record("\(Self.words)") }
  @Test(.requires(.testRun(.type(.xdp)))) func testRun() { Issue.record("\(Self.words)") }
  @Test(.requires(.testRun(.xdpLiveFrames))) func liveFrames() { Issue.record("\(Self.words)") }
  @Test(.requires(.attach(.typedTracepoint))) func attachment() { Issue.record("\(Self.words)") }

  @Test(.requires(.btf("struct task_struct"))) func aStructThatIsThereIsFound() {}
  @Test(.requires(.btf("struct no_such_struct"))) func aStructThatIsNotThereIsSkipped() {}
}
