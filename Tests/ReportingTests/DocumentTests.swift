import Foundation
import FoundationXML
import Results
import Testing

@testable import Reporting

@Suite struct JSONReportTests {
  @Test func readsBackAsItWas() throws {
    let text = try JSONReport().render(Sample.everything)
    #expect(try JSONReport().read([UInt8](text.utf8)) == Sample.everything)
    #expect(text.hasSuffix("}\n"))
  }

  @Test func everyCellHasEveryKey() throws {
    let text = try JSONReport().render(Sample.results([Sample.cell()]))
    #expect(
      text == """
        {
          "cells" : [
            {
              "cause" : null,
              "excerpt" : null,
              "failures" : [

              ],
              "kernel" : "6.1",
              "log" : null,
              "message" : "",
              "mistakes" : null,
              "notes" : null,
              "printk" : null,
              "seconds" : 0.004,
              "suite" : "fw",
              "test" : "drops",
              "verdict" : "passed"
            }
          ],
          "kernels" : [
            {
              "accel" : "tcg",
              "arch" : "x86_64",
              "id" : "6.1",
              "release" : "6.1.0-1-cloud-amd64",
              "seconds" : 0.14,
              "start" : "clone"
            }
          ],
          "schema" : "bpftest.results/v1",
          "seconds" : 3.4,
          "suites" : [
            {
              "name" : "fw",
              "path" : "fixtures/fw/fw.bpftest.yaml"
            }
          ],
          "summary" : {
            "crashed" : 0,
            "failed" : 0,
            "hung" : 0,
            "infra" : 0,
            "invalid" : 0,
            "passed" : 1,
            "rejected" : 0,
            "skipped" : 0
          },
          "tool" : {
            "libbpf" : "1.1",
            "version" : "0.1.0"
          }
        }

        """)
  }

  @Test func refusesAnotherSchema() throws {
    let text = try JSONReport().render(Sample.everything).replacing("results/v1", with: "results/v9")
    #expect(throws: DecodingError.self) { try JSONReport().read([UInt8](text.utf8)) }
  }

  @Test func anInfiniteDurationIsAnErrorNotATrap() {
    var results = Sample.everything
    results.seconds = .infinity
    #expect(throws: EncodingError.self) { try JSONReport().render(results) }
  }
}

@Suite struct JUnitReportTests {
  private let epoch = Date(timeIntervalSince1970: 1_700_000_000)

  @Test func hasASuiteForEachSuiteAndKernel() throws {
    let document = try XMLReader.read(JUnitReport(date: epoch).render(Sample.everything))
    let suites = document.filter { $0.name == "testsuite" }
    #expect(suites.count == 2 * 11)
    #expect(suites.first?.attributes["name"] == "fw on 5.10")
    #expect(suites.first?.attributes["hostname"] == "5.10.0-1-cloud-amd64")
    #expect(suites.first?.attributes["timestamp"] == "2023-11-14T22:13:20")
    #expect(suites.map { $0.attributes["id"] } == (0..<22).map { "\($0)" })
  }

  @Test func countsAddUp() throws {
    let document = try XMLReader.read(JUnitReport(date: epoch).render(Sample.everything))
    func total(_ attribute: String) -> Int {
      document.filter { $0.name == "testsuite" }.reduce(0) { $0 + (Int($1.attributes[attribute] ?? "") ?? -1) }
    }
    func elements(_ name: String) -> Int { document.count { $0.name == name } }
    let results = Sample.everything
    #expect(total("tests") == results.cells.count && elements("testcase") == results.cells.count)
    #expect(total("failures") == elements("failure"))
    #expect(elements("failure") == results.count(.failed) + results.count(.rejected))
    #expect(total("errors") == elements("error"))
    #expect(elements("error") == results.count(.crashed) + results.count(.hung) + results.count(.infra))
    #expect(total("skipped") == 1 && elements("skipped") == 1)
  }

  @Test func aFailureTellsEverything() throws {
    let document = try XMLReader.read(
      JUnitReport(date: epoch).render(
        Sample.results([
          Sample.cell(.rejected, cause: .verifier, message: "R1 <is> \"bad\" & worse", log: "a\n\tb", excerpt: "b")
        ])))
    let failure = try #require(document.first { $0.name == "failure" })
    #expect(failure.attributes == ["message": "R1 <is> \"bad\" & worse", "type": "rejected.verifier"])
    #expect(
      failure.text == """
        fixture: fixtures/fw/fw.bpftest.yaml

        a
            b

        again: bpftest run fixtures/fw/fw.bpftest.yaml --kernel 6.1 --filter '^fw/drops$'
        """)
  }

  @Test func whatXMLCannotHoldIsReplaced() throws {
    let evil = "\u{0}\u{1b}\u{ffff}\u{fffe}]]>\"'<&\r\n\t\u{b}é漢"
    let failure = Failure(path: evil, expected: evil, seen: evil, detail: evil)
    let results = Sample.results([
      Sample.cell(evil, on: evil, .failed, message: evil, failures: [failure], log: evil),
      Sample.cell("", on: evil, .skipped, message: evil),
    ])
    let document = try XMLReader.read(JUnitReport(date: epoch).render(results))
    let message = try #require(document.first { $0.name == "skipped" }).attributes["message"]
    #expect(message == "\u{fffd}\u{fffd}\u{fffd}\u{fffd}]]>\"'<&\r\n\t\u{fffd}é漢")
    #expect(document.filter { $0.name == "testcase" }.allSatisfy { $0.attributes["name"] != "" })
  }
}

