import BPF
import Compiling
import Glibc
import Housekeeping
import Synchronization

/// A BPF object: opened, perhaps loaded into the kernel, until it is closed or its last reference goes.
///
/// Its programs, maps and globals are light handles that may cross threads; calls into one object take turns.
public final class BPFObject: Sendable {
  /// The file's name, for messages.
  public let name: String
  /// The object's own BTF.
  public let btf: BTF
  let programPlaces: Places<Int>
  let mapPlaces: Places<Int>
  let globalPlaces: Places<GlobalPlace>
  /// Whether any of its code calls `bpf_printk`.
  let writesLines: Bool
  /// The file, to explain refusals by what its code says.
  let bytes: [UInt8]
  private let state: Mutex<State>

  /// What only one thread at a time may touch; it never leaves the lock.
  private struct State: @unchecked Sendable {
    var open: OpenObject?
    /// The first failure of an assignment, which could not throw it.
    var failure: (any Error)?
  }

  /// Opens an object's bytes without loading it. Throws what is wrong with them.
  ///
  /// With `programs`, they alone are going to be loaded. Lines of `kconfig` (`CONFIG_HZ=250`) come before the kernel's own
  /// configuration for `__kconfig` externs. `sectionSizes` makes sections of globals larger (`[".data.table": 32]`, bytes): the
  /// array that stands last in each has so many elements more.
  public init(
    bytes: [UInt8], name: String, programs: [String]? = nil, kconfig: String? = nil, sectionSizes: [String: Int] = [:]
  ) throws {
    let core = try BPF.BPFObject(
      bytes: try SectionSizes.grow(bytes, to: sectionSizes), name: name, programs: programs.map { Set($0) },
      kconfig: kconfig)
    if let programs {
      for program in programs { _ = try core.program(program) }
      for program in core.programs { try program.setAutoload(programs.contains(program.name)) }
    }
    let open = OpenObject(core)
    self.name = name
    self.btf = core.btf
    self.writesLines = PrintkCalls.occur(in: bytes)
    self.bytes = bytes
    let globals = GlobalPlace.all(in: core)
    let maps = open.maps.map(\.name)
    self.programPlaces = Places("program", of: name, numbering: open.programs.map(\.name))
    // A map whose name has a dot holds globals.
    self.mapPlaces = Places("map", of: name, numbering: maps, names: maps.filter { !$0.contains(".") })
    self.globalPlaces = Places("global", of: name, globals, names: globals.keys.sorted())
    self.state = Mutex(State(open: open))
  }

  /// Opens a compiled object file without loading it.
  ///
  /// A relative path is looked for beside the calling source file, then in the current folder.
  public convenience init(
    contentsOf path: String, programs: [String]? = nil, kconfig: String? = nil, sectionSizes: [String: Int] = [:],
    relativeTo source: StaticString = #filePath
  ) throws {
    let bytes = try Self.read(try Self.find(path, besides: "\(source)"))
    try self.init(
      bytes: bytes, name: Self.lastName(path), programs: programs, kconfig: kconfig, sectionSizes: sectionSizes)
  }

  /// Compiles a C program with clang, and opens the object without loading it.
  ///
  /// A relative path is looked for beside the calling source file, then in the current folder. What was compiled is kept
  /// in the user's cache folder, as long as no source changes. Folders in `cflags` (`-Iinclude`) are relative to the program,
  /// or else to the current folder. Throws `CompileError` with the compiler's diagnostics.
  ///
  /// Without `mcpu` that is v3, and v2 for a program with fetching atomics on a kernel that knows none (before 5.12).
  public convenience init(
    compiling path: String, cflags: [String] = [], mcpu: String? = nil, programs: [String]? = nil,
    kconfig: String? = nil, sectionSizes: [String: Int] = [:], relativeTo source: StaticString = #filePath
  ) async throws {
    let program = try Self.program(path, cflags, mcpu, besides: "\(source)")
    let object = try await Self.compiler.compile(program, forOldKernels: !KernelProbes.hasFetchingAtomics)
    try self.init(
      bytes: object.bytes.array, name: Self.lastName(path), programs: programs, kconfig: kconfig,
      sectionSizes: sectionSizes)
  }

  static let compiler = ProgramCompiler(cache: CacheFolder.path("objects"))

