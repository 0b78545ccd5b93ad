import Testing

@testable import Reporting

@Suite struct TextTests {
  @Test func widthCountsColumnsNotBytes() {
    #expect(Text.width("abc") == 3)
    #expect(Text.width("é…") == 2)
    #expect(Text.width("漢字") == 4)
    #expect(Text.width("✅") == 2)
    #expect(Text.width("✓⊘↯⧖") == 4)
    #expect(Text.width("e\u{301}") == 1)
  }

  @Test func truncationKeepsToItsColumnsAndMarksTheCut() {
    #expect(Text.truncate("firewall", to: 8, unicode: true) == "firewall")
    #expect(Text.truncate("firewall", to: 5, unicode: true) == "fire…")
    #expect(Text.truncate("firewall", to: 5, unicode: false) == "fire~")
    #expect(Text.truncate("漢字漢字", to: 4, unicode: true) == "漢…")
    #expect(Text.truncate("x", to: 0, unicode: true) == "")
  }

  @Test func wrappingBreaksAtBlanksOnly() {
    #expect(Text.wrap("one two three", to: 7) == ["one two", "three"])
    #expect(Text.wrap("incomprehensible it is", to: 5) == ["incomprehensible", "it is"])
    #expect(Text.wrap("one two", to: nil) == ["one two"])
  }

  @Test func controlCharactersAreShownNotSent() {
    #expect(Text.line("a\u{1b}[31mb\nc\td") == "a\\u{1b}[31mb\\nc\\td")
    #expect(Text.line("\u{202e}evil") == "\\u{202e}evil")
    #expect(Text.lines("a\tb\r\nc\u{7}\n\n") == ["a    b", "c\\u{7}"])
  }

  @Test(arguments: [
    (3.4, 2, "3.40"), (0.0049, 2, "0.00"), (0.999, 2, "1.00"), (-1.5, 1, "-1.5"), (12, 0, "12"), (.infinity, 2, "-"),
    (.nan, 2, "-"), (1e300, 2, "-"),
  ])
  func numbersHaveFixedDecimals(value: Double, decimals: Int, text: String) {
    #expect(Text.fixed(value, decimals: decimals) == text)
  }
}

@Suite struct StyleTests {
  @Test func aPipeHasNeitherColourNorWidth() {
    let style = Style.detect(fd: -1, environment: ["TERM": "xterm"])
    #expect(style == Style(color: false, width: nil, unicode: true))
  }

  @Test(arguments: [
    (["LANG": "C"], false), (["LANG": "de_DE.UTF-8"], true), (["LC_ALL": "C", "LANG": "de_DE.UTF-8"], false),
    (["LC_ALL": "", "LANG": "C.utf8"], true), ([:], true),
  ])
  func theLocaleSaysWhetherUnicodeIsShown(environment: [String: String], unicode: Bool) {
    #expect(Style.detect(fd: -1, environment: environment).unicode == unicode)
  }

  @Test func aTerminalIsColouredUnlessTheEnvironmentSaysNo() throws {
    let terminal = try Terminal(columns: 97)
    func detect(_ environment: [String: String]) -> Style { Style.detect(fd: terminal.fd, environment: environment) }
    #expect(detect(["TERM": "xterm"]) == Style(color: true, width: 97, unicode: true))
    #expect(detect(["NO_COLOR": "1"]) == Style(color: false, width: 97, unicode: true))
    #expect(detect(["NO_COLOR": ""]).color)
    #expect(detect(["TERM": "dumb"]) == Style(color: false, width: 97, unicode: true))
    #expect(detect(["CI": "true"]) == Style(color: false, width: nil, unicode: true))
    #expect(detect(["CI": "false"]).color)
  }
}
