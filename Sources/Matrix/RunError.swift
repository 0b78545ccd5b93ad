import BPF
import Compiling
import Fixtures
import Kernels

/// What kind of bad news an error is, for the exit code. Programs that fail their tests are no errors but results.
public enum RunError: Error, Sendable {
  /// The fixture, the object, the configuration or a name on the command line is wrong.
  case badInput
  /// The machinery is wrong: no QEMU, a kernel that can't be had, a disk that is full.
  case infrastructure

  /// The process's exit code.
  public var exitCode: Int32 {
    switch self {
    case .badInput: 2
    case .infrastructure: 3
    }
  }

  /// The kind of an error of ours; `nil` for one that isn't.
  public static func kind(of error: any Error) -> RunError? {
    switch error {
    case is InfrastructureError: .infrastructure
    case is CatalogError, is FixtureErrors, is ConfigurationError, is SelectionError, is BPFError: .badInput
    default: nil
    }
  }
}
