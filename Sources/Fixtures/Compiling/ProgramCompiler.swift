import BPF
import Glibc
import Kernels
import Subprocess
import TestPlan

/// An object ready to be tested, and what made it.
public struct CompiledObject: Sendable {
  /// Names the bytes: their hash.
  public let id: ObjectID
  public let bytes: Bytes
  /// The compiler's first version line; `nil` for an object that came ready-made.
  public let compiler: String?
  /// `-mcpu`; `nil` for an object that came ready-made.
  public let mcpu: String?
}

/// Compiles the C programs of fixtures with clang, and remembers what it made of which sources.
public struct ProgramCompiler: Sendable {
  private let cache: String
  private let toolbox: Toolbox

  /// - Parameters:
  ///   - cache: a folder of its own to keep objects and generated headers in.
  ///   - kernelBTF: the BTF file whose types `vmlinux.h` has; by default the running kernel's.
  public init(cache: String, kernelBTF: String? = nil) {
    self.cache = cache
    self.toolbox = Toolbox(cache: cache, kernelBTF: kernelBTF)
  }

  /// The suite's object: compiled, taken from the cache, or read as it is.
  ///
  /// Throws `FixtureErrors` with clang's own diagnostics when the program doesn't compile, and `ToolchainError` when there
  /// is no compiler or no room.
  public func compile(_ suite: Suite) async throws -> CompiledObject {
    guard suite.objectPath.hasSuffix(".c") else {
      return CompiledObject(suite, bytes: try Self.read(suite), compiler: nil, mcpu: nil)
    }
    guard access(suite.objectPath, R_OK) == 0 else { throw Self.unreadable(suite, errno) }
    let clang = try await toolbox.compiler()
    let mcpu = suite.mcpu ?? "v3"
    let arguments = Self.arguments(suite, clang: clang, mcpu: mcpu)
    let key = ContentHash.of(
      ["object 2", clang.identity, PathNames.absolute(suite.objectPath), PathNames.absolute(".")] + arguments)
    let base = "\(cache)/\(key)"
    if let bytes = try await cached(base) {
      return CompiledObject(suite, bytes: bytes, compiler: clang.version, mcpu: mcpu)
    }
    let bytes = try await compile(suite, with: clang, arguments, keepingAs: base)
    return CompiledObject(suite, bytes: bytes, compiler: clang.version, mcpu: mcpu)
  }

  /// The object that the cache has, if all that it was made of is unchanged.
  private func cached(_ base: String) async throws -> [UInt8]? {
    guard let record = CacheFiles.read(base + ".made").flatMap(ObjectRecord.init(reading:)), record.isFresh,
      let bytes = readFile(base + ".o"), ContentHash.of(bytes) == record.object
    else { return nil }
    if let headers = record.headers, try await toolbox.headerFolder() != headers { return nil }
    return bytes
  }

  private static func arguments(_ suite: Suite, clang: Clang, mcpu: String) -> [String] {
    #if arch(arm64)
      let architecture = "arm64"
    #else
      let architecture = "x86"
    #endif
    return [
      "-g", "-O2", "-target", "bpf", "-mcpu=\(mcpu)", "-D__TARGET_ARCH_\(architecture)", "-fno-color-diagnostics",
      "-I\(Suite.folder(of: suite.objectPath))", "-I\(Suite.folder(of: suite.path))",
    ] + suite.cflags + clang.flags
  }

  private func compile(
    _ suite: Suite, with clang: Clang, _ arguments: [String], keepingAs base: String
  ) async throws -> [UInt8] {
    try CacheFiles.makeFolder(cache)
    // A folder of its own goes as a whole when the process is made to end, whatever clang still writes into it.
    let workshop = CacheFiles.temporaryPath(in: cache)
    Cleanup.shared.add(path: workshop)
    defer { Cleanup.shared.remove(path: workshop) }
    try CacheFiles.makeFolder(workshop)
    let (object, dependencies) = (workshop + "/program.o", workshop + "/program.d")
    func run(_ more: [String]) async throws -> String? {
      try await Self.run(
        clang.path,
        arguments + more + ["-MD", "-MF", dependencies, "-MT", "o", "-c", suite.objectPath, "-o", object])
    }
    var headers: String?
    var complaint = try await run([])
    // A vmlinux.h of the author's own comes first, and programs that need none don't wait for one.
    if let text = complaint, text.contains("'vmlinux.h' file not found") {
      let folder = try await toolbox.headerFolder()
      headers = folder
      // Kernels since 6.19 are built with it, and have structs inside structs by their tag alone: without it clang passes
      // over such a member, and every offset behind it is wrong.
      complaint = try await run(["-I\(folder)", "-fms-extensions", "-Wno-microsoft-anon-tag"])
    }
    if let complaint {
      throw FixtureErrors([
        FixtureError(
          path: suite.path, line: suite.objectPosition.line, column: suite.objectPosition.column,
          message: "`\(suite.objectPath)` doesn't compile", detail: complaint)
      ])
    }
    guard let bytes = readFile(object).map(DebugSections.strip), let list = CacheFiles.read(dependencies) else {
      throw ToolchainError("\(clang.path) wrote no object for `\(suite.objectPath)`")
    }
    let sources = ObjectRecord.dependencies(list).compactMap { path in
      FileStamp(path).flatMap { stamp in
        readFile(path).map { ObjectRecord.Source(path: path, stamp: stamp.text, hash: ContentHash.of($0)) }
      }
    }
    let record = ObjectRecord(object: ContentHash.of(bytes), headers: headers, sources: sources)
    try CacheFiles.write(bytes, to: base + ".o")
    try CacheFiles.write([UInt8](record.text.utf8), to: base + ".made")
    return bytes
  }

  /// Runs clang; its diagnostics when it fails.
  private static func run(_ path: String, _ arguments: [String]) async throws -> String? {
    do {
      let result = try await Subprocess.run(
        .path(.init(path)), arguments: Arguments(arguments), output: .discarded, error: .string(limit: 8 << 20))
      if result.terminationStatus == .exited(0) { return nil }
      var text = result.standardError
      while text.hasSuffix("\n") { text.removeLast() }
      return text.isEmpty ? "\(path) ended with \(result.terminationStatus)" : text
    } catch let error as SubprocessError {
      throw ToolchainError("can't run \(path): \(error)")
    }
  }

  private static func read(_ suite: Suite) throws -> [UInt8] {
    guard let bytes = readFile(suite.objectPath) else { throw unreadable(suite, errno) }
    return bytes
  }

  private static func unreadable(_ suite: Suite, _ code: Int32) -> FixtureErrors {
    FixtureErrors([
      FixtureError(
        path: suite.path, line: suite.objectPosition.line, column: suite.objectPosition.column,
        message: "can't read `\(suite.objectPath)`: \(Errno.message(code))")
    ])
  }
}

extension CompiledObject {
  init(_ suite: Suite, bytes: [UInt8], compiler: String?, mcpu: String?) {
    self.init(id: ObjectID(rawValue: ContentHash.of(bytes)), bytes: Bytes(bytes), compiler: compiler, mcpu: mcpu)
  }
}
