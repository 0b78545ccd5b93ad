import Foundation
import Results
import Testing

@testable import Reporting

@Suite struct ReportOutputsTests {
  /// A folder that is gone after the test.
  private final class Folder {
    let path: String
    init() throws {
      path = NSTemporaryDirectory() + "bpftest-reports-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func file(_ name: String) -> String { "\(path)/\(name)" }
    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
  }

  @Test func writesAFileAndLeavesNothingElse() throws {
    let folder = try Folder()
    try OutputFile.replace(folder.file("out.json"), with: "first")
    try OutputFile.replace(folder.file("out.json"), with: "2nd")
    #expect(try String(contentsOfFile: folder.file("out.json"), encoding: .utf8) == "2nd")
    #expect(folder.names == ["out.json"])
  }

  @Test func keepsTheFilesPermissions() throws {
    let folder = try Folder()
    try "old".write(toFile: folder.file("out"), atomically: false, encoding: .utf8)
    #expect(chmod(folder.file("out"), 0o600) == 0)
    try OutputFile.replace(folder.file("out"), with: "new")
    let mode = try FileManager.default.attributesOfItem(atPath: folder.file("out"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func followsALinkToItsFile() throws {
    let folder = try Folder()
    try "old".write(toFile: folder.file("real"), atomically: false, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "real")
    try OutputFile.replace(folder.file("link"), with: "new")
    #expect(try String(contentsOfFile: folder.file("real"), encoding: .utf8) == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link")) == "real")
  }

  @Test func aDeviceStaysADevice() throws {
    try OutputFile.replace("/dev/null", with: "gone")
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func aFullDeviceIsAnError() {
    #expect(throws: ReportError(path: "/dev/full", reason: "No space left on device")) {
      try OutputFile.replace("/dev/full", with: "x")
    }
  }

  @Test func checkSaysWhatWouldFailLater() throws {
    let folder = try Folder()
    #expect(throws: ReportError.self) { try ReportOutputs(json: folder.file("none/out.json")).check() }
    #expect(throws: ReportError(path: folder.path, reason: "it is a folder")) {
      try ReportOutputs(json: folder.path).check()
    }
    #expect(throws: ReportError.self) { try ReportOutputs(json: "-", junit: "-").check() }
    #expect(throws: ReportError.self) { try ReportOutputs(json: "").check() }
    try ReportOutputs(json: folder.file("a"), junit: folder.file("b"), markdown: "-").check()
    #expect(folder.names == [])
  }

  @Test func onlyADashTakesStandardOutput() {
    #expect(!ReportOutputs(json: "out.json").usesStandardOutput)
    #expect(ReportOutputs(markdown: "-").usesStandardOutput)
  }
}
