import BPF
import Compiling
import Housekeeping
import Spelling

/// Where functions are that are called alone, and how they come together with programs that call them.
package protocol CallTarget: Sendable {
  /// The author's source or object, with what its generated programs are compiled with.
  var source: ProgramSource { get }
  /// What was made of it.
  var object: CompiledObject { get }
  var compiler: ProgramCompiler { get }

  /// A function that has a name of C. Throws `CallError` when it can't be called.
  func find(_ name: String) async throws -> CallableFunction
  /// The C that entry programs of these functions come after.
  func prelude(_ functions: [String]) throws -> String
  /// The object to load: the compiled entry programs with the functions.
  func join(_ functions: [String], with programs: CompiledObject) throws -> CompiledObject
}

extension CallTarget {
  /// The function of that name. Throws `CallError` when there is none that can be called.
  package func function(_ name: String) async throws -> CallableFunction {
    guard Self.isIdentifier(name) else { throw CallError(.function, "`\(name)` is no name of a function") }
    return try await find(name)
  }

  /// The object with the programs that make the calls.
  ///
  /// Throws `CompileError` or `BPFError` when they don't come together with the functions.
  package func object(with entries: [CallEntry]) async throws -> CompiledObject {
    var called: [String] = []
    for entry in entries where !called.contains(entry.binding.function) { called.append(entry.binding.function) }
    let text = CallSource(prelude: try prelude(called)).text(entries)
    return try join(called, with: try await compile(text))
  }

  /// What the entry program is when nothing else says: of the type of the programs around it, so that the same helpers
  /// can be called, otherwise tc.
  package var defaultType: BPFProgramType {
    guard let opened = try? BPFObject(bytes: object.bytes.array, name: source.path) else { return .schedCLS }
    let types = opened.programs.map(\.type)
    return !types.isEmpty && types.allSatisfy { $0 == .xdp } ? .xdp : .schedCLS
  }

  /// Compiles a generated program as the author's own is.
  func compile(_ text: String) async throws -> CompiledObject {
    var generated = source
    generated.path = try compiler.keep(generated: text)
    generated.includes.insert(PathNames.folder(of: source.path), at: 0)
    return try await compiler.compile(generated)
  }

  private static func isIdentifier(_ name: String) -> Bool {
    !name.isEmpty && !(name.utf8.first.map { (0x30...0x39).contains($0) } ?? true)
      && name.utf8.allSatisfy { $0 == 0x5f || (0x30...0x39).contains($0) || (0x41...0x5a).contains($0 & 0xdf) }
  }
}

/// Functions of a C source: it is included before the entry programs, so that static functions are within reach.
package struct SourceCalls: CallTarget {
  package let source: ProgramSource
  package let object: CompiledObject
  package let compiler: ProgramCompiler

  package init(source: ProgramSource, object: CompiledObject, compiler: ProgramCompiler) {
    self.source = source
    self.object = object
    self.compiler = compiler
  }

  private var include: String { "#include \"\(PathNames.absolute(source.path))\"\n" }

  package func prelude(_ functions: [String]) -> String { include }

  package func join(_ functions: [String], with programs: CompiledObject) -> CompiledObject { programs }

  package func find(_ name: String) async throws -> CallableFunction {
    do {
      let probe = try await compile(probe(name))
      let functions = try ObjectFunctions(object: probe.bytes.array, name: source.path)
      if functions.isProgram(name) { throw CallError.isProgram(name) }
      if let found = CallableFunction(name, functions.type(of: name)) { return found }
    } catch is CompileError {
      // That the rest compiles is known.
    }
    throw CallError(
      .function, "`\(source.path)` has no function `\(name)`",
      hint: nearestName(to: name, among: knownFunctions).map { "did you mean `\($0)`?" })
  }

  /// A program text whose BTF declares the function: taking its address keeps a function, also one that is inlined
  /// wherever it is called.
  private func probe(_ function: String) -> String {
    include + "const void *const bpftest_functions[] = {\n\t(const void *)\(function),\n};\n"
  }

  /// Functions of the compiled object: those that weren't inlined.
  private var knownFunctions: [String] {
    guard let types = try? BTF(ofObject: object.bytes.array) else { return [] }
    return types.types.compactMap { if case .function = $0.kind { $0.name } else { nil } }
  }
}
