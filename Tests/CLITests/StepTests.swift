import Foundation
import Testing

/// Steps have names, which failures show and filters take.
@Suite(.needsTheCLI, .needsRoot) struct StepTests {
  private static let fixture = """
    object: p.bpf.c
    defaults: { program: pass, packet: Ether()/IP()/UDP() }
    tests:
      - name: counts
        steps:
          - { name: the first, expect: { globals: { seen: 1 } } }
          - { expect: { globals: { seen: 2 } } }
          - { name: the third, expect: { globals: { seen: 3 } } }
          - { name: too far, expect: { globals: { seen: 99 } } }
          - { expect: { return: XDP_PASS } }
      - name: another
        expect: { return: XDP_PASS }

    """

  private func run(_ filter: String?) async throws -> (status: Int, output: String, tests: [String]) {
    let folder = try Folder(["p.bpf.c": BadInput.program, "fw.bpftest.yaml": Self.fixture])
    let outcome = try await CLI.run(
      ["run", "--kernel", "host", "--json", "r.json"] + (filter.map { ["--filter", $0] } ?? []), in: folder)
    let report = try JSONSerialization.jsonObject(with: Data(folder.read("r.json"))) as? [String: Any]
    let cells = try #require(report?["cells"] as? [[String: Any]])
    return (outcome.status, outcome.output, cells.compactMap { $0["test"] as? String })
  }

  @Test func aFailureNamesItsStepAndHowManyThereAre() async throws {
    let all = try await run(nil)
    #expect(all.status == 1 && all.tests == ["counts", "another"])
    #expect(all.output.contains("fw.bpftest.yaml:9: step 4 of 5 `too far`: globals.seen"), "\(all.output)")
  }

  @Test(arguments: [
    ("^fw/counts/the third$", 0), ("fw/counts/step 2$", 0), ("/the first$", 0), ("/too far", 1), ("/step 5", 1),
  ])
  func aFilterThatNamesAStepRunsTheTestUpToIt(filter: String, status: Int) async throws {
    let run = try await run(filter)
    #expect(run.status == status && run.tests == ["counts"], "\(run)")
    if status == 1 { #expect(run.output.contains("step 4 of 5 `too far`"), "\(run.output)") }
  }

  @Test func aFilterThatNamesTheTestRunsAllOfIt() async throws {
    let run = try await run("^fw/counts$")
    #expect(run.status == 1 && run.tests == ["counts"])
  }
}
