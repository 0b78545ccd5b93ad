import ArgumentParser
import Foundation
import Matrix
import Reporting
import Results

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Time programs: ns per run, with percentiles and a regression gate.",
    discussion: """
      Times the program of every test that has one step, once that step has passed. Each run has the test's own packet,
      fresh; times are the kernel's, in batches whose means the percentiles are taken over, less what an empty program of
      the same type takes. Maps and globals keep their contents from run to run.

        bpftest bench --json base.json           keep the figures
        bpftest bench --baseline base.json       exit 1 when anything is slower, beyond the noise
      """)

  @OptionGroup var tests: TestChoice

  @OptionGroup var kernel: KernelChoice

  @Option(help: ArgumentHelp("Runs of each program.", valueName: "n"))
  var runs = 10_000

  @Option(help: "Machine code (on), the interpreter (off) or both; default: both in a micro-VM, as it is on the host.")
  var jit: JITChoice?

  @Option(help: ArgumentHelp("Compare with the --json of an earlier run; exit 1 when slower.", valueName: "file"))
  var baseline: String?

  @Option(
    help: ArgumentHelp(
      "How much slower is still noise: 10%. Default: 10% and the spread of the batches.", valueName: "percent"))
  var margin: Percent?

  @Option(help: ArgumentHelp("The longest that a test may take in a micro-VM.", valueName: "seconds"))
  var timeout: Double = 120

  @OptionGroup var machine: MachineChoice

  @Option(help: ArgumentHelp("Write the figures as JSON; - is stdout.", valueName: "file"))
  var json: String?

  enum JITChoice: String, ExpressibleByArgument { case on, off, both }

  func validate() throws {
    if runs < 1 || runs > 100_000_000 { throw ValidationError("--runs takes a number from 1 to 100000000") }
    try check(timeout: timeout)
    if margin != nil && baseline == nil { throw ValidationError("--margin goes with --baseline") }
  }

  func run() async throws {
    let before = try baseline.map(BenchBaseline.read)
    try ReportOutputs(json: json).check()
    let choice = try kernel.targets()
    let session = try await Session.prepare(
      paths: tests.paths, choice: choice, filter: tests.filter, note: Diagnostics.note)
    var options = BenchRun.Options()
    options.runs = runs
    options.timeout = timeout
    machine.set(&options.machine)
    options.note = Diagnostics.note
    switch jit {
    case .on: options.jit = [true]
    case .off: options.jit = [false]
    case .both: options.jit = [true, false]
    case nil: if case .list = choice { options.jit = [true, false] }
    }
    let meter = ProgressMeter()
    let results = try await BenchRun(session: session, options: options).run(progress: meter.show)
    meter.clear()
    let comparison = before.map { BenchComparison(results, baseline: $0, margin: margin?.part) }
    try BenchReport.write(
      results, comparison: comparison, json: json, environment: ProcessInfo.processInfo.environment)
    if results.exitCode != 0 { throw ExitCode(results.exitCode) }
    if let why = comparison?.obstacle { throw SelectionError(reason: "--baseline \(baseline ?? ""): \(why)") }
    if comparison?.hasRegressions == true { throw ExitCode(1) }
  }
}

/// A percentage: `10%` or `10`.
struct Percent: ExpressibleByArgument {
  /// 0.1 for 10 %.
  var part: Double

  init?(argument: String) {
    let digits = argument.hasSuffix("%") ? String(argument.dropLast()) : argument
    guard let number = Double(digits), number >= 0, number <= 1000 else { return nil }
    part = number / 100
  }
}
