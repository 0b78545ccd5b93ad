import ArgumentParser
import Foundation
import Matrix

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run fixtures on one kernel: this machine's, or a micro-VM's.")

  @OptionGroup var kernel: KernelChoice

  @Flag(
    help: ArgumentHelp(
      "Write the goldens of tests that pass otherwise.",
      discussion: "What a program does now becomes what is expected of it: look at the change before it is committed."))
  var record = false

  @OptionGroup var options: RunOptions

  func validate() throws {
    guard record else { return }
    if options.frame != nil { throw ValidationError("--record writes whole goldens, so it doesn't go with --frame") }
    if ProcessInfo.processInfo.environment["CI"] == "true" {
      throw ValidationError("--record is refused where CI=true: a golden that is written afresh tells nothing")
    }
  }

  func run() async throws {
    try await FixtureRun(options: options, choice: kernel.targets(), recording: record).run()
  }
}
