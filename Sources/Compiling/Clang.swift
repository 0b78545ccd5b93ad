import BPF
import Glibc
import Housekeeping
import Subprocess

/// A clang that compiles for BPF, and what it takes.
struct Clang: Sendable {
  let path: String
  /// The first line of `--version`.
  let version: String
  /// Which of `wanted` it accepts, and where libbpf's headers are.
  let flags: [String]
  /// Changes with the compiler.
  let identity: String

  /// Flags that keep programs loadable, taken where the compiler knows them.
  ///
  /// clang 21 as built for Swift splits cold code off into static `*.cold` functions, which libbpf refuses; and marks
  /// unreachable code with `__bpf_trap`, a kfunc that old kernels lack.
  static let wanted = [
    ["-Xclang", "-fno-split-cold-code"],
    ["-mllvm", "-bpf-disable-trap-unreachable"],
  ]

  /// Finds a compiler: `$BPFTEST_CLANG`, else the Swift toolchain's, else `clang` on `PATH`. What was found out about it
  /// is kept in `folder`.
  static func find(keeping folder: String) async throws -> Clang {
    if let named = getenv("BPFTEST_CLANG").map({ String(cString: $0) }), !named.isEmpty {
      guard let path = PathNames.executable(named) else {
        throw InfrastructureError("no compiler", why: "$BPFTEST_CLANG names `\(named)`, which can't be run")
      }
      guard let clang = try await probe(path, keeping: folder) else {
        throw InfrastructureError("no compiler", why: "$BPFTEST_CLANG names `\(named)`, which doesn't compile for BPF")
      }
      return clang
    }
    var candidates: [String] = []
    // `swift` on PATH is a link into its toolchain, beside whose driver lies its clang.
    if let swift = PathNames.executable("swift").flatMap(PathNames.real) {
      candidates.append(PathNames.folder(of: swift) + "/clang")
    }
    candidates.append("/opt/swift/usr/bin/clang")
    candidates += (["clang"] + (11...22).reversed().map { "clang-\($0)" }).compactMap(PathNames.executable)
    for candidate in candidates where access(candidate, X_OK) == 0 {
      if let clang = try await probe(candidate, keeping: folder) { return clang }
    }
    throw InfrastructureError(
      "no compiler", why: "there is no clang that compiles for BPF",
      next: "Install one (apt-get install clang), put a Swift toolchain on PATH, or set BPFTEST_CLANG.")
  }

  /// What a compiler can do; `nil` when it has no BPF back end.
  private static func probe(_ path: String, keeping folder: String) async throws -> Clang? {
    let real = PathNames.real(path) ?? path
    guard let stamp = FileStamp(real) else { return nil }
    let identity = ContentHash.of(["clang 1", real, stamp.text])
    let record = "\(folder)/compilers/\(identity)"
    if let lines = CacheFiles.read(record)?.split(separator: "\n", omittingEmptySubsequences: false), lines.count > 1 {
      if lines[0] == "no bpf" { return nil }
      return Clang(
        path: path, version: String(lines[0]), flags: lines[1...].filter { !$0.isEmpty }.map(String.init),
        identity: identity)
    }
    let basis = ["-target", "bpf", "-x", "c", "-c", "/dev/null", "-o", "/dev/null"]
    guard try await complaint(path, basis) == nil else {
      try CacheFiles.write([UInt8]("no bpf\n".utf8), to: record)
      return nil
    }
    var flags: [String] = []
    for flag in wanted where try await complaint(path, ["-Werror"] + flag + basis) == nil { flags += flag }
    if let include = await output("pkg-config", ["--cflags-only-I", "libbpf"]) {
      flags += include.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    // Debian keeps asm/types.h in a folder of the machine's architecture, which clang passes over for another target.
    for folder in ["/usr/include/x86_64-linux-gnu", "/usr/include/aarch64-linux-gnu"]
    where access(folder + "/asm/types.h", R_OK) == 0 {
      flags += ["-idirafter", folder]
    }
    let version = await output(path, ["--version"])?.split(separator: "\n").first.map(String.init) ?? path
    try CacheFiles.write([UInt8](([version] + flags + [""]).joined(separator: "\n").utf8), to: record)
    return Clang(path: path, version: version, flags: flags, identity: identity)
  }

  /// Runs a compiler; its diagnostics when it fails.
  static func complaint(_ path: String, _ arguments: [String]) async throws -> String? {
    do {
      let result = try await Subprocess.run(
        .path(.init(path)), arguments: Arguments(arguments), output: .discarded, error: .string(limit: 8 << 20))
      if result.terminationStatus == .exited(0) { return nil }
      var text = result.standardError
      while text.hasSuffix("\n") { text.removeLast() }
      return text.isEmpty ? "\(path) ended with \(result.terminationStatus)" : text
    } catch let error as SubprocessError {
      throw InfrastructureError("can't run \(path)", why: "\(error)")
    }
  }

  /// What a tool prints; `nil` when it isn't there or fails.
  private static func output(_ tool: String, _ arguments: [String]) async -> String? {
    let result = try? await Subprocess.run(
      tool.contains("/") ? .path(.init(tool)) : .name(tool), arguments: Arguments(arguments),
      output: .string(limit: 1 << 16), error: .discarded)
    return result?.terminationStatus == .exited(0) ? result?.standardOutput : nil
  }
}
