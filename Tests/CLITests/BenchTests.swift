import Foundation
import Testing

/// `bpftest bench` on this machine's kernel: what it writes, and when it exits with what.
@Suite(.needsTheCLI, .needsRoot) struct BenchTests {
  private static let fixture = """
    object: p.bpf.c
    tests:
      - name: passes what comes
        program: pass
        packet: Ether()/IP()/UDP()
        expect: { return: XDP_PASS }

    """

  private func folder() throws -> Folder { try Folder(["p.bpf.c": BadInput.program, "fw.bpftest.yaml": Self.fixture]) }

  @Test func aBaselineFromBeforePassesAndAFasterOneFails() async throws {
    let folder = try folder()
    let arguments = ["bench", "--kernel", "host", "--runs", "500"]
    let first = try await CLI.run(arguments + ["--json", "base.json"], in: folder)
    #expect(first.status == 0, "\(first)")
    #expect(first.output.contains("passes what comes"))
    let again = try await CLI.run(arguments + ["--baseline", "base.json", "--margin", "1000%"], in: folder)
    #expect(again.output.contains("(margin 1000%)"))
    // Which of the two it is, is the machine's affair.
    #expect(again.status == (again.output.contains("slower:") ? 1 : 0), "\(again)")

    // A baseline from a machine where everything was slow, and one where nothing took any time, as it were.
    for (p50, margin, status) in [(1e6, "0%", 0), (-1e6, "10%", 1)] {
      var base = try #require(try JSONSerialization.jsonObject(with: Data(folder.read("base.json"))) as? [String: Any])
      var rows = try #require(base["rows"] as? [[String: Any]])
      var figures = try #require(rows[0]["figures"] as? [String: Any])
      figures["p50"] = p50
      rows[0]["figures"] = figures
      base["rows"] = rows
      try folder.write("other.json", [UInt8](JSONSerialization.data(withJSONObject: base)))
      let outcome = try await CLI.run(arguments + ["--baseline", "other.json", "--margin", margin], in: folder)
      #expect(outcome.status == status, "\(outcome)")
      #expect(outcome.output.contains("slower:") == (status == 1))
    }
  }

  @Test func aBaselineOfOtherTestsIsBadInput() async throws {
    let folder = try folder()
    try folder.write("other.bpftest.yaml", [UInt8](Self.fixture.utf8))
    let arguments = ["bench", "--kernel", "host", "--runs", "100"]
    _ = try await CLI.run(arguments + ["other.bpftest.yaml", "--json", "base.json"], in: folder)
    let outcome = try await CLI.run(arguments + ["fw.bpftest.yaml", "--baseline", "base.json"], in: folder)
    #expect(outcome.status == 2 && outcome.errors.contains("nothing was compared"), "\(outcome)")
  }

  @Test func whatIsNoBaselineIsBadInput() async throws {
    let folder = try folder()
    try folder.write("other.json", [UInt8]("{\"schema\": \"bpftest.results/v1\"}".utf8))
    for name in ["other.json", "missing.json", "p.bpf.c"] {
      let outcome = try await CLI.run(["bench", "--kernel", "host", "--baseline", name], in: folder)
      #expect(outcome.status == 2, "\(outcome)")
      #expect(outcome.errors.contains(name))
    }
  }

  @Test func aTestThatFailsIsNotTimed() async throws {
    let folder = try folder()
    try folder.write("fw.bpftest.yaml", [UInt8](Self.fixture.replacing("XDP_PASS", with: "XDP_DROP").utf8))
    let outcome = try await CLI.run(["bench", "--kernel", "host", "--runs", "500", "--json", "-"], in: folder)
    #expect(outcome.status == 1, "\(outcome)")
    #expect(outcome.errors.contains("failed: return: expected XDP_DROP"))
    let json = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(rows.count == 1 && rows[0]["figures"] == nil)
  }

  @Test(arguments: [
    ["--runs", "0"], ["--margin", "10%"], ["--jit", "maybe"], ["--baseline", "b", "--margin", "much"],
  ])
  func wrongOptionsAreUsageErrors(_ options: [String]) async throws {
    let outcome = try await CLI.run(["bench"] + options, in: try folder())
    #expect(outcome.status == 64, "\(outcome)")
  }
}