  static func program(
    _ path: String, _ cflags: [String], _ mcpu: String?, besides source: String
  ) throws -> ProgramSource {
    let found = try find(path, besides: source)
    let flags = CompilerPaths.resolve(cflags, in: PathNames.folder(of: found), orCurrent: true)
    return ProgramSource(path: found, cflags: flags, mcpu: mcpu)
  }

  static func lastName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  static func read(_ path: String) throws(BPFError) -> [UInt8] {
    guard let bytes = readFile(path) else { throw BPFError(.badObject, operation: "can't read `\(path)`") }
    return bytes
  }

  static func find(_ path: String, besides source: String) throws -> String {
    if path.hasPrefix("/") { return path }
    let beside = "\(PathNames.folder(of: source))/\(path)"
    if PathNames.exists(beside) { return beside }
    if PathNames.exists(path) { return path }
    throw BPFError(
      .badArgument, operation: "no file `\(path)`", detail: "looked for \(beside) and \(PathNames.absolute(path))")
  }

  // MARK: Loading

  /// Loads the programs and creates the maps (`bpf_object__load`), blocking the thread while the verifier works.
  ///
  /// Throws `BPFLoadError` with the verifier's log when the kernel refuses, and again for the same reason when it is tried
  /// once more: libbpf makes but one attempt.
  public func load() throws {
    try withOpen("loading") { open in
      do throws(BPFError) {
        try open.core.load()
      } catch {
        // Nothing was refused.
        if open.core.isLoaded { throw error }
        throw BPFLoadError(error, of: open.core)
      }
    }
  }

  /// Loads the programs and creates the maps on a thread of its own, so that other tests go on.
  public func load() async throws {
    try await onThread("load") { Result { try self.load() } }.get()
  }

  /// Whether it is loaded, and not closed.
  public var isLoaded: Bool { state.withLock { $0.open?.core.isLoaded ?? false } }

  /// Unloads everything: from then on each use of it, its programs and its maps is an error. Further calls do nothing.
  ///
  /// Links and event readers that are still there keep what they need until they go.
  public func close() {
    // What is closed is released outside the lock, since the kernel takes its time.
    let last = state.withLock { state in
      defer { state.open = nil }
      return state.open
    }
    withExtendedLifetime(last) {}
  }

  /// Whether `close()` was called.
  public var isClosed: Bool { state.withLock { $0.open == nil } }

  /// What the verifier wrote about a program of the last load; empty when it accepted it without a word.
  public func verifierLog(of program: String) throws -> VerifierLog {
    _ = try programs[program]
    return try withOpen("verifier log") { VerifierLog($0.core.verifierLog(of: program)) }
  }

  deinit {
    guard let failure = state.withLock({ $0.failure }) else { return }
    // Nobody has asked, and a test that goes on as if nothing had been would say what isn't so.
    CurrentTest.fail("object `\(name)`: an assignment failed: \(failure)")
  }

  // MARK: Taking turns

  /// Does something with libbpf's object while nobody else does. Throws when the object is closed, or an assignment
  /// before has failed.
  func withOpen<T: Sendable>(_ operation: String, _ body: (OpenObject) throws -> T) throws -> T {
    try state.withLock { state throws in
      if let failure = state.failure {
        state.failure = nil
        throw failure
      }
      guard let open = state.open else {
        throw BPFError(.closed, operation: "\(operation): object `\(name)` is closed")
      }
      return try body(open)
    }
  }

  /// For assignments, which can't throw: the next call that can throws what went wrong.
  func keepingFailure(_ body: () throws -> Void) {
    do { try body() } catch { state.withLock { $0.failure = $0.failure ?? error } }
  }

  /// Throws what an assignment couldn't, such as `maps.rules[1] = rule` with a map that is full.
  ///
  /// Loading, running, attaching, and reading that can throw, do so too.
  public func check() throws {
    try state.withLock { state throws in
      guard let failure = state.failure else { return }
      state.failure = nil
      throw failure
    }
  }
}

/// libbpf's object, with its programs and maps in lists. It is used by one thread at a time only, under the lock of the
/// `BPFObject` that it belongs to.
struct OpenObject: @unchecked Sendable {
  let core: BPF.BPFObject
  let programs: [BPF.BPFProgram]
  let maps: [BPF.BPFMap]

  init(_ core: BPF.BPFObject) {
    self.core = core
    self.programs = core.programs
    self.maps = core.maps
  }
}

extension BPFError.Code {
  /// The object, or the link, was closed before.
  public static let closed = BPFError.Code(rawValue: "closed")
}
