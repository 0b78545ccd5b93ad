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
  /// What can't be run: whole suites, and tests of the others.
  public var invalid: [InvalidRow] = []

  /// Which kernels to run on.
  public enum Choice: Sendable {
    case host
    /// A kernel list, as `--kernels` takes it.
    case list(String)
  }

  /// Reads, compiles and plans the fixtures below `paths`, and sees to it that the kernels are in the store.
  ///
  /// - Parameters:
  ///   - filter: a regular expression on `suite/test`; where it names a step, `suite/test/step`, the test ends after that.
  ///   - frame: of tests of many frames or generated packets, the only one to run.
  ///   - recording: goldens are about to be written, so they needn't be there yet.
  ///   - keepGoing: what is wrong with one suite or test becomes a row of its own (`invalid`) instead of an error.
  ///   - note: called with lines for people, from any thread.
  /// - Throws: errors that `RunError.kind(of:)` knows.
  public static func prepare(
    paths: [String], choice: Choice, filter: String? = nil, shard: Shard? = nil, frame: Int? = nil,
    recording: Bool = false, keepGoing: Bool = false, note: @escaping @Sendable (String) -> Void = { _ in }
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
    let read = files.map { FixtureRead($0, recording: recording, keepGoing: keepGoing) }
    if !keepGoing {
      // Every mistake in any of them is told at once, before a compiler starts.
      let errors = read.flatMap(\.errors)
      guard errors.isEmpty else { throw FixtureErrors(errors) }
    }
    let compiled = try await compileAll(
      read, with: compiler, keepGoing: keepGoing, forOldKernels: targets.contains(where: \.isOld))
    var session = assemble(compiled, targets: targets)
    session.began = began
    if !keepGoing { try session.checkValid() }
    try session.narrow(filter: filter, shard: shard)
    if let frame { try session.narrow(toFrame: frame) }
    if recording { try session.checkGoldens() }
    return session
  }

  /// What came of all suites.
  private static func assemble(_ compiled: [CompiledFixture], targets: [Target]) -> Session {
    var session = Session(suites: [], tests: [], objects: [:], targets: targets)
    for one in compiled {
      var result = SuiteResult(name: one.name, path: one.path)
      switch one.outcome {
      case .success(let prepared):
        (result.compiler, result.mcpu) = (prepared.object.compiler, prepared.object.mcpu)
        for object in prepared.objects { session.objects[object.id] = object.bytes }
        session.tests += prepared.tests
        session.invalid += prepared.broken.map { InvalidRow($0, suite: one.name, path: one.path) }
      case .failure(let errors):
        session.invalid.append(
          InvalidRow(suite: one.name, path: one.path, tests: one.tests, line: 0, errors: errors.errors))
      }
      session.suites.append(result)
    }
    return session
  }

  /// Throws all that can't be run, if anything.
  public func checkValid() throws {
    guard invalid.isEmpty else { throw FixtureErrors(invalid.flatMap(\.errors)) }
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

  /// Compiles and plans what could be read, a few at a time.
  private static func compileAll(
    _ read: [FixtureRead], with compiler: ProgramCompiler, keepGoing: Bool, forOldKernels: Bool
  ) async throws -> [CompiledFixture] {
    let names = names(of: read.map(\.path))
    return try await withThrowingTaskGroup(of: CompiledFixture.self) { group in
      var compiled: [CompiledFixture] = []
      for (number, fixture) in read.enumerated() {
        if number >= ProcessInfo.processInfo.activeProcessorCount, let done = try await group.next() {
          compiled.append(done)
        }
        group.addTask {
          try await CompiledFixture(
            number: number, name: names[number], fixture, with: compiler, keepGoing: keepGoing,
            forOldKernels: forOldKernels)
        }
      }
      for try await done in group { compiled.append(done) }
      return compiled.sorted { $0.number < $1.number }
    }
  }

  /// What suites of these files are called: those that share a name, being in different folders, by their paths.
  static func names(of paths: [String]) -> [String] {
    let names = paths.map(Suite.name)
    let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    return zip(names, paths).map { name, path in
      guard counts[name, default: 0] > 1 else { return name }
      return path.hasSuffix(Suite.suffix) ? String(path.dropLast(Suite.suffix.count)) : path
    }
  }

  private mutating func narrow(filter: String?, shard: Shard?) throws {
    if let filter {
      let pattern = try Regex(filter)
      let all = tests.map { "\($0.suite)/\($0.name)" } + invalid.flatMap(\.names)
      tests = tests.compactMap { test in
        let name = "\(test.suite)/\(test.name)"
        if name.firstMatch(of: pattern) != nil { return test }
        // A step needs those before it, and what comes after it is nobody's question.
        let last = test.stepNames.lastIndex { "\(name)/\($0)".firstMatch(of: pattern) != nil }
        return last.map { test.ending(afterStep: $0) }
      }
      // Nobody knows whether a suite that can't be read has what is looked for.
      invalid = invalid.filter { row in
        row.tests.isEmpty || row.names.contains { $0.firstMatch(of: pattern) != nil }
      }
      guard !tests.isEmpty || !invalid.isEmpty else {
        let nearest = nearestName(to: filter, among: all).map { " (did you mean `\($0)`?)" } ?? ""
        throw SelectionError(reason: "no test matches --filter `\(filter)`\(nearest); there are \(all.count) tests")
      }
    }
    if let shard {
      let count = tests.count
      tests = tests.enumerated().filter { shard.contains($0.offset) }.map(\.element)
      invalid = invalid.enumerated().filter { shard.contains(count + $0.offset) }.map(\.element)
    }
    forgetEmptySuites()
  }

  private mutating func forgetEmptySuites() {
    let known = Set(tests.map(\.suite) + invalid.map(\.suite))
    suites = suites.filter { known.contains($0.name) }
  }

  /// Leaves one frame or generated packet of each test that has it, and no other tests.
  private mutating func narrow(toFrame number: Int) throws {
    tests = tests.compactMap { $0.only(packet: number) }
    guard !tests.isEmpty || !invalid.isEmpty else {
      throw SelectionError(reason: "none of the tests replays a frame \(number) or generates a packet \(number)")
    }
    forgetEmptySuites()
  }

  private func checkGoldens() throws {
    let releases = targets.map(\.release)
    if tests.contains(where: { test in releases.contains { test.hasGolden(release: $0) } }) { return }
    if !invalid.isEmpty { return }
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
      cells: inOrder(cells + invalidCells), seconds: (.now - began) / .seconds(1))
  }

  private var invalidCells: [Cell] {
    invalid.flatMap { row in targets.map { row.cell(kernel: $0.id) } }
  }

  /// The cells as the fixtures have their tests.
  private func inOrder(_ cells: [Cell]) -> [Cell] {
    if invalid.isEmpty { return cells }
    struct Place: Hashable {
      var suite: String
      var test: String
    }
    let suites = Dictionary(suites.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var lines: [Place: Int] = [:]
    for test in tests { lines[Place(suite: test.suite, test: test.name)] = test.line }
    for row in invalid { lines[Place(suite: row.suite, test: row.test)] = row.line }
    return cells.enumerated().map { number, cell in
      let line = lines[Place(suite: cell.suite, test: cell.test)] ?? 0
      return (key: (suites[cell.suite] ?? 0, line, number), cell: cell)
    }.sorted { $0.key < $1.key }.map(\.cell)
  }
}

/// A choice that selects nothing, or nothing that can be compared (exit code 2).
public struct SelectionError: Error, Hashable, Sendable, CustomStringConvertible {
  public var reason: String
  public init(reason: String) { self.reason = reason }
  public var description: String { reason }
}
