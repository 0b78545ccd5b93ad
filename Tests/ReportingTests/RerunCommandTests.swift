import Foundation
import Testing

@testable import Reporting

@Suite struct RerunCommandTests {
  @Test func namesOneCell() {
    let command = RerunCommand(path: "fixtures/fw.bpftest.yaml", kernel: "6.1", suite: "fw", test: "drops TCP (443)")
    #expect(
      command.text == #"bpftest run fixtures/fw.bpftest.yaml --kernel 6.1 --filter '^fw/drops TCP \(443\)$'"#)
  }

  @Test func ofSeveralFixturesOfOneNameTheFileSaysWhich() {
    let command = RerunCommand(path: "a/x/fw.bpftest.yaml", kernel: "host", suite: "a/x/fw", test: "t")
    #expect(command.text == "bpftest run a/x/fw.bpftest.yaml --kernel host --filter '^fw/t$'")
  }

  @Test(arguments: ["a.b", "a+b?", "[x]{2}", "^$|", #"back\slash"#, "plain", "tab\there"])
  func theFilterMatchesItsOwnTestAndNoOther(name: String) throws {
    let regex = try Regex("^" + RerunCommand.escape(name) + "$")
    #expect(name.wholeMatch(of: regex) != nil)
    #expect((name + "x").wholeMatch(of: regex) == nil)
    #expect(name.replacing(".", with: "x") == name || name.replacing(".", with: "x").wholeMatch(of: regex) == nil)
  }

  @Test(arguments: [
    "plain", "", "two words", "it's", "$(reboot)", "`id`", "a\\b", "*", "new\nline", "bell\u{7}1 it's \\", "~", "é 漢",
  ])
  func theShellReadsTheSameWord(word: String) throws {
    #expect(try shellWord(ShellWord.quote(word)) == word)
  }

  /// What bash makes of a quoted word.
  private func shellWord(_ quoted: String) throws -> String {
    let shell = Process()
    let output = Pipe()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = ["-c", "printf %s " + quoted]
    shell.standardOutput = output
    try shell.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    shell.waitUntilExit()
    try #require(shell.terminationStatus == 0)
    return String(decoding: bytes, as: UTF8.self)
  }
}
