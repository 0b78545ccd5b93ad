import BPF
import Compiling
import Spelling

/// Functions of an object that came ready-made: its BTF declares them to the entry programs, which are then linked with
/// it.
package struct ObjectCalls: CallTarget {
  package let source: ProgramSource
  package let object: CompiledObject
  package let compiler: ProgramCompiler
  private let functions: ObjectFunctions

  /// Throws `CallError` for what is no whole object with BTF.
  package init(source: ProgramSource, object: CompiledObject, compiler: ProgramCompiler) throws(CallError) {
    self.source = source
    self.object = object
    self.compiler = compiler
    do {
      functions = try ObjectFunctions(object: object.bytes.array, name: source.path)
    } catch {
      throw CallError(.object, error.description)
    }
  }

  package func find(_ name: String) throws -> CallableFunction {
    let finding = functions.find(name)
    if case .callable(let hasResult) = finding,
      let found = CallableFunction(name, functions.type(of: name), hasResult: hasResult)
    {
      return found
    }
    let (path, quoted) = ("`\(source.path)`", "`\(name)`")
    let (message, hint): (String, String?) =
      switch finding {
      case .callable, .absent:
        (
          "\(path) has no function \(quoted)",
          (nearestName(to: name, among: functions.names).map { "did you mean `\($0)`? " } ?? "")
            + "a static function that clang has inlined is no longer there: mark it `__noinline`, or "
            + CallError.nameTheSource
        )
      case .program: throw CallError.isProgram(name)
      case .ambiguous: ("\(path) has several functions \(quoted)", nil)
      case .untyped: ("the BTF of \(path) doesn't say what \(quoted) takes", "compile all of it with -g")
      case .changed:
        (
          "\(quoted) doesn't take what its BTF says: clang has left out arguments of the static function",
          "it does so with arguments that are unused, or the same in every call: \(CallError.nameTheSource), "
            + "or make the function global"
        )
      }
    throw CallError(.function, message, hint: hint)
  }

  /// Types that entry programs use, as far as the object's BTF doesn't have them (include/uapi/linux/bpf.h).
  private static let common = [
    ("xdp_md", "struct xdp_md { unsigned int data, data_end; };\n"),
    ("__sk_buff", "struct __sk_buff { unsigned int others[19], data, data_end; };\n"),
    ("xdp_action", "enum xdp_action { XDP_ABORTED, XDP_DROP, XDP_PASS, XDP_TX, XDP_REDIRECT };\n"),
  ]

  package func prelude(_ names: [String]) throws -> String {
    let missing = Self.common.filter { !functions.declares($0.0) }
    return missing.map(\.1).joined()
      + (try functions.declarations(of: names, types: Self.common.map(\.0)))
  }

  package func join(_ names: [String], with programs: CompiledObject) throws -> CompiledObject {
    let exported = ObjectFunctions.export(Set(names), from: object.bytes.array)
    let linked = try ObjectLinker.link(exported, with: programs.bytes.array, name: source.path)
    return CompiledObject(bytes: linked, compiler: object.compiler, mcpu: object.mcpu)
  }
}
