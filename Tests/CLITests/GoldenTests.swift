import Foundation
import Subprocess
import Testing

/// Recording goldens, running one packet alone, and what other tools make of the files.
@Suite(.needsTheCLI, .needsRoot) struct GoldenTests {
  private static let fixture = """
    object: p.bpf.c
    tests:
      - name: replays
        program: pass
        replay: failing.pcapng
        expect: { golden: out.pcapng }
      - name: generates
        program: pass
        packets: { generate: 20, from: Ether()/IP()/UDP(), vary: [IP.src, UDP.dport] }
        expect: { return: XDP_DROP }

    """

  /// A folder with a capture in it that bpftest has made of a packet that fails.
  private func folder() async throws -> Folder {
    let folder = try Folder(["p.bpf.c": BadInput.program])
    try folder.write(
      "fw.bpftest.yaml",
      [UInt8](
        """
        object: p.bpf.c
        tests:
          - name: generates
            program: pass
            packets: { generate: 20, from: Ether()/IP()/UDP(), vary: [IP.src, UDP.dport] }
            expect: { return: XDP_DROP }

        """.utf8))
    let outcome = try await CLI.run(["run", "--kernel", "host", "--save-failures", "."], in: folder)
    #expect(outcome.status == 1, "\(outcome)")
    #expect(outcome.errors.contains("saved ./fw-generates-host.pcapng"), "\(outcome)")
    try folder.write("failing.pcapng", try folder.read("fw-generates-host.pcapng"))
    try folder.write("fw.bpftest.yaml", [UInt8](Self.fixture.utf8))
    return folder
  }

  @Test func aMissingGoldenSaysHowToRecordItAndThatRecordsIt() async throws {
    let folder = try await folder()
    let missing = try await CLI.run(["run", "--kernel", "host"], in: folder)
    #expect(missing.status == 2, "\(missing)")
    #expect(missing.output.contains("record it with: bpftest run fw.bpftest.yaml --record"), "\(missing)")

    let record = ["run", "fw.bpftest.yaml", "--record", "--kernel", "host", "--filter", "replays"]
    let refused = try await CLI.run(record, in: folder, environment: ["CI": "true"])
    #expect(refused.status == 64, "\(refused)")
    let recorded = try await CLI.run(record, in: folder)
    #expect(recorded.status == 0, "\(recorded)")
    #expect(recorded.errors.contains("recorded out.pcapng: 1 frame"), "\(recorded)")
    let golden = try folder.read("out.pcapng")

    let again = try await CLI.run(["run", "--kernel", "host", "--filter", "replays"], in: folder)
    #expect(again.status == 0, "\(again)")
    _ = try await CLI.run(record, in: folder)
    #expect(try folder.read("out.pcapng") == golden)
  }

