import BPF
import Calls
import Compiling
import TestPlan

/// A suite ready to run: its tests, and the objects that they load.
public struct PreparedSuite: Sendable {
  /// The suite's own object; for calls of functions there may be another.
  public var object: CompiledObject
  public var objects: [CompiledObject]
  public var tests: [PlannedTest]
  /// Tests that can't be run, in the order of the file.
  public var broken: [BrokenTest] = []
}

extension ProgramCompiler {
  /// Compiles a suite and plans its tests. Those that call functions load an object of their own, in which generated
  /// programs make the calls.
  ///
  /// Throws `FixtureErrors` for whatever is wrong with the suite, with `keepGoing` for what leaves none of its tests to be
  /// run, and `InfrastructureError` when nothing can be compiled.
  public func prepare(_ suite: Suite, keepGoing: Bool = false) async throws -> PreparedSuite {
    let object = try await compile(suite)
    var prepared = PreparedSuite(object: object, objects: [object], tests: [], broken: suite.broken)
    let calling = suite.tests.filter { $0.steps.contains { $0.call != nil } }
    let others = suite.tests.filter { !$0.steps.contains { $0.call != nil } }
    prepared.add(try Planner.outcomeResizing(suite.with(tests: others), object: object))
    if !calling.isEmpty {
      do {
        let resolved = try await CallResolver(suite: suite.with(tests: calling), compiler: self, object: object)
          .resolve()
        prepared.broken += resolved.broken
        if let caller = resolved.object {
          prepared.objects.append(caller)
          prepared.add(try Planner.outcomeResizing(suite.with(tests: resolved.tests), object: caller))
        }
      } catch let error as FixtureErrors {
        prepared.broken += calling.map { BrokenTest($0, error.errors) }
      }
    }
    guard keepGoing || prepared.broken.isEmpty else { throw FixtureErrors(prepared.broken) }
    // Back into the order of the file.
    let places = Dictionary(suite.tests.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    prepared.tests.sort { places[$0.name, default: 0] < places[$1.name, default: 0] }
    prepared.broken.sort { $0.line < $1.line }
    prepared.tests += try Planner.programTests(suite, object: object)
    return prepared
  }
}

extension PreparedSuite {
  fileprivate mutating func add(_ outcome: Planner.Outcome) {
    tests += outcome.tests.compactMap { $0 }
    broken += outcome.broken
    objects += outcome.objects
  }
}

/// Turns calls of functions into runs of generated programs: arguments become globals to set, results globals to expect.
struct CallResolver {
  let suite: Suite
  let compiler: ProgramCompiler
  /// The suite's own object.
  let object: CompiledObject

  private var calls: [CallCase] { suite.tests.flatMap { $0.steps.compactMap(\.call) } }

  /// Where the functions are: in the author's source, or in an object that came ready-made.
  private func target(_ complaints: Complaints) throws -> any CallTarget {
    if suite.objectPath.hasSuffix(".c") {
      return SourceCalls(source: suite.program, object: object, compiler: compiler)
    }
    // What can't be an object is refused as it is without calls.
    _ = Planner.open(suite, object, complaints)
    try complaints.check()
    do throws(CallError) {
      return try ObjectCalls(source: suite.program, object: object, compiler: compiler)
    } catch {
      complaints.add(suite.objectPosition, error.message, hint: error.hint)
      throw FixtureErrors(complaints.errors)
    }
  }

  /// What came of the tests that call functions.
  struct Resolution {
    var tests: [TestCase] = []
    var broken: [BrokenTest] = []
    /// The object that makes the calls; `nil` when there is none to be made.
    var object: CompiledObject?
  }

  /// The suite's tests with their calls resolved, and the object that makes them.
  func resolve() async throws -> Resolution {
    var resolution = Resolution()
    guard let first = calls.first else { return resolution }
    let complaints = Complaints(path: suite.path)
    let target = try target(complaints)
    let functions = try await functions(of: target)
    var entries: [CallEntry] = []
    for (number, test) in suite.tests.enumerated() {
      let resolved = complaints.within(test: number) {
        resolve(test, functions, fallback: target.defaultType, &entries, complaints)
      }
      let errors = complaints.errors(ofTest: number)
      if errors.isEmpty {
        resolution.tests.append(resolved)
      } else {
        resolution.broken.append(BrokenTest(test, errors))
      }
    }
    guard !resolution.tests.isEmpty else { return resolution }
    do {
      resolution.object = try await target.object(with: entries)
      return resolution
    } catch let error as CompileError {
      throw failure("the program that calls the functions doesn't compile", error.diagnostics, first)
    } catch let error as BPFError {
      throw failure("the program that calls the functions can't be put together", error.description, first)
    }
  }

