import ArgumentParser
import Matrix

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run fixtures on one kernel: this machine's, or a micro-VM's.")

  @Option(
    help: ArgumentHelp(
      "`host`, or a kernel of the catalog. Default: host where this process may use BPF, else the newest.",
      valueName: "id"))
  var kernel: String?

  @OptionGroup var options: RunOptions

  func run() async throws {
    try await FixtureRun(options: options, choice: choice()).run()
  }

  private func choice() throws -> Session.Choice {
    switch kernel {
    case "host": return .host
    case let id?: return .list(id)
    case nil: break
    }
    if let why = HostBPF.obstacle() {
      let newest = try Session.newestKernel()
      Diagnostics.note("this process may not use BPF (\(why)): running on kernel \(newest) in a micro-VM")
      return .list(newest)
    }
    return .host
  }
}
