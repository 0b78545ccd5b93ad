import ArgumentParser
import Matrix

/// Options that `run` and `matrix` share.
struct RunOptions: ParsableArguments {
  @OptionGroup var tests: TestChoice

  @Option(help: ArgumentHelp("Run the I-th of N equal parts, I from 1.", valueName: "i/n"))
  var shard: Shard?

  @Option(
    help: ArgumentHelp(
      "Run only this frame of tests that replay a capture, or this packet of generated ones.", valueName: "n"))
  var frame: Int?

  @Option(
    help: ArgumentHelp(
      "Save generated packets that fail, shrunk, as captures that `replay:` takes.", valueName: "folder"))
  var saveFailures: String?

  @Option(help: ArgumentHelp("Work at once; one per core unless given.", valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "The longest that a test may take in a micro-VM; 30 unless given, 90 under software emulation.",
      valueName: "seconds"))
  var timeout: Double?

  @OptionGroup var machine: MachineChoice

  @Flag(help: "Stop at the first test that doesn't pass.")
  var failFast = false

  @Flag(help: "Go on after a test that doesn't pass (the default).")
  var keepGoing = false

  @Flag(help: "Exit with 1 when any test was skipped on any kernel.")
  var failIfSkipped = false

  @Flag(help: "Exit with 1 when every test was skipped on every kernel, so that nothing ran.")
  var failIfAllSkipped = false

  @Flag(help: "Print what would run, and the QEMU command, and run nothing; kernels that aren't here are fetched.")
  var dryRun = false

  @Option(help: ArgumentHelp("Write the results as JSON; - is stdout.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Write the results as JUnit XML.", valueName: "file"))
  var junit: String?

  @Option(help: ArgumentHelp("Write the results as Markdown.", valueName: "file"))
  var markdown: String?

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs takes a number from 1") }
    if let frame, frame < 1 { throw ValidationError("--frame takes a number from 1") }
    if let timeout { try check(timeout: timeout) }
    if failFast && keepGoing { throw ValidationError("--fail-fast and --keep-going exclude each other") }
  }
}

extension Shard: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
