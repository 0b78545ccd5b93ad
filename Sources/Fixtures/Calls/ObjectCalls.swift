import BPF
import Compiling

/// Functions of an object that came ready-made: its BTF declares them to the entry programs, which are then linked with
/// it.
struct ObjectCalls: CallTarget {
  let suite: Suite
  let object: CompiledObject

  private func find() throws(BPFError) -> ObjectFunctions {
    try ObjectFunctions(object: object.bytes.array, name: suite.objectPath)
  }

  func functions(_ names: [Located<String>], _ complaints: Complaints) -> [String: CallableFunction] {
    // What can't be an object is refused as it is without calls.
    guard Planner.open(suite, object, complaints) != nil else { return [:] }
    let functions: ObjectFunctions
    do {
      functions = try find()
    } catch {
      complaints.add(suite.objectPosition, error.description)
      return [:]
    }
    var found: [String: CallableFunction] = [:]
    for name in names {
      let finding = functions.find(name.value)
      if case .callable(let hasResult) = finding, let type = functions.type(of: name.value) {
        found[name.value] = CallableFunction(type: type, hasResult: hasResult)
      } else {
        complain(of: name, finding, functions, complaints)
      }
    }
    return found
  }

  private func complain(
    of name: Located<String>, _ finding: ObjectFunctions.Finding, _ functions: ObjectFunctions, _ complaints: Complaints
  ) {
    let (path, quoted) = ("`\(suite.objectPath)`", "`\(name.value)`")
    let source = "name the .bpf.c in `object:`"
    let (message, hint): (String, String?) =
      switch finding {
      case .callable, .absent:
        (
          "\(path) has no function \(quoted)",
          (nearestName(to: name.value, among: functions.names).map { "did you mean `\($0)`? " } ?? "")
            + "a static function that clang has inlined is no longer there: mark it `__noinline`, or \(source)"
        )
      case .program: ("\(quoted) is a program, which nothing can call", "a test runs it by `program: \(name.value)`")
      case .ambiguous: ("\(path) has several functions \(quoted)", nil)
      case .untyped: ("the BTF of \(path) doesn't say what \(quoted) takes", "compile all of it with -g")
      case .changed:
        (
          "\(quoted) doesn't take what its BTF says: clang has left out arguments of the static function",
          "it does so with arguments that are unused, or the same in every call: \(source), or make the function global"
        )
      }
    complaints.add(name.position, message, hint: hint)
  }

  /// Types that entry programs use, as far as the object's BTF doesn't have them (include/uapi/linux/bpf.h).
  private static let common = [
    ("xdp_md", "struct xdp_md { unsigned int data, data_end; };\n"),
    ("__sk_buff", "struct __sk_buff { unsigned int others[19], data, data_end; };\n"),
    ("xdp_action", "enum xdp_action { XDP_ABORTED, XDP_DROP, XDP_PASS, XDP_TX, XDP_REDIRECT };\n"),
  ]

  func prelude(_ names: [String]) throws -> String {
    let functions = try find()
    let missing = Self.common.filter { !functions.declares($0.0) }
    return missing.map(\.1).joined()
      + (try functions.declarations(of: names, types: Self.common.map(\.0)))
  }

  func join(_ functions: [String], with programs: CompiledObject) throws -> CompiledObject {
    let exported = ObjectFunctions.export(Set(functions), from: object.bytes.array)
    let linked = try ObjectLinker.link(exported, with: programs.bytes.array, name: suite.objectPath)
    return CompiledObject(bytes: linked, compiler: object.compiler, mcpu: object.mcpu)
  }
}
