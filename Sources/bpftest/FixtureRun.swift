import ArgumentParser
import Foundation
import Matrix
import MicroVM
import Reporting
import Results

/// What `run` and `matrix` do once they know on which kernels.
struct FixtureRun {
  let options: RunOptions
  let choice: Session.Choice
  /// Whether goldens are written rather than compared with.
  var recording = false

  func run() async throws {
    let outputs = ReportOutputs(json: options.json, junit: options.junit, markdown: options.markdown)
    try outputs.check()
    let session = try await Session.prepare(
      paths: options.tests.paths, choice: choice, filter: options.tests.filter, shard: options.shard,
      frame: options.frame,
      recording: recording, keepGoing: !options.failFast, note: Diagnostics.note)
    var run = MatrixRun.Options(timeout: options.timeout, failFast: options.failFast)
    if let jobs = options.jobs { run.jobs = jobs }
    options.machine.set(&run.machine)
    run.note = Diagnostics.note
    run.allowedSplats = try Configuration.find().allowedSplats
    for splat in run.allowedSplats where splat.isOver(on: run.today) {
      Diagnostics.note(
        "bpftest.yaml: the splat /\(splat.matches)/ was allowed until \(splat.until), which is over: it fails tests again"
      )
    }
    run.record = recording
    run.saveFailures = options.saveFailures
    if options.dryRun { return try printPlan(session, run) }
    if session.tests.isEmpty, !session.invalid.isEmpty {
      // There is nothing to make a table of; reports that were asked for say it all the same.
      try outputs.writeFiles(await session.run(options: run))
      try session.checkValid()
    }

    let meter = ProgressMeter()
    let results = await session.run(options: run, progress: meter.show)
    meter.clear()
    try outputs.write(results, environment: ProcessInfo.processInfo.environment)
    let objection = options.failIfSkipped ? results.skips() : options.failIfAllSkipped ? results.nothingRan() : nil
    if let objection { Diagnostics.note(objection) }
    if results.exitCode != 0 || objection != nil { throw ExitCode(max(1, results.exitCode)) }
  }

  /// The cells, a line each, and the QEMU command of each kernel.
  private func printPlan(_ session: Session, _ run: MatrixRun.Options) throws {
    for test in session.tests {
      for target in session.targets {
        let skipped = test.skipped(kernel: target.id, release: target.release)
        print("\(target.id)\t\(test.suite)/\(test.name)" + (skipped.map { "\tskipped: \($0.message)" } ?? ""))
      }
    }
    try session.checkValid()
    let room = MachineRoom(options: run.machine)
    for case .kernel(let kernel) in session.targets {
      print("\n# \(kernel.id): \(kernel.release)")
      print(room.commandLine(kernel).map(ShellWord.quote).joined(separator: " "))
    }
  }
}