  @Test func aDifferenceIsAcceptedWithTheCommandThatItPrints() async throws {
    let folder = try await folder()
    let only = ["--kernel", "host", "--filter", "replays"]
    _ = try await CLI.run(["run", "--record"] + only, in: folder)
    try folder.write(
      "p.bpf.c", [UInt8](BadInput.program.replacing("enforce ? 2 : 1", with: "enforce ? 3 : 1").utf8))
    let differs = try await CLI.run(["run"] + only, in: folder)
    #expect(differs.status == 1, "\(differs)")
    #expect(differs.output.contains("frame 1: verdict"), "\(differs)")
    let line = try #require(differs.output.split(separator: "\n").first { $0.contains("accept: bpftest ") })
    let command = line.drop { $0 != "b" }.replacing("bpftest ", with: "\(CLI.path) ", maxReplacements: 1)
    let accepted = try await Subprocess.run(
      .name("sh"), arguments: ["-c", String(command)],
      environment: .inherit.updating(["XDG_CACHE_HOME": folder.cache, "CI": nil]),
      workingDirectory: .init(folder.path), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(CLI.status(accepted.terminationStatus) == 0, "\(accepted.standardError)")
    #expect(accepted.standardError.contains("recorded out.pcapng: 1 frame, 1 of them changed"))
    #expect(try await CLI.run(["run"] + only, in: folder).status == 0)
  }

  @Test func onePacketIsRunAloneByItsNumber() async throws {
    let folder = try await folder()
    let arguments = ["run", "--kernel", "host", "--filter", "generates", "--frame"]
    // That the other test's golden is missing doesn't matter to this one.
    let one = try await CLI.run(arguments + ["7"], in: folder, environment: [:])
    #expect(one.status == 1, "\(one)")
    _ = try await CLI.run(["run", "--record", "--kernel", "host", "--filter", "replays"], in: folder)
    let outcome = try await CLI.run(arguments + ["7"], in: folder)
    #expect(outcome.status == 1, "\(outcome)")
    #expect(outcome.output.contains("packet 7: return"), "\(outcome)")
    #expect(!outcome.output.contains("packet 6"))
    let none = try await CLI.run(arguments + ["21"], in: folder)
    #expect(none.status == 2, "\(none)")
    #expect(none.errors.contains("none of the tests replays a frame 21"), "\(none)")
  }

  @Test func nothingIsRecordedOnManyKernelsOrWhereThereIsNoGolden() async throws {
    let folder = try await folder()
    let matrix = try await CLI.run(["matrix", "--record", "--kernels", "6.1"], in: folder)
    #expect(matrix.status == 64, "\(matrix)")
    #expect(matrix.errors.contains("goldens are recorded on one kernel"), "\(matrix)")
    let none = try await CLI.run(["run", "--kernel", "host", "--record", "--filter", "generates"], in: folder)
    #expect(none.status == 2, "\(none)")
    #expect(none.errors.contains("none of the tests has a `golden`"), "\(none)")
  }
}

/// The captures of the repository's fixtures, opened with the tool that their readers use.
@Suite struct WiresharkTests {
  private static let tshark = ["/usr/bin/tshark", "/usr/local/bin/tshark"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
  private static let isExpected = tshark != nil || ProcessInfo.processInfo.environment["CI"] == "true"
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fixtures")

  private func fields(_ file: String, _ names: [String]) async throws -> [[String]] {
    let tshark = try #require(Self.tshark, "tshark isn't installed")
    let result = try await Subprocess.run(
      .path(.init(tshark)),
      arguments: Arguments(["-r", file, "-T", "fields"] + names.flatMap { ["-e", $0] }),
      output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
    try #require(CLI.status(result.terminationStatus) == 0, "\(result.standardError)")
    return result.standardOutput.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test(.enabled(if: isExpected, "needs tshark"))
  func everyGoldenShowsItsVerdictsAsComments() async throws {
    let all = try FileManager.default.subpathsOfDirectory(atPath: Self.fixtures.path)
    let goldens = all.filter { $0.hasSuffix(".golden.pcapng") }
    #expect(goldens.count >= 4)
    for golden in goldens {
      let path = Self.fixtures.appending(path: golden).path
      let frames = try await fields(path, ["frame.number", "frame.comment", "frame.time_epoch", "frame.len"])
      let inputs = try await fields(
        path.replacing(".golden.pcapng", with: ".pcapng"), ["frame.number", "frame.comment", "frame.time_epoch"])
      #expect(frames.count == inputs.count, "\(golden)")
      for (frame, input) in zip(frames, inputs) {
        #expect(frame[1].contains(/^(XDP|TC_ACT)_[A-Z]+( [a-z]+(\[\d\])?=\d+)*$/), "\(golden): \(frame)")
        #expect(frame[2] == input[2], "\(golden): \(frame)")
      }
    }
    let marked = try await fields(
      Self.fixtures.appending(path: "tc_nat/outbound.golden.pcapng").path, ["frame.comment"])
    #expect(marked.first == ["TC_ACT_OK mark=1024"])
  }
}
