import Results
import Testing

@testable import Reporting

@Suite struct TerminalReportTests {
  private func render(_ results: Results, _ style: Style = Style()) -> String {
    TerminalReport(style: style).render(results)
  }

  @Test func showsTestsAsRowsAndKernelsAsColumns() {
    let text = render(
      Sample.results([
        Sample.cell("drops", on: "5.10"), Sample.cell("passes on", on: "5.10", .skipped, message: "needs 6.1"),
        Sample.cell("drops", on: "6.1"), Sample.cell("passes on", on: "6.1"),
      ]))
    #expect(
      text == """
                    5.10 6.1
        fw
          drops      ✓    ✓
          passes on  –    ✓

        ✓ passed  – skipped

        Skipped:
          – fw/passes on on 5.10: needs 6.1

        ✓ 3 passed, 1 skipped: 2 tests on 2 kernels in 3.40 s

        """)
  }

  @Test func aFailureSaysWhatWhereAndHowToRunItAgain() {
    let failure = Failure(path: "packet", expected: "ttl 63", seen: "ttl 64", detail: "IP\n  ttl 63 64", line: 25)
    let text = render(Sample.results([Sample.cell(on: "6.1", .failed, failures: [Sample.wrongReturn, failure])]))
    let block = """
      ✗ fw/drops – failed on 6.1
        fixtures/fw/fw.bpftest.yaml:23: return
          expected  XDP_DROP (1)
          seen      XDP_PASS (2)
        fixtures/fw/fw.bpftest.yaml:25: packet
          expected  ttl 63
          seen      ttl 64
            IP
              ttl 63 64
        again: bpftest run fixtures/fw/fw.bpftest.yaml --kernel 6.1 --filter '^fw/drops$'
      """
    #expect(text.contains(block), "\(text)")
    #expect(text.hasSuffix("✗ 1 failed: 1 test on 6.1 (6.1.0-1-cloud-amd64, tcg) in 3.40 s\n"))
  }

  @Test func theSameFailureOnSeveralKernelsIsToldOnce() {
    let cells = ["5.10", "6.1", "6.12"].map { Sample.cell(on: $0, .failed, failures: [Sample.wrongReturn]) }
    let text = render(Sample.results(cells))
    #expect(text.split(separator: "\n").count { $0.contains("expected") } == 1)
    #expect(text.contains("failed on all 3 kernels"))
  }

  @Test func oneRefusalInOtherNumbersIsToldOnce() {
    let words = [
      "5.10": "program `f4`: R7 invalid mem access 'inv'", "6.1": "program `f4`: R1 invalid mem access 'scalar'",
      "7.2": "program `f4`: R1 invalid mem access 'scalar'", "6.12": "program `f4`: math between pkt pointer",
    ]
    let cells = words.sorted { $0.key < $1.key }.map { kernel, message in
      Sample.cell(on: kernel, .rejected, cause: .verifier, message: message, excerpt: "\(kernel): (71) r0")
    }
    let text = render(Sample.results(cells))
    #expect(text.contains("rejected (verifier) on 5.10, 6.1, 7.2"), "\(text)")
    #expect(text.contains("as 5.10 says it; in other words on 6.1, 7.2 (see --json)"), "\(text)")
    #expect(text.contains("rejected (verifier) on 6.12\n"), "\(text)")
  }

  @Test(arguments: [
    (
      "invalid access to packet, off=14 size=4, R2(id=0,off=14,r=14)",
      "invalid access to packet, off=22 size=1, R5(id=3,off=22,r=0)"
    ),
    ("R1 type=ctx expected=fp, pkt; see there", "R3 type=ctx expected=fp, pkt, pkt_meta, map_key; see there"),
    ("value is outside of the 0xffff8881 bytes", "value is outside of the 0x1f bytes"),
  ])
  func numbersAndWhatElseCouldStandThereMakeNoOtherCause(_ one: String, _ other: String) {
    #expect(Gist.of(one) == Gist.of(other))
  }

  @Test func namesMakeOtherCauses() {
    #expect(Gist.of("program `f4` is bad") != Gist.of("program `f6` is bad"))
    #expect(Gist.of("invalid mem access 'map_value'") != Gist.of("invalid mem access 'scalar'"))
  }

  @Test func whatAFailingTestPrintedIsShown() {
    var cell = Sample.cell(on: "6.1", .failed, failures: [Sample.wrongReturn])
    cell.printk = (0..<30).map { "line \($0)" }
    let text = render(Sample.results([cell]))
    #expect(text.contains("  bpf_printk:\n    line 0\n    line 1\n"), "\(text)")
    #expect(text.contains("line 19\n    … and 10 more lines; --json has them\n"), "\(text)")
  }

  @Test func differentFailuresAreToldApart() {
    var other = Sample.wrongReturn
    other.seen = "XDP_TX (3)"
    let text = render(
      Sample.results([
        Sample.cell(on: "5.10", .failed, failures: [Sample.wrongReturn]),
        Sample.cell(on: "6.1", .failed, failures: [other]),
      ]))
    #expect(text.contains("failed on 5.10\n"))
    #expect(text.contains("failed on 6.1\n"))
  }

  @Test func aKernelThatIsNotThereIsToldOnceForAllTests() {
    let cells = ["a", "b", "c"].map { Sample.cell($0, on: "6.1", .infra, message: "no such kernel") }
    let text = render(Sample.results(cells))
    #expect(text.contains("? fw/a (and 2 more tests) – infra on 6.1"))
    #expect(text.split(separator: "\n").count { $0.contains("no such kernel") } == 1)
  }

  @Test func testsThatEndAlikeAreToldOnce() {
    func cells(_ test: String, _ kernels: String...) -> [Cell] {
      kernels.map { Sample.cell(test, on: $0, .rejected, cause: .helper, message: "no helper bpf_loop") }
    }
    let text = render(
      Sample.results(
        cells("a", "5.10", "5.15") + cells("b", "5.10") + cells("c", "5.10", "5.15"), kernels: ["5.10", "5.15"]))
    #expect(text.contains("⊘ fw/a (and 1 more test) – rejected (helper) on 5.10, 5.15\n"), "\(text)")
    #expect(text.contains("⊘ fw/b – rejected (helper) on 5.10\n"))
    #expect(text.split(separator: "\n").count { $0.contains("no helper") } == 2)
  }

  @Test func aRejectionShowsItsCauseAndTheDecidingLines() {
    let text = render(
      Sample.results([
        Sample.cell(.rejected, cause: .verifier, message: "R1 is bad", log: "long", excerpt: "3: r1 = 0\nR1 is bad")
      ]))
    #expect(text.contains("⊘ fw/drops – rejected (verifier) on 6.1\n  R1 is bad\n"))
    #expect(text.contains("  │ 3: r1 = 0\n  │ R1 is bad\n"))
    #expect(!text.contains("long"))
  }

  @Test func ofALongLogTheEndIsShown() {
    let log = (1...40).map { "line \($0)" }.joined(separator: "\n")
    let text = render(Sample.results([Sample.cell(.crashed, message: "died", log: log)]))
    #expect(text.contains("│ (28 lines omitted)\n  │ line 29\n"))
    #expect(text.contains("│ line 40\n"))
    #expect(!text.contains("line 28\n"))
  }

  @Test func thousandsOfDifferencesAreCutShort() {
    let failures = (1...1000).map { Failure(path: "step \($0): return", expected: "1", seen: "2") }
    let text = render(Sample.results([Sample.cell(.failed, failures: failures)]))
    #expect(text.contains("step 8: return"))
    #expect(!text.contains("step 9: return"))
    #expect(text.contains("and 992 more differences; --json has them all"))
  }

  @Test(arguments: [20, 40, 60, 80, 100, 160])
  func theTableFitsTheTerminal(width: Int) throws {
    let text = render(Sample.everything, Style(width: width))
    let table = try #require(text.split(separator: "✓ passed").first)
    for line in table.split(separator: "\n") { #expect(Text.width(String(line)) <= width, "\(line)") }
    for kernel in Sample.kernelIDs { #expect(table.contains(kernel)) }
  }

  @Test func aNarrowTerminalStillTellsTestsApart() {
    let text = render(
      Sample.results([
        Sample.cell("the verifier wants to see NULL considered"), Sample.cell("the verifier wants to see the end"),
      ]), Style(width: 30))
    #expect(
      text.hasPrefix(
        """
                                   6.1
        fw
          the verifier wants to
            see NULL considered     ✓
          the verifier wants to
            see the end             ✓

        """), "\(text)")
  }

  @Test func aNarrowTerminalGetsTheKernelsInParts() {
    let wide = render(Sample.everything, Style(width: 160))
    let narrow = render(Sample.everything, Style(width: 50))
    #expect(wide.occurrences(of: "  counts hits ") == 1)
    #expect(narrow.occurrences(of: "  counts hits ") == 3)
  }

  @Test func colourChangesNothingButColour() {
    let plain = render(Sample.everything)
    let painted = render(Sample.everything, Style(color: true))
    #expect(painted != plain)
    #expect(painted.replacing(#/\u{1b}\[[0-9;]*m/#, with: "") == plain)
  }

  @Test func withoutUnicodeEverythingIsASCII() {
    #expect(render(Sample.everything, Style(unicode: false)).utf8.allSatisfy { $0 < 0x80 })
  }

  @Test func noVerdictLooksLikeAnother() {
    for style in [Style(), Style(unicode: false)] {
      #expect(Set(Verdict.allCases.map { $0.glyph(style) }).count == Verdict.allCases.count)
      #expect(Verdict.allCases.allSatisfy { Text.width($0.glyph(style)) == 1 })
    }
  }

  @Test func namesCannotDriveTheTerminal() {
    let evil = "x\u{1b}]0;owned\u{7}\r\n"
    let failure = Failure(path: evil, expected: evil, seen: evil, detail: evil)
    let text = render(
      Sample.results([Sample.cell(evil, on: evil, .failed, message: evil, failures: [failure], excerpt: evil)]))
    #expect(!text.unicodeScalars.contains { $0 != "\n" && Text.isControl($0) })
  }

  @Test func aTestThatWasNotRunOnAKernelLeavesItsPlaceEmpty() {
    let text = render(Sample.results([Sample.cell("a", on: "5.10"), Sample.cell("b", on: "6.1")]))
    #expect(text.contains("  a   ✓\n  b        ✓\n"), "\(text)")
  }

  @Test func notesAreToldOnceAndWithTheirKernels() {
    let note = "compiled with -mcpu=v2"
    let cells = ["a", "b"].flatMap { test in
      ["5.10", "6.1"].map { kernel in
        var cell = Sample.cell(test, on: kernel)
        if kernel == "5.10" { cell.notes = [note] }
        return cell
      }
    }
    let text = render(Sample.results(cells))
    #expect(text.contains("Notes:\n  fw/a (and 1 more test) on 5.10: \(note)\n"), "\(text)")
    #expect(text.occurrences(of: note) == 1)
  }

  @Test func nothingAtAllIsSaidInWords() {
    let text = render(Sample.results([], kernels: []))
    #expect(text.contains("no tests were run"))
  }
}

extension String {
  /// How often a part occurs.
  func occurrences(of part: String) -> Int { ranges(of: part).count }
}
