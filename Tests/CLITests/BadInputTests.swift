import Foundation
import Testing

/// Bad input is exit 2, with the place and the reason on stderr, nothing on stdout, and no file made or changed.
@Suite(.needsTheCLI) struct BadInputTests {
  /// On this machine's kernel, so that nothing is fetched and nothing boots.
  private static let run = ["run", "--kernel", "host"]

  private func expectBadInput(
    _ folder: Folder, _ arguments: [String], says: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try folder.snapshot()
    let outcome = try await CLI.run(arguments, in: folder)
    #expect(outcome.status == 2, "\(outcome)", sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, "\(outcome)", sourceLocation: sourceLocation)
    for words in says {
      #expect(outcome.errors.contains(words), "no \(words) in\n\(outcome)", sourceLocation: sourceLocation)
    }
    #expect(try folder.snapshot() == before, sourceLocation: sourceLocation)
  }

  @Test(arguments: BadInput.catalogue) func isRefusedInWords(_ input: BadInput) async throws {
    let folder = try Folder(["p.bpf.c": BadInput.program, "f.bpftest.yaml": input.fixture])
    try await expectBadInput(folder, Self.run + ["f.bpftest.yaml"], says: input.says)
  }

  @Test func everyErrorOfAFixtureIsToldAtOnce() async throws {
    let fixture = BadInput.fixture("    progam: pass\n    pakcet: Ether()\n    expect: { retrun: XDP_PASS }\n")
    let folder = try Folder(["p.bpf.c": BadInput.program, "f.bpftest.yaml": fixture])
    try await expectBadInput(folder, Self.run, says: [":4:5: ", ":5:5: ", ":6:15: ", "`return`"])
  }

  @Test func aCompilersOwnDiagnosticsAreShown() async throws {
    let folder = try Folder([
      "p.bpf.c": "int broken(void) { return undefined_name; }\n",
      "f.bpftest.yaml": BadInput.fixture("    program: broken\n    expect: { load: accepted }\n"),
    ])
    try await expectBadInput(folder, Self.run, says: ["p.bpf.c:1:27: error:", "undefined_name"])
  }

  // MARK: Objects

  private static let objectFixture =
    "object: p.bpf.o\ntests:\n  - { name: t, program: pass, expect: { load: accepted } }\n"

  @Test(arguments: [
    ("not an object\n", "ELF"), ("", "empty"), ("\u{7f}ELF", "p.bpf.o"),
  ])
  func anObjectThatIsNoELFIsRefused(text: String, word: String) async throws {
    let folder = try Folder(["p.bpf.o": text, "f.bpftest.yaml": Self.objectFixture])
    try await expectBadInput(folder, Self.run, says: ["p.bpf.o", word])
  }

  @Test func anObjectForAnotherMachineIsRefused() async throws {
    let folder = try Folder(["f.bpftest.yaml": Self.objectFixture])
    try folder.write("p.bpf.o", [UInt8](try Data(contentsOf: URL(filePath: "/bin/true"))))
    try await expectBadInput(folder, Self.run, says: ["p.bpf.o", "BPF"])
  }

  @Test(arguments: [0.2, 0.5, 0.9, 0.99]) func aTruncatedObjectIsRefused(part: Double) async throws {
    let folder = try Folder(["p.bpf.c": BadInput.program, "f.bpftest.yaml": Self.objectFixture])
    try await folder.compile("p")
    let whole = try folder.read("p.bpf.o")
    try folder.write("p.bpf.o", [UInt8](whole.prefix(Int(Double(whole.count) * part))))
    try await expectBadInput(folder, Self.run, says: ["p.bpf.o"])
  }

  @Test func anObjectWithoutBTFIsRefused() async throws {
    let folder = try Folder(["p.bpf.c": BadInput.program, "f.bpftest.yaml": Self.objectFixture])
    try await folder.compile("p", debug: false)
    try await expectBadInput(folder, Self.run, says: ["p.bpf.o", "BTF", "-g"])
  }

  // MARK: The command line

  @Test func aFolderWithoutFixturesIsBadInput() async throws {
    try await expectBadInput(try Folder(["readme": ""]), Self.run, says: ["bpftest.yaml"])
  }

  @Test func aPathThatIsNotThereIsBadInput() async throws {
    try await expectBadInput(try Folder(), Self.run + ["gone"], says: ["gone"])
  }

  @Test func aFilterThatLeavesNothingIsBadInput() async throws {
    let fixture = BadInput.fixture("    program: pass\n    expect: { load: accepted }\n")
    let folder = try Folder(["p.bpf.c": BadInput.program, "f.bpftest.yaml": fixture])
    try await expectBadInput(folder, Self.run + ["--filter", "nothing like it"], says: ["nothing like it"])
  }

  @Test func anUnknownKernelIsBadInput() async throws {
    let fixture = BadInput.fixture("    program: pass\n    expect: { load: accepted }\n")
    let folder = try Folder(["p.bpf.c": BadInput.program, "f.bpftest.yaml": fixture])
    try await expectBadInput(folder, ["matrix", "--kernels", "6.99"], says: ["6.99", "6.1"])
    try await expectBadInput(folder, ["run", "--kernel", "6.99"], says: ["6.99", "6.1"])
  }

  @Test func aReportThatCannotBeWrittenIsToldBeforeTheRun() async throws {
    let fixture = BadInput.fixture("    program: pass\n    expect: { load: accepted }\n")
    let folder = try Folder(["p.bpf.c": BadInput.program, "f.bpftest.yaml": fixture])
    try await expectBadInput(folder, Self.run + ["--json", "gone/out.json"], says: ["gone"])
    try await expectBadInput(folder, Self.run + ["--json", "-", "--junit", "-"], says: ["standard output"])
  }

  @Test func aBrokenConfigurationIsBadInput() async throws {
    let fixture = BadInput.fixture("    program: pass\n    expect: { load: accepted }\n")
    let folder = try Folder([
      "p.bpf.c": BadInput.program, "f.bpftest.yaml": fixture, "bpftest.yaml": "kernels: lts\nmiror: http://x\n",
    ])
    try await expectBadInput(folder, ["matrix"], says: ["bpftest.yaml:2", "miror", "mirror"])
  }

  @Test(arguments: [
    ["run", "--timeout", "0"], ["run", "--filter", "("], ["run", "--accel", "warp"], ["run", "--shard", "3/2"],
    ["run", "--jobs", "0"], ["run", "--colour"], ["dance"], ["run", "--fail-fast", "--keep-going"],
  ])
  func wrongUsageIsExit64(arguments: [String]) async throws {
    let outcome = try await CLI.run(arguments, in: try Folder())
    #expect(outcome.status == 64, "\(outcome)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("Usage: bpftest"), "\(outcome)")
  }
}
