import BPF
import Compiling
import Fixtures
import Foundation
import Kernels
import Results
import TestPlan

/// Fixtures read, compiled and planned, and the kernels they are to run on: all that can be wrong before anything runs.
public struct Session: Sendable {
  public var suites: [SuiteResult]
  public var tests: [PlannedTest]
  public var objects: [ObjectID: Bytes]
  public var targets: [Target]
  /// When reading began: the time of the run is counted from there.
  public var began = ContinuousClock.now

  /// Which kernels to run on.
  public enum Choice: Sendable {
    case host
    /// A kernel list, as `--kernels` takes it.
    case list(String)
  }

  /// Reads, compiles and plans the fixtures below `paths`, and sees to it that the kernels are in the store.
  ///
  /// - Parameters:
  ///   - filter: a regular expression on `suite/test`.
  ///   - frame: of tests of many frames or generated packets, the only one to run.
  ///   - recording: goldens are about to be written, so they needn't be there yet.
  ///   - note: called with lines for people, from any thread.
  /// - Throws: errors that `RunError.kind(of:)` knows.
  public static func prepare(
    paths: [String], choice: Choice, filter: String? = nil, shard: Shard? = nil, frame: Int? = nil,
    recording: Bool = false, note: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> Session {
    let began = ContinuousClock.now
    let files = try Suite.find(paths)
    let store = KernelStore()
    let targets: [Target]
    switch choice {
    case .host: targets = [.host]
    case .list(let list): targets = try await kernels(list, in: store, note: note)
    }
    // The newest kernel of the store, since its types are a superset of what programs ask for; else the host's own.
    let btf = try store.installed().last?.btf
    let compiler = ProgramCompiler(cache: CacheFolder.path("objects"), kernelBTF: btf)
    var session = try assemble(
      try await compileAll(
        files, with: compiler, recording: recording, forOldKernels: targets.contains(where: \.isOld)),
      targets: targets)
    session.began = began
    try session.narrow(filter: filter, shard: shard)
    if let frame { try session.narrow(toFrame: frame) }
    if recording { try session.checkGoldens() }
    return session
  }

  /// What came of all suites, or everything that is wrong with them.
  private static func assemble(_ compiled: [Compiled], targets: [Target]) throws -> Session {
    var session = Session(suites: [], tests: [], objects: [:], targets: targets)
    var errors: [FixtureError] = []
    for one in compiled {
      switch one.outcome {
      case .success(let prepared):
        session.suites.append(
          SuiteResult(
            name: one.suite.name, path: one.suite.path, compiler: prepared.object.compiler, mcpu: prepared.object.mcpu))
        for object in prepared.objects { session.objects[object.id] = object.bytes }
        session.tests += prepared.tests
      case .failure(let error):
        guard let error = error as? FixtureErrors else { throw error }
        errors += error.errors
      }
    }
    guard errors.isEmpty else { throw FixtureErrors(errors) }
    return session
  }

  private static func kernels(
    _ list: String, in store: KernelStore, note: @escaping @Sendable (String) -> Void
  ) async throws -> [Target] {
    let catalog = try Configuration.find().loadCatalog()
    let ids = try catalog.select(list).map(\.id)
    do {
      return try await store.fetch(ids, catalog: catalog, progress: note).map(Target.kernel)
    } catch let error as InfrastructureError {
      // One that can't be had keeps nobody from testing on those that are here.
      let here = try store.installed().filter { ids.contains($0.id) }
      guard !here.isEmpty else { throw error }
      return ids.map { id in
        here.first { $0.id == id }.map(Target.kernel) ?? .missing(id: id, why: "can't be fetched: \(error)")
      }
    }
  }

  /// What came of one suite.
  private struct Compiled: Sendable {
    var number: Int
    var suite: Suite
    var outcome: Result<PreparedSuite, any Error>
  }

  /// Reads all the fixtures first, so that every mistake in them is told at once, then compiles a few at a time.
  private static func compileAll(
    _ files: [String], with compiler: ProgramCompiler, recording: Bool, forOldKernels: Bool
  ) async throws -> [Compiled] {
    let suites = try load(files, recording: recording)
    return await withTaskGroup(of: Compiled.self) { group in
      var compiled: [Compiled] = []
      for (number, suite) in suites.enumerated() {
        if number >= ProcessInfo.processInfo.activeProcessorCount, let done = await group.next() {
          compiled.append(done)
        }
        group.addTask {
          do {
            return Compiled(
              number: number, suite: suite,
              outcome: .success(try await compiler.prepare(suite, forOldKernels: forOldKernels)))
          } catch {
            return Compiled(number: number, suite: suite, outcome: .failure(error))
          }
        }
      }
      for await done in group { compiled.append(done) }
      return compiled.sorted { $0.number < $1.number }
    }
  }

  private static func load(_ files: [String], recording: Bool) throws(FixtureErrors) -> [Suite] {
    var suites: [Suite] = []
    var errors: [FixtureError] = []
    for file in files {
      do { suites.append(try Suite.load(file, recording: recording)) } catch { errors += error.errors }
    }
    guard errors.isEmpty else { throw FixtureErrors(errors) }
    tellApart(&suites)
    return suites
  }

  /// Gives suites that share a name, being in different folders, their paths for names.
  static func tellApart(_ suites: inout [Suite]) {
    let counts = Dictionary(suites.map { ($0.name, 1) }, uniquingKeysWith: +)
    for index in suites.indices where counts[suites[index].name, default: 0] > 1 {
      suites[index].name = String(suites[index].path.dropLast(Suite.suffix.count))
    }
  }

  private mutating func narrow(filter: String?, shard: Shard?) throws {
    if let filter {
      let pattern = try Regex(filter)
      let all = tests.map { "\($0.suite)/\($0.name)" }
      tests = tests.filter { "\($0.suite)/\($0.name)".firstMatch(of: pattern) != nil }
      guard !tests.isEmpty else {
        let nearest = nearestName(to: filter, among: all).map { " (did you mean `\($0)`?)" } ?? ""
        throw SelectionError(reason: "no test matches --filter `\(filter)`\(nearest); there are \(all.count) tests")
      }
    }
    if let shard { tests = tests.enumerated().filter { shard.contains($0.offset) }.map(\.element) }
    suites = suites.filter { suite in tests.contains { $0.suite == suite.name } }
  }

  /// Leaves one frame or generated packet of each test that has it, and no other tests.
  private mutating func narrow(toFrame number: Int) throws {
    tests = tests.compactMap { $0.only(packet: number) }
    guard !tests.isEmpty else {
      throw SelectionError(reason: "none of the tests replays a frame \(number) or generates a packet \(number)")
    }
    suites = suites.filter { suite in tests.contains { $0.suite == suite.name } }
  }

  private func checkGoldens() throws {
    let releases = targets.map(\.release)
    if tests.contains(where: { test in releases.contains { test.hasGolden(release: $0) } }) { return }
    throw SelectionError(reason: "--record: none of the tests has a `golden` to record")
  }

  /// Runs all tests on all targets.
  public func run(
    options: MatrixRun.Options, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async -> Results {
    let (cells, kernels) = await MatrixRun(tests: tests, objects: objects, targets: targets, options: options)
      .run(progress: progress)
    return Results(
      tool: Tool(version: BPFTestVersion.current, libbpf: BPFSystem.libbpfVersion), suites: suites, kernels: kernels,
      cells: cells, seconds: (.now - began) / .seconds(1))
  }
}

/// A choice that selects nothing, or nothing that can be compared (exit code 2).
public struct SelectionError: Error, Hashable, Sendable, CustomStringConvertible {
  public var reason: String
  public init(reason: String) { self.reason = reason }
  public var description: String { reason }
}