@Suite struct MarkdownReportTests {
  @Test func hasATableForEachSuite() {
    let text = MarkdownReport().render(Sample.everything)
    #expect(text.contains("### fw\n\n| Test | 5.10 | 6.1 |"))
    #expect(text.contains("| counts hits | ✅ | ✅ | ✅ | ✅ | ⚠️ | ✅ | ✅ | ✅ | ✅ | ⏳ | 💥 |"))
    #expect(text.hasPrefix("## bpftest: failed\n"))
    #expect(text.ranges(of: "<details>").count == text.ranges(of: "</details>").count)
  }

  @Test func tableCellsCannotBreakOut() {
    let evil = "a|b\nc<script>`*_[x](y)\\"
    #expect(MarkdownReport.escape(evil) == #"a\|b\\nc&lt;script&gt;\`\*\_\[x\]\(y\)\\"#)
    let text = MarkdownReport().render(Sample.results([Sample.cell(evil, .failed, failures: [Sample.wrongReturn])]))
    let outsideOfCode = text.split(separator: "```").enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    #expect(!outsideOfCode.contains { $0.contains("<script>") })
    let row = text.split(separator: "\n").first { $0.hasPrefix("| a") } ?? ""
    #expect(row.replacing(#"\|"#, with: "").count { $0 == "|" } == 3)
  }

  @Test func aFenceIsLongerThanWhatItHolds() {
    #expect(MarkdownReport.fenced(["```", "x"]) == ["````text", "```", "x", "````"])
    #expect(MarkdownReport.fenced(["x"], language: "sh") == ["```sh", "x", "```"])
  }
}

@Suite struct InvalidRowTests {
  private static let results = Sample.results([
    Sample.cell("other"),
    Cell(
      suite: "fw", test: Cell.wholeSuite, kernel: "6.1", verdict: .invalid, message: "no map `rulez` (and 1 more)",
      mistakes: [
        Mistake(message: "no map `rulez`; did you mean `rules`?", line: 7, column: 3),
        Mistake(message: "`p.bpf.c` doesn't compile", detail: "p.bpf.c:1:1: error: what?"),
      ]),
  ])

  @Test func badInputIsExit2WhateverElseHappened() {
    let worse = Sample.results(Self.results.cells + [Sample.cell(.infra), Sample.cell(.failed)])
    #expect(Self.results.exitCode == 2 && worse.exitCode == 2)
  }

  @Test func theTerminalShowsEveryMistakeInItsPlace() {
    let text = TerminalReport(style: Style()).render(Self.results)
    #expect(text.contains("! fw/(the whole suite) – invalid\n"), "\(text)")
    #expect(text.contains("  fixtures/fw/fw.bpftest.yaml:7:3: no map `rulez`; did you mean `rules`?\n"))
    #expect(text.contains("  p.bpf.c:1:1: error: what?\n"))
    #expect(text.contains("again: bpftest run fixtures/fw/fw.bpftest.yaml --kernel 6.1\n"))
    #expect(text.contains("1 invalid, 1 passed"))
  }

  @Test func theOtherReportsHaveThemToo() throws {
    let junit = JUnitReport().render(Self.results)
    #expect(junit.contains("errors=\"1\"") && junit.contains("type=\"invalid\""))
    #expect(junit.contains("fixtures/fw/fw.bpftest.yaml:7:3: no map"))
    let markdown = MarkdownReport().render(Self.results)
    #expect(markdown.contains("🚫 1 invalid") && markdown.contains("fixtures/fw/fw.bpftest.yaml:7:3: no map"))
    let annotations = GitHubAnnotations().render(Self.results)
    #expect(annotations.contains("::error file=fixtures/fw/fw.bpftest.yaml,line=7,title="))
    #expect(annotations.split(separator: "\n").count == 2, "one for each mistake: \(annotations)")
    let json = try JSONReport().render(Self.results)
    #expect(try JSONReport().read([UInt8](json.utf8)) == Self.results)
  }
}

@Suite struct GitHubAnnotationTests {
  @Test func pointToTheLineOfTheFixture() {
    let failed = Sample.cell("a, b: 100%", .failed, failures: [Sample.wrongReturn])
    #expect(
      GitHubAnnotations().render(Sample.results([failed, Sample.cell("fine")])) == """
        ::error file=fixtures/fw/fw.bpftest.yaml,line=23,title=fw/a%2C b%3A 100%25 – failed on 6.1::\
        return: expected XDP_DROP (1), seen XDP_PASS (2)

        """)
  }

  @Test func aMessageStaysOneCommand() {
    let text = GitHubAnnotations().render(Sample.results([Sample.cell(.infra, message: "a\n::error::b\r\nc")]))
    #expect(text.split(separator: "\n").count == 1)
    #expect(text.contains("::a%0A::error::b%0Ac"))
  }
}

/// Reads XML into a flat list of elements.
private final class XMLReader: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""
  }

  private var elements: [Element] = []
  private var open: [Int] = []

  static func read(_ text: String) throws -> [Element] {
    let reader = XMLReader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
    return reader.elements
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if let last = open.last { elements[last].text += text }
  }
}
