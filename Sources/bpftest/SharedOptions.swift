import ArgumentParser
import Matrix
import MicroVM

/// The tests that a command is about.
struct TestChoice: ParsableArguments {
  @Argument(help: "Fixtures, or folders to search for *.bpftest.yaml.")
  var paths: [String] = ["."]

  @Option(
    help: ArgumentHelp(
      "Only tests whose `suite/test` matches; with `suite/test/step`, up to that step.", valueName: "regex"))
  var filter: String?

  func validate() throws {
    guard let filter else { return }
    do { _ = try Regex(filter) } catch {
      throw ValidationError("--filter takes a regular expression, and `\(filter)` is none: \(error)")
    }
  }
}

/// The one kernel that a command runs on.
struct KernelChoice: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "`host`, or a kernel of the catalog, in a micro-VM. Default: host where this process may use BPF, else the newest.",
      valueName: "id"))
  var kernel: String?

  func targets() throws -> Session.Choice { try .one(kernel, note: Diagnostics.note) }
}

/// How micro-VMs are made.
struct MachineChoice: ParsableArguments {
  @Option(help: "How micro-VMs are accelerated: auto, kvm or tcg.")
  var accel: Accel = .auto

  @Flag(help: "Boot every micro-VM afresh, without snapshots.")
  var cold = false

  func set(_ machine: inout MachineOptions) {
    machine.accel = accel
    machine.cold = cold
  }
}

/// Refuses what is no time to wait.
func check(timeout: Double) throws {
  if !(timeout > 0 && timeout.isFinite) { throw ValidationError("--timeout takes seconds, more than 0") }
}

extension Accel: ExpressibleByArgument {}
