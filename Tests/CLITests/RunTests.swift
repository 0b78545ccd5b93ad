import Foundation
import Testing

/// Runs on this machine's kernel: what is printed where, and the exit code.
@Suite(.needsTheCLI, .needsRoot) struct RunTests {
  private static let passing = """
    object: p.bpf.c
    tests:
      - name: passes what comes
        program: pass
        packet: Ether()/IP()/UDP()
        expect: { return: XDP_PASS, packet: unchanged, globals: { seen: 1 } }
      - name: aborts unless it enforces
        program: pass
        globals: { enforce: 0 }
        packet: Ether()/IP()/UDP()
        expect: { return: XDP_DROP }

    """
  private static let failing =
    passing + """
        - name: drops (wrong)
          program: pass
          packet: Ether()/IP()/UDP()
          expect: { return: XDP_DROP }

      """

  private func folder(_ fixture: String) throws -> Folder {
    try Folder(["p.bpf.c": BadInput.program, "fw.bpftest.yaml": fixture])
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func whatPassesIsExit0AndATable() async throws {
    let outcome = try await CLI.run(["run", "--kernel", "host"], in: try folder(Self.passing))
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("passes what comes"))
    #expect(outcome.output.contains("2 passed"))
    #expect(!outcome.output.contains("\u{1b}"))
  }

  @Test func whatFailsIsExit1AndSaysWhatDiffers() async throws {
    let folder = try folder(Self.failing)
    let outcome = try await CLI.run(["run", "--kernel", "host"], in: folder)
    #expect(outcome.status == 1, "\(outcome)")
    for words in [
      "1 failed", "2 passed", "fw/drops (wrong)", "fw.bpftest.yaml:15: ", "XDP_DROP", "XDP_PASS",
      #"--kernel host --filter '^fw/drops \(wrong\)$'"#,
    ] {
      #expect(outcome.output.contains(words), "no \(words) in\n\(outcome)")
    }
  }

  @Test func whatOtherRunsPrintMeanwhileIsNoneOfOurs() async throws {
    func folder(_ who: Int) throws -> Folder {
      let program = """
        struct xdp_md;
        static long (*const trace_printk)(const char *text, unsigned size, ...) = (void *)6;
        __attribute__((section("xdp"), used)) int talk(struct xdp_md *ctx)
        { char text[] = "run %d"; trace_printk(text, sizeof text, \(who)); return 2; }
        char LICENSE[] __attribute__((section("license"), used)) = "GPL";

        """
      let tests = (0..<40).map { number in
        "  - { name: test \(number), packet: Ether()/IP(), expect: { printk: { exactly: [ run \(who) ] } } }"
      }
      let fixture = "object: p.bpf.c\ntests:\n" + tests.joined(separator: "\n") + "\n"
      return try Folder(["p.bpf.c": program, "talk.bpftest.yaml": fixture])
    }
    try await withThrowingTaskGroup(of: CLI.Outcome.self) { group in
      for who in 1...4 {
        let folder = try folder(who)
        group.addTask { try await CLI.run(["run", "--kernel", "host"], in: folder) }
      }
      for try await outcome in group { #expect(outcome.status == 0, "\(outcome)") }
    }
  }

  @Test func theCommandForOneCellRunsThatCell() async throws {
    let folder = try folder(Self.failing)
    let first = try await CLI.run(["run", "--kernel", "host"], in: folder)
    let line = try #require(first.output.split(separator: "\n").first { $0.contains("again: bpftest ") })
    let command = try #require(line.split(separator: "again: bpftest ", maxSplits: 1).last)
    try folder.write("again.sh", [UInt8]("exec \"$BPFTEST_CLI\" \(command) --json again.json".utf8))
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["again.sh"]
    shell.currentDirectoryURL = URL(filePath: folder.path)
    shell.standardOutput = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 1)
    let cells = try object(String(decoding: folder.read("again.json"), as: UTF8.self))["cells"] as? [[String: Any]]
    #expect(cells?.map { $0["test"] as? String } == ["drops (wrong)"])
  }

  @Test func aReportOnStandardOutputIsAlone() async throws {
    let outcome = try await CLI.run(["run", "--kernel", "host", "--json", "-"], in: try folder(Self.failing))
    #expect(outcome.status == 1)
    let results = try object(outcome.output)
    #expect(results["schema"] as? String == "bpftest.results/v1")
    #expect((results["summary"] as? [String: Int])?["passed"] == 2)
    #expect((results["summary"] as? [String: Int])?["failed"] == 1)
    #expect(outcome.errors.contains("1 failed, 2 passed"))
  }

  @Test func reportsAreWrittenBesideTheTable() async throws {
    let folder = try folder(Self.failing)
    let outcome = try await CLI.run(
      ["run", "--kernel", "host", "--json", "r.json", "--junit", "r.xml", "--markdown", "r.md"], in: folder)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("1 failed"))
    #expect(String(decoding: try folder.read("r.xml"), as: UTF8.self).contains("<testsuites>"))
    #expect(String(decoding: try folder.read("r.md"), as: UTF8.self).contains("| passes what comes | ✅ |"))
    let names = try folder.snapshot().keys.sorted()
    #expect(names == ["fw.bpftest.yaml", "p.bpf.c", "r.json", "r.md", "r.xml"])
  }

  @Test func theFilterChoosesTests() async throws {
    let outcome = try await CLI.run(
      ["run", "--kernel", "host", "--filter", "^fw/passes"], in: try folder(Self.failing))
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("1 passed: 1 test on host"))
  }

  @Test func shardsAddUpToTheWhole() async throws {
    let folder = try folder(Self.failing)
    var tests: [String] = []
    for shard in ["1/2", "2/2"] {
      let outcome = try await CLI.run(["run", "--kernel", "host", "--shard", shard, "--json", "-"], in: folder)
      let cells = try object(outcome.output)["cells"] as? [[String: Any]] ?? []
      tests += cells.compactMap { $0["test"] as? String }
    }
    #expect(tests.sorted() == ["aborts unless it enforces", "drops (wrong)", "passes what comes"])
  }

  @Test func githubGetsAnnotations() async throws {
    let outcome = try await CLI.run(
      ["run", "--kernel", "host"], in: try folder(Self.failing), environment: ["GITHUB_ACTIONS": "true"])
    #expect(outcome.output.contains("::error file=fw.bpftest.yaml,line=15,title="), "\(outcome)")
  }

  @Test func aDryRunRunsNothing() async throws {
    let outcome = try await CLI.run(["run", "--kernel", "host", "--dry-run"], in: try folder(Self.failing))
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("fw/drops (wrong)"))
    #expect(!outcome.output.contains("failed"))
  }

  @Test(arguments: [["--help"], ["run", "--help"], ["matrix", "--help"], ["kernels", "--help"], ["--version"]])
  func helpIsExit0(arguments: [String]) async throws {
    let outcome = try await CLI.run(arguments, in: try Folder())
    #expect(outcome.status == 0, "\(outcome)")
    #expect(!outcome.output.isEmpty)
  }
}
