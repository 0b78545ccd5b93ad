import ArgumentParser
import Dispatch
import Kernels
import Matrix

/// An asynchronous `main` gives up its thread by pthread_exit(3), whose unwinding makes a static program sort the tables of
/// all its functions first: 30 ms, a third of a run on the host.
@main
enum Main {
  static func main() {
    let end = DispatchSemaphore(value: 0)
    Task.detached {
      await BPFTest.start()
      end.signal()
    }
    end.wait()
  }
}

/// The command line. Everything it does is done by the modules; here is only what to call and what to print.
struct BPFTest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bpftest",
    abstract: "Test eBPF programs on this kernel and on every other that you support.",
    discussion: """
      Fixtures are *.bpftest.yaml files beside the programs they test.

        bpftest run                     this folder's fixtures on this machine's kernel
        bpftest matrix                  … on every kernel of the catalog, in micro-VMs
        bpftest matrix --kernels lts    … on the long-term ones
        bpftest packet show FILE        a capture, layer by layer
        bpftest kernels fetch 6.1       get a kernel into the local store

      Exit codes: 0 all passed; 1 a test failed, was rejected, crashed or hung; 2 bad input; 3 infrastructure; 64 usage.
      """,
    version: BPFTestVersion.current,
    subcommands: [
      RunCommand.self, MatrixCommand.self, BenchCommand.self, PacketCommand.self, KernelsCommand.self,
    ])

  static func start() async {
    Cleanup.shared.installSignalHandlers()
    do {
      var command: any ParsableCommand
      do {
        command = try parseAsRoot()
      } catch {
        let complaint = UnknownCommand.complaint(CommandLine.arguments.dropFirst())
        throw complaint.map { ValidationError($0) } ?? error
      }
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      ErrorReport.exit(with: error)
    }
  }
}
