import Foundation
import Testing

/// One broken fixture, test or object keeps none of the others from being run, and is exit 2 in the end.
@Suite(.needsTheCLI, .needsRoot) struct InvalidTests {
  private static let good = BadInput.fixture(
    "    program: pass\n    packet: Ether()/IP()/UDP()\n    expect: { return: XDP_PASS }\n")
  private static let run = ["run", "--kernel", "host"]

  private func folder(_ broken: String) throws -> Folder {
    try Folder(["p.bpf.c": BadInput.program, "good.bpftest.yaml": Self.good, "broken.bpftest.yaml": broken])
  }

  private func cells(_ folder: Folder, _ file: String = "r.json") throws -> [[String: Any]] {
    let report = try JSONSerialization.jsonObject(with: Data(folder.read(file))) as? [String: Any]
    return try #require(report?["cells"] as? [[String: Any]])
  }

  @Test(arguments: [
    ("object: p.bpf.c\ntests: [\n", "not YAML"),
    ("tests:\n  - { name: t, expect: { load: accepted } }\n", "`object:` is missing"),
    ("object: gone.bpf.o\ntests:\n  - { name: t, program: pass, expect: { load: accepted } }\n", "gone.bpf.o"),
    ("object: broken.bpftest.yaml\ntests:\n  - { name: t, program: pass, expect: { load: accepted } }\n", "ELF"),
  ])
  func aSuiteThatCannotBeUsedIsARowOfItsOwn(broken: String, words: String) async throws {
    let folder = try folder(broken)
    let outcome = try await CLI.run(Self.run + ["--json", "r.json"], in: folder)
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.output.contains("1 invalid, 1 passed"), "\(outcome)")
    #expect(outcome.output.contains("broken/(the whole suite)") && outcome.output.contains(words), "\(outcome)")
    #expect(outcome.output.contains("broken.bpftest.yaml:"), "\(outcome)")
    let verdicts = try cells(folder).map { "\($0["suite"] ?? "") \($0["verdict"] ?? "")" }
    #expect(verdicts == ["broken invalid", "good passed"])
  }

  @Test func aTestThatIsWrongLeavesTheOthersOfItsSuite() async throws {
    let text =
      Self.good + """
          - name: misspelt
            program: pass
            pakcet: Ether()
            expect: { return: XDP_PASS }
          - name: of another map
            program: pass
            maps: { counterz: { 1: { packets: 1 } } }
            packet: Ether()/IP()/UDP()
            expect: { return: XDP_PASS }
          - { name: last, program: pass, expect: { load: accepted } }

        """
    let folder = try Folder([
      "p.bpf.c": BadInput.program, "mixed.bpftest.yaml": text.replacing("\n      ", with: "\n  "),
    ])
    let outcome = try await CLI.run(Self.run + ["--json", "r.json"], in: folder)
    #expect(outcome.status == 2, "\(outcome)")
    let verdicts = try cells(folder).map { "\($0["test"] ?? "") \($0["verdict"] ?? "")" }
    #expect(verdicts == ["t passed", "misspelt invalid", "of another map invalid", "last passed"])
    for words in ["mixed.bpftest.yaml:9:5: unknown key `pakcet`", "`packet`", "`counterz`", "`counters`"] {
      #expect(outcome.output.contains(words), "no \(words) in\n\(outcome)")
    }
    // The command that is told runs the one test again.
    let again = try await CLI.run(Self.run + ["--filter", "^mixed/misspelt$"], in: folder)
    #expect(again.status == 2 && again.errors.contains("`pakcet`") && !again.errors.contains("`counterz`"), "\(again)")
    let other = try await CLI.run(Self.run + ["--filter", "^mixed/last$"], in: folder)
    #expect(other.status == 0, "\(other)")
  }

  @Test func whatDefaultsGetWrongIsWrongWithEachTest() async throws {
    let text = """
      object: p.bpf.c
      defaults: { program: pas }
      tests:
        - { name: a, expect: { load: accepted } }
        - { name: b, program: pass, expect: { load: accepted } }

      """
    let folder = try Folder(["p.bpf.c": BadInput.program, "d.bpftest.yaml": text])
    let outcome = try await CLI.run(Self.run + ["--json", "r.json"], in: folder)
    #expect(outcome.status == 2)
    #expect(try cells(folder).map { $0["verdict"] as? String } == ["invalid", "passed"], "\(outcome)")
  }

  @Test func failFastRunsNothing() async throws {
    let outcome = try await CLI.run(Self.run + ["--fail-fast"], in: try folder("object: p.bpf.c\ntests: [\n"))
    #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains("not YAML"), "\(outcome)")
  }

  @Test func whereNothingIsLeftTheReportsSayItAllTheSame() async throws {
    let folder = try Folder(["broken.bpftest.yaml": "object: p.bpf.c\ntests: [\n"])
    let outcome = try await CLI.run(Self.run + ["--json", "r.json", "--junit", "r.xml"], in: folder)
    #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains("not YAML"), "\(outcome)")
    #expect(try cells(folder).map { $0["verdict"] as? String } == ["invalid"])
    #expect(String(decoding: try folder.read("r.xml"), as: UTF8.self).contains("type=\"invalid\""))
  }

  // MARK: What to do instead

  @Test func yamlsOwnErrorsShowTheLine() async throws {
    let folder = try Folder(["f.bpftest.yaml": "object: p.bpf.c\ntests:\n  - name: \"open\n"])
    let outcome = try await CLI.run(Self.run, in: folder)
    #expect(outcome.errors.contains("\n    - name: \"open\n                 ^\n"), "\(outcome)")
    try folder.write("f.bpftest.yaml", [UInt8]("object: p.bpf.c\ntests: a: b\n".utf8))
    let second = try await CLI.run(Self.run, in: folder)
    #expect(second.errors.contains("\n  tests: a: b\n          ^\n"), "\(second)")
  }

  @Test func aProgramIsAnsweredWithAFixtureThatRuns() async throws {
    let source = BadInput.program.replacing(
      "__attribute__((section(\"xdp\"), used)) int",
      with: "#define SEC(n) __attribute__((section(n), used))\nSEC(\"xdp\")\nint")
    let folder = try Folder(["q.bpf.c": source])
    let outcome = try await CLI.run(Self.run + ["q.bpf.c"], in: folder)
    #expect(outcome.status == 2 && outcome.errors.contains("write q.bpftest.yaml"), "\(outcome)")
    // What is to be pasted is a fixture as it stands.
    let skeleton = try #require(outcome.errors.split(separator: "\n", maxSplits: 1).last)
    try folder.write("q.bpftest.yaml", [UInt8](skeleton.utf8))
    let pasted = try await CLI.run(Self.run + ["q.bpftest.yaml"], in: folder)
    #expect(pasted.status == 0 && pasted.output.contains("pass lets HTTPS pass"), "\(pasted)")
    let again = try await CLI.run(Self.run + ["q.bpf.c"], in: folder)
    #expect(again.errors.contains("its tests are in q.bpftest.yaml"), "\(again)")
  }

  @Test func anObjectIsAnsweredSoToo() async throws {
    let folder = try Folder(["p.bpf.c": BadInput.program])
    try await folder.compile("p")
    let outcome = try await CLI.run(Self.run + ["p.bpf.o"], in: folder)
    for words in ["object: p.bpf.o", "program: pass", "XDP_PASS", "program: on_exit", "load: accepted"] {
      #expect(outcome.errors.contains(words), "no \(words) in\n\(outcome)")
    }
  }

  @Test(arguments: [
    (["rn"], "did you mean `run`?"), (["matirx", "."], "did you mean `matrix`?"),
    (["kernels", "fech", "6.1"], "did you mean `fetch`?"), (["packet", "sho"], "did you mean `show`?"),
    (["run", "--fliter", "x"], "--filter"),
  ])
  func whatIsMisspeltIsSuggested(arguments: [String], words: String) async throws {
    let outcome = try await CLI.run(arguments, in: try Folder())
    #expect(outcome.status == 64 && outcome.errors.contains(words), "\(outcome)")
  }
}
