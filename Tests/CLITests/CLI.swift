import Foundation
import Subprocess
import Testing

/// The built `bpftest`, driven as its users do.
enum CLI {
  /// The executable that `$BPFTEST_CLI` names; `make test` builds it and sets the variable.
  static let path = ProcessInfo.processInfo.environment["BPFTEST_CLI"] ?? ""

  /// In CI the tests must run, and fail when there is nothing to run.
  static let isExpected = !path.isEmpty || ProcessInfo.processInfo.environment["CI"] == "true"

  struct Outcome: CustomStringConvertible {
    var status: Int
    var output: String
    var errors: String

    var description: String { "exit \(status)\n--- stdout\n\(output)\n--- stderr\n\(errors)\n---" }
  }

  /// Runs `bpftest` in a folder, with that folder's own cache, in English, without a terminal.
  static func run(
    _ arguments: [String], in folder: Folder, environment: [Environment.Key: String?] = [:], input: [UInt8] = []
  ) async throws -> Outcome {
    let own: [Environment.Key: String?] = [
      "XDG_CACHE_HOME": folder.cache, "CI": nil, "GITHUB_ACTIONS": nil, "LC_ALL": "C.UTF-8",
    ]
    let result = try await Subprocess.run(
      .path(.init(path)), arguments: Arguments(arguments),
      environment: .inherit.updating(own).updating(environment), workingDirectory: .init(folder.path),
      input: .array(input), output: .string(limit: 16 << 20), error: .string(limit: 16 << 20))
    return Outcome(
      status: status(result.terminationStatus), output: result.standardOutput,
      errors: result.standardError)
  }

  /// A shell's exit status: 128 + N for signal N, so that a trap or a crash never passes for an exit code of ours.
  static func status(_ status: TerminationStatus) -> Int {
    switch status {
    case .exited(let code): Int(code)
    case .signaled(let number): 128 + Int(number)
    }
  }
}

/// A folder with files in it that is gone after the test.
final class Folder: Sendable {
  let path: String
  /// For `XDG_CACHE_HOME`, beside the folder, so that what a test caches is its own.
  let cache: String
  private let root: String

  init(_ files: [String: String] = [:]) throws {
    root = NSTemporaryDirectory() + "bpftest-cli-\(UUID().uuidString)"
    path = root + "/work"
    cache = root + "/cache"
    for folder in [path, cache] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    for (name, text) in files { try write(name, [UInt8](text.utf8)) }
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = URL(filePath: "\(path)/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)"))) }

  /// Every file below the folder, by its path, and what it holds.
  func snapshot() throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
      files[name] = isFolder.boolValue ? [] : try read(name)
    }
    return files
  }

  /// Compiles `name.bpf.c` of this folder into `name.bpf.o`.
  func compile(_ name: String, debug: Bool = true) async throws {
    let clang = ProcessInfo.processInfo.environment["BPFTEST_CLANG"] ?? "clang"
    let result = try await Subprocess.run(
      clang.contains("/") ? .path(.init(clang)) : .name(clang),
      arguments: Arguments(
        ["-O2", "-target", "bpf", "-c", "\(name).bpf.c", "-o", "\(name).bpf.o"] + (debug ? ["-g"] : [])),
      workingDirectory: .init(path), output: .discarded, error: .string(limit: 1 << 20))
    try #require(CLI.status(result.terminationStatus) == 0, "\(result.standardError)")
  }
}

extension Trait where Self == ConditionTrait {
  /// The test drives the built executable.
  static var needsTheCLI: Self {
    .enabled(if: CLI.isExpected, "set BPFTEST_CLI to the built bpftest, as `make test` does")
  }

  /// The test loads BPF programs on this machine's kernel.
  static var needsRoot: Self {
    .enabled(
      if: geteuid() == 0 || ProcessInfo.processInfo.environment["CI"] == "true",
      "loading BPF on this machine's kernel takes root")
  }
}
