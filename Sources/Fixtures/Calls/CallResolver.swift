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
}

extension ProgramCompiler {
  /// Compiles a suite and plans its tests. Those that call functions load an object of their own, in which generated
  /// programs make the calls.
  ///
  /// Throws `FixtureErrors` for whatever is wrong with the suite, and `InfrastructureError` when nothing can be compiled.
  public func prepare(_ suite: Suite) async throws -> PreparedSuite {
    let object = try await compile(suite)
    let calling = suite.tests.indices.filter { suite.tests[$0].steps.contains { $0.call != nil } }
    guard !calling.isEmpty else {
      let (tests, resized) = try Planner.planResizing(suite, object: object)
      return PreparedSuite(object: object, objects: [object] + resized, tests: tests)
    }
    let (resolved, caller) = try await CallResolver(suite: suite, compiler: self, object: object).resolve()
    let others = try Planner.planResizing(
      suite.with(tests: suite.tests.indices.filter { !calling.contains($0) }.map { suite.tests[$0] }), object: object)
    let calls = try Planner.planResizing(suite.with(tests: calling.map { resolved.tests[$0] }), object: caller)
    // Back into the order of the file.
    var (next, nextCall) = (others.tests[...], calls.tests[...])
    let tests = suite.tests.indices.compactMap { index in
      calling.contains(index) ? nextCall.popFirst() : next.popFirst()
    }
    return PreparedSuite(object: object, objects: [object, caller] + others.objects + calls.objects, tests: tests)
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

  /// The suite with its calls resolved, and the object that makes them.
  func resolve() async throws -> (Suite, CompiledObject) {
    guard let first = calls.first else { return (suite, object) }
    let complaints = Complaints(path: suite.path)
    let target = try target(complaints)
    let functions = try await functions(of: target, complaints)
    let fallback = target.defaultType
    var entries: [CallEntry] = []
    var tests = suite.tests
    for test in tests.indices {
      for step in tests[test].steps.indices {
        guard let call = tests[test].steps[step].call, let function = functions[call.function.value],
          let binding = call.bind(to: function, fallback: fallback, complaints)
        else { continue }
        let known = entries.first { $0.binding == binding }
        let entry = known ?? CallEntry(number: entries.count + 1, binding)
        if known == nil { entries.append(entry) }
        tests[test].steps[step].make(call, by: entry, complaints)
      }
      // The programs of the suite's defaults needn't load for a function to be called.
      if tests[test].steps.allSatisfy({ $0.call != nil }) {
        tests[test].program = nil
        tests[test].type = nil
      }
    }
    try complaints.check()
    do {
      return (suite.with(tests: tests), try await target.object(with: entries))
    } catch let error as CompileError {
      throw failure("the program that calls the functions doesn't compile", error.diagnostics, first)
    } catch let error as BPFError {
      throw failure("the program that calls the functions can't be put together", error.description, first)
    }
  }

  private func failure(_ message: String, _ detail: String?, _ call: CallCase) -> FixtureErrors {
    let position = call.function.position
    return FixtureErrors([
      FixtureError(
        path: suite.path, line: position.line, column: position.column, message: message, detail: detail)
    ])
  }

  /// The functions that are called, by name.
  private func functions(
    of target: any CallTarget, _ complaints: Complaints
  ) async throws -> [String: CallableFunction] {
    var functions: [String: CallableFunction] = [:]
    var seen: Set<String> = []
    // One by one, since a wrong name must not hide the others.
    for call in calls where seen.insert(call.function.value).inserted {
      do {
        functions[call.function.value] = try await target.function(call.function.value)
      } catch let error as CallError {
        complaints.add(call.function.position, error.message, hint: error.hint)
      }
    }
    try complaints.check()
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
