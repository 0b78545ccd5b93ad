import Foundation
import Subprocess

/// Runs the tools that fetching needs: apt, dpkg-deb, decompressors.
enum Command {
  struct Outcome {
    /// The exit status, or 128 + the signal's number, as a shell has it.
    var status: Int
    var output: String
    var errors: String
    /// The last lines that the tool complained with.
    var complaint: String {
      let lines = (errors + "\n" + output).split(separator: "\n").filter { !$0.isEmpty }
      let marked = lines.filter { $0.hasPrefix("E:") || $0.hasPrefix("Err:") }
      return (marked.isEmpty ? lines.suffix(4) : marked.prefix(4)).joined(separator: "\n  ")
    }
  }

  /// Runs a tool to its end with English messages. Throws `InfrastructureError` when there is no such tool.
  static func run(
    _ tool: String, _ arguments: [String], in folder: String? = nil, package: String, limit: Int = 256 << 20
  ) async throws -> Outcome {
    do {
      let result = try await Subprocess.run(
        tool.hasPrefix("/") ? .path(.init(tool)) : .name(tool), arguments: Arguments(arguments),
        environment: .inherit.updating(["LC_ALL": "C.UTF-8"]),
        workingDirectory: folder.map { .init($0) }, output: .string(limit: limit), error: .string(limit: 1 << 20))
      return Outcome(
        status: status(result.terminationStatus), output: result.standardOutput,
        errors: result.standardError)
    } catch let error as SubprocessError {
      throw missing(tool, package: package, error: error)
    }
  }

  /// Runs a filter from one file into another; returns what it complained with when it failed.
  static func filter(_ tool: String, _ arguments: [String], package: String, input: String, output: String) async throws
    -> Outcome
  {
    let source = open(input, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { throw InfrastructureError("can't read \(input)", why: errnoText()) }
    defer { close(source) }
    let sink = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard sink >= 0 else { throw InfrastructureError("can't write \(output)", why: errnoText()) }
    defer { close(sink) }
    do {
      let result = try await Subprocess.run(
        .name(tool), arguments: Arguments(arguments),
        input: .fileDescriptor(.init(rawValue: source), closeAfterSpawningProcess: false),
        output: .fileDescriptor(.init(rawValue: sink), closeAfterSpawningProcess: false),
        error: .string(limit: 1 << 20))
      return Outcome(status: status(result.terminationStatus), output: "", errors: result.standardError)
    } catch let error as SubprocessError {
      throw missing(tool, package: package, error: error)
    }
  }

  private static func status(_ status: TerminationStatus) -> Int {
    switch status {
    case .exited(let code): Int(code)
    case .signaled(let number): 128 + Int(number)
    }
  }

  private static func missing(_ tool: String, package: String, error: SubprocessError) -> InfrastructureError {
    InfrastructureError(
      "can't run `\(tool)`", why: "\(error)", next: "Install it: apt-get install \(package)")
  }

  /// The current `errno` in words.
  static func errnoText() -> String { String(cString: strerror(errno)) }
}
