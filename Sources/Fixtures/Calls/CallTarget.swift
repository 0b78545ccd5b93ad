import BPF
import Compiling
import Housekeeping

/// Where functions are that are called alone.
protocol CallTarget {
  /// The functions of these names; complains of those that can't be called.
  func functions(_ names: [Located<String>], _ complaints: Complaints) async throws -> [String: CallableFunction]
  /// The C that entry programs of these functions come after.
  func prelude(_ functions: [String]) throws -> String
  /// The object to load: the compiled entry programs with the functions.
  func join(_ functions: [String], with programs: CompiledObject) throws -> CompiledObject
}

struct CallableFunction {
  /// What it takes and returns, by BTF.
  var type: BTFType
  /// Whether what it returns, if anything, is there.
  var hasResult = true
}

/// Functions of a C source: it is included before the entry programs, so that static functions are within reach.
struct SourceCalls: CallTarget {
  let suite: Suite
  let compiler: ProgramCompiler
  /// The suite's own object.
  let object: CompiledObject

  private var include: String { "#include \"\(PathNames.absolute(suite.objectPath))\"\n" }

  func prelude(_ functions: [String]) -> String { include }

  func join(_ functions: [String], with programs: CompiledObject) -> CompiledObject { programs }

  func functions(_ names: [Located<String>], _ complaints: Complaints) async throws -> [String: CallableFunction] {
    var functions: [String: CallableFunction] = [:]
    // One by one, since a wrong name must not hide the others.
    for name in names {
      do {
        let probe = try await compiler.compile(suite.program(try compiler.keep(generated: probe(name.value))))
        functions[name.value] = try BTF(ofObject: probe.bytes.array).function(name.value).map { .init(type: $0) }
      } catch is CompileError {
        // That the rest compiles is known.
      }
      if functions[name.value] == nil {
        complaints.add(
          name.position, "`\(suite.objectPath)` has no function `\(name.value)`",
          hint: nearestName(to: name.value, among: knownFunctions).map { "did you mean `\($0)`?" })
      }
    }
    return functions
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
