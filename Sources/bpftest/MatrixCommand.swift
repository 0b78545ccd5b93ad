import ArgumentParser
import Matrix

struct MatrixCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix", abstract: "Run fixtures on many kernels, each in a micro-VM.")

  @Option(
    help: ArgumentHelp(
      "Ids (5.10,6.1), a range (\">=6.1\"), lts or all. Default: `kernels:` in bpftest.yaml, else all.",
      valueName: "list"))
  var kernels: String?

  @Flag(help: .hidden) var record = false

  @OptionGroup var options: RunOptions

  func validate() throws {
    if record {
      throw ValidationError("goldens are recorded on one kernel: bpftest run … --record, with --kernel ID for another")
    }
  }

  func run() async throws {
    let list = try kernels ?? Configuration.find().kernels ?? "all"
    try await FixtureRun(options: options, choice: .list(list)).run()
  }
}
