import Foundation
import Results
import Subprocess
import Testing

/// Programs and fixtures that were once judged wrongly, each with the right verdict, cause and words on the host and on
/// kernels from 5.10 to 7.2, as the command line gives them.
@Suite(.serialized) struct VerdictTests {
  @Test(arguments: VerdictCase.all)
  func givesTheRightVerdictAndWords(_ verdicts: VerdictCase) async throws {
    let expected = try verdicts.expectations()
    let cells =
      try await cells(["matrix", ".", "--kernels", VerdictCase.kernels.joined(separator: ",")], of: verdicts)
      + cells(["run", ".", "--kernel", VerdictCase.host], of: verdicts)
    for cell in cells {
      let place = "\(verdicts.name): \(cell.suite)/\(cell.test) on \(cell.kernel)"
      guard let byKernel = expected[cell.suite]?[cell.test], let right = byKernel[cell.kernel] ?? byKernel["default"]
      else {
        Issue.record("\(place): verdicts.yaml doesn't say what is right; it was \(cell.verdict): \(cell.told)")
        continue
      }
      #expect(cell.verdict.rawValue == right.verdict, "\(place): \(cell.told)")
      if let cause = right.cause { #expect(cell.cause?.rawValue == cause, "\(place): \(cell.told)") }
      for text in right.says { #expect(cell.told.contains(text), "\(place) doesn't say `\(text)`: \(cell.told)") }
      for text in right.never { #expect(!cell.told.contains(text), "\(place) says `\(text)`: \(cell.told)") }
    }
    for (suite, tests) in expected {
      for test in tests.keys {
        let seen = Set(cells.filter { $0.suite == suite && $0.test == test }.map(\.kernel))
        #expect(
          seen == Set(VerdictCase.kernels + [VerdictCase.host]),
          "\(verdicts.name): \(suite)/\(test) ran on \(seen.sorted()) alone")
      }
    }
  }

  /// Runs the built command line in the case's folder and returns the cells of its JSON report.
  private func cells(_ arguments: [String], of verdicts: VerdictCase) async throws -> [Cell] {
    let tool = try #require(
      ProcessInfo.processInfo.environment["BPFTEST_CLI"], "set BPFTEST_CLI to the built bpftest, as `make test` does")
    let report = NSTemporaryDirectory() + "bpftest-verdicts-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: report) }
    let run = try await Subprocess.run(
      .path(.init(tool)), arguments: Arguments(arguments + ["--json", report]),
      environment: .inherit.updating(["CI": nil, "GITHUB_ACTIONS": nil, "LC_ALL": "C.UTF-8"]),
      workingDirectory: .init(verdicts.folder), input: .none, output: .string(limit: 16 << 20),
      error: .string(limit: 16 << 20))
    guard let data = FileManager.default.contents(atPath: report) else {
      Issue.record("\(verdicts.name): no results, \(run.terminationStatus): \(run.standardOutput) \(run.standardError)")
      return []
    }
    let results = try JSONDecoder().decode(Results.self, from: data)
    #expect(run.terminationStatus == .exited(results.exitCode), "\(verdicts.name): the exit code isn't the results'")
    return results.cells
  }
}