  private func resolve(
    _ test: TestCase, _ functions: [String: Result<CallableFunction, CallError>], fallback: BPFProgramType,
    _ entries: inout [CallEntry], _ complaints: Complaints
  ) -> TestCase {
    var test = test
    for step in test.steps.indices {
      guard let call = test.steps[step].call, let found = functions[call.function.value] else { continue }
      switch found {
      case .failure(let error): complaints.add(call.function.position, error.message, hint: error.hint)
      case .success(let function):
        guard let binding = call.bind(to: function, fallback: fallback, complaints) else { continue }
        let known = entries.first { $0.binding == binding }
        let entry = known ?? CallEntry(number: entries.count + 1, binding)
        if known == nil { entries.append(entry) }
        test.steps[step].make(call, by: entry, complaints)
      }
    }
    // The programs of the suite's defaults needn't load for a function to be called.
    if test.steps.allSatisfy({ $0.call != nil }) {
      test.program = nil
      test.type = nil
    }
    return test
  }

  private func failure(_ message: String, _ detail: String?, _ call: CallCase) -> FixtureErrors {
    let position = call.function.position
    return FixtureErrors([
      FixtureError(
        path: suite.path, line: position.line, column: position.column, message: message, detail: detail)
    ])
  }

  /// The functions that are called, by name, or why they can't be.
  private func functions(of target: any CallTarget) async throws -> [String: Result<CallableFunction, CallError>] {
    var functions: [String: Result<CallableFunction, CallError>] = [:]
    // One by one, since a wrong name must not hide the others.
    for name in calls.map(\.function.value).uniqued() {
      do {
        functions[name] = .success(try await target.function(name))
      } catch let error as CallError {
        functions[name] = .failure(error)
      }
    }
    return functions
  }
}

extension StepCase {
  /// Makes the call the run of a generated program.
  fileprivate mutating func make(
    _ call: CallCase, by entry: CallEntry, _ complaints: Complaints
  ) {
    let binding = entry.binding
    program = Located(entry.program, call.function.position)
    if !hasPacket { packet = anyPacket }
    func word(_ text: String, _ position: Position) -> YAMLNode {
      YAMLNode(content: .scalar(text, plain: true), position: position)
    }
    var writes: [YAMLNode.Entry] = []
    let items = call.arguments?.items
    let position = call.function.position
    for (index, parameter) in binding.parameters.enumerated() {
      guard parameter.isGlobal else { continue }
      let given =
        items.map { $0.indices.contains(index) ? $0[index] : nil }
        ?? call.arguments?.entries?.first { $0.key.label == parameter.name }?.value
      writes.append(
        .init(
          key: word(entry.argument(parameter.name), given?.position ?? position),
          value: given ?? word(CallSource.notGiven, position)))
    }
    globals = globals.appending(writes)
    var expected: [YAMLNode.Entry] = []
    if let node = call.returns {
      expected.append(.init(key: word(entry.result, node.position), value: node))
    }
    if let node = call.argumentsOut {
      for out in node.entries ?? [] {
        let name = out.key.label
        let memory = binding.parameters.filter(\.isMemory)
        guard memory.contains(where: { $0.name == name }) else {
          complaints.add(
            out.key.position, "`\(name)` is no parameter of `\(binding.function)` that points to memory of its own",
            hint: suggestion(for: name, among: memory.map(\.name)))
          continue
        }
        expected.append(.init(key: word(entry.argument(name), out.key.position), value: out.value))
      }
      if node.entries == nil { complaints.add(node.position, "`args` must be a mapping from parameters to values") }
    }
    globalsOut = globalsOut.appending(expected)
  }
}

extension YAMLNode? {
  /// The mapping with more entries.
  fileprivate func appending(_ more: [YAMLNode.Entry]) -> YAMLNode? {
    guard let first = more.first else { return self }
    return YAMLNode(
      content: .mapping((self?.entries ?? []) + more), position: self?.position ?? first.key.position)
  }
}
