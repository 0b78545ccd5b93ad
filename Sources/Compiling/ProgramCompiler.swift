import BPF
import Glibc
import Housekeeping
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

  public init(bytes: [UInt8], compiler: String?, mcpu: String?) {
    self.id = ObjectID(rawValue: ContentHash.of(bytes))
    self.bytes = Bytes(bytes)
    self.compiler = compiler
    self.mcpu = mcpu
  }
}

/// A C program that is to be compiled for BPF.
public struct ProgramSource: Sendable {
  /// The `.bpf.c`.
  public var path: String
  /// Folders to look for its headers in, after the folders of the file and before the system's.
  public var includes: [String]
  /// Further arguments for the compiler.
  public var cflags: [String]
  /// `-mcpu`: v1 to v4.
  public var mcpu: String
  /// Whether whoever wrote it has chosen `mcpu`.
  public let namesInstructions: Bool

  /// - Parameter mcpu: `nil` for the default, v3.
  public init(path: String, includes: [String] = [], cflags: [String] = [], mcpu: String? = nil) {
    // What begins with a dash is an option for clang.
    self.path = path.hasPrefix("-") ? "./" + path : path
    self.includes = includes
    self.cflags = cflags
    self.mcpu = mcpu ?? "v3"
    self.namesInstructions = mcpu != nil
  }
}

/// A program that can't be compiled: a fault of the input.
public struct CompileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, with the file's name.
  public var message: String
  /// What to do about it.
  public var hint: String?
  /// The compiler's own diagnostics.
  public var diagnostics: String?

  public init(_ message: String, hint: String? = nil, diagnostics: String? = nil) {
    self.message = message
    self.hint = hint
    self.diagnostics = diagnostics
  }

  public var description: String {
    message + (hint.map { "; \($0)" } ?? "") + (diagnostics.map { "\n\($0)" } ?? "")
  }
}

/// Compiles C programs with clang, and remembers what it made of which sources.
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

  /// The object of a program: compiled, or taken from the cache.
  ///
  /// Throws `CompileError` with clang's own diagnostics when the program doesn't compile, and `InfrastructureError` when there
  /// is no compiler or no room.
  public func compile(_ source: ProgramSource) async throws -> CompiledObject {
    guard access(source.path, R_OK) == 0 else {
      throw CompileError("can't read `\(source.path)`: \(Errno.message(errno))")
    }
    let clang = try await toolbox.compiler()
    let arguments = Self.arguments(source, clang: clang)
    let key = ContentHash.of(
      ["object 2", clang.identity, PathNames.absolute(source.path), PathNames.absolute(".")] + arguments)
    let base = "\(cache)/\(key)"
    let bytes: [UInt8]
    if let known = try await cached(base) {
      bytes = known
    } else {
      bytes = try await compile(source, with: clang, arguments, keepingAs: base)
    }
    return CompiledObject(bytes: bytes, compiler: clang.version, mcpu: source.mcpu)
  }

  /// Keeps a generated program text in the cache, under a name of its own for each text, and returns its path.
  package func keep(generated text: String) throws -> String {
    let bytes = [UInt8](text.utf8)
    let path = "\(cache)/generated/\(ContentHash.of(bytes)).bpf.c"
    if readFile(path) != bytes { try CacheFiles.write(bytes, to: path) }
    return path
  }

  /// The object that the cache has, if all that it was made of is unchanged.
  private func cached(_ base: String) async throws -> [UInt8]? {
    guard let record = CacheFiles.read(base + ".made").flatMap(ObjectRecord.init(reading:)), record.isFresh,
      let bytes = readFile(base + ".o"), ContentHash.of(bytes) == record.object
    else { return nil }
    if let headers = record.headers, try await toolbox.headerFolder() != headers { return nil }
    return bytes
  }

  private static func arguments(_ source: ProgramSource, clang: Clang) -> [String] {
    #if arch(arm64)
      let architecture = "arm64"
    #else
      let architecture = "x86"
    #endif
    return [
      "-g", "-O2", "-target", "bpf", "-mcpu=\(source.mcpu)", "-D__TARGET_ARCH_\(architecture)",
      "-fno-color-diagnostics",
      "-I\(PathNames.folder(of: source.path))",
    ] + source.includes.map { "-I\($0)" } + source.cflags + clang.flags
  }

  private func compile(
    _ source: ProgramSource, with clang: Clang, _ arguments: [String], keepingAs base: String
  ) async throws -> [UInt8] {
    try CacheFolder.create(cache)
    // A folder of its own goes as a whole when the process is made to end, whatever clang still writes into it.
    let workshop = CacheFiles.temporaryPath(in: cache)
    Cleanup.shared.add(path: workshop)
    defer { Cleanup.shared.remove(path: workshop) }
    try CacheFolder.create(workshop)
    let (object, dependencies) = (workshop + "/program.o", workshop + "/program.d")
    func run(_ more: [String]) async throws -> String? {
      try await Clang.complaint(
        clang.path,
        arguments + more + ["-MD", "-MF", dependencies, "-MT", "o", "-c", source.path, "-o", object])
    }
    var headers: String?
    var more: [String] = []
    var complaint = try await run([])
    // The C library's headers know x86 alone, and want the list of a 32-bit library for anything else.
    if let text = complaint, text.contains("'gnu/stubs-32.h' file not found") {
      more = ["-isystem", try await toolbox.libraryFolder()]
      complaint = try await run(more)
    }
    // A vmlinux.h of the author's own comes first, and programs that need none don't wait for one.
    if let text = complaint, text.contains("'vmlinux.h' file not found") {
      let folder = try await toolbox.headerFolder()
      headers = folder
      // Kernels since 6.19 are built with it, and have structs inside structs by their tag alone: without it clang passes
      // over such a member, and every offset behind it is wrong.
      complaint = try await run(more + ["-I\(folder)", "-fms-extensions", "-Wno-microsoft-anon-tag"])
    }
    if let complaint {
      if complaint.contains("No space left on device") {
        throw InfrastructureError(
          "can't compile `\(source.path)`", why: "no space is left in \(cache)",
          next: "Set XDG_CACHE_HOME to a folder with room.")
      }
      throw CompileError(
        "`\(source.path)` doesn't compile", hint: CompileAdvice.advice(for: complaint, arguments: source.cflags),
        diagnostics: complaint)
    }
    guard let bytes = readFile(object).map(DebugSections.strip), let list = CacheFiles.read(dependencies) else {
      throw InfrastructureError("can't compile `\(source.path)`", why: "\(clang.path) wrote no object")
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
}
