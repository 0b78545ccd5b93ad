import BPF
import TestPlan

/// Finds out what programs of type ext (`SEC("freplace/function")`) replace, and in which program.
struct ReplacementPlanner {
  let facts: ObjectFacts
  let complaints: Complaints
  let test: TestCase
  /// The type that the test gives a program.
  let type: (ObjectFacts.Program) -> BPFProgramType

  /// Those among the programs that a test loads; they are then to be loaded with their targets.
  func plan(_ programs: [String]) -> [Replacement] {
    programs.compactMap { facts.programs[$0] }.filter { type($0) == .extensionProgram }.compactMap(replacement)
  }

  private func replacement(_ program: ObjectFacts.Program) -> Replacement? {
    let attachment = test.attachments.first { $0.name.value == program.name }
    let position = attachment?.name.position ?? test.program?.position ?? test.position
    var function = program.section.split(separator: "/").dropFirst().first.map(String.init)
    var target: Located<String>?
    if let node = attachment?.target {
      guard
        let fields = Fields(
          node, of: "`to` of a program that replaces another's function", known: ["function", "program"], complaints)
      else { return nil }
      function = fields.text("function")?.value ?? function
      target = fields.text("program")
    }
    guard let function else {
      complaints.add(
        position, "nothing says which function `\(program.name)` (`\(program.section)`) replaces",
        hint: "write `SEC(\"freplace/FUNCTION\")`, or `attach: [ { program: \(program.name), to: { function: … } } ]`")
      return nil
    }
    let known = facts.callers.programs(leadingTo: function).filter {
      $0 != program.name && facts.programs[$0].map { type($0) != .extensionProgram } == true
    }
    if let target {
      if facts.programs[target.value] == nil {
        complaints.add(
          target.position, "the object has no program `\(target.value)`",
          hint: suggestion(for: target.value, among: facts.programNames))
        return nil
      }
      return Replacement(program: program.name, target: target.value, function: function)
    }
    let main = test.program?.value ?? ""
    guard let found = known.contains(main) ? main : known.first else {
      complaints.add(
        position, "no program of the object calls a function `\(function)`, which `\(program.name)` is to replace",
        hint: "static functions are inlined: what is to be replaced is global and `__attribute__((noinline))`")
      return nil
    }
    if known.count > 1, !known.contains(main) {
      let names = known.map { "`\($0)`" }.joined(separator: ", ")
      complaints.add(
        position, "`\(function)` is called by \(names), and nothing says in which of them it is replaced",
        hint: "write `attach: [ { program: \(program.name), to: { function: \(function), program: \(found) } } ]`")
      return nil
    }
    return Replacement(program: program.name, target: found, function: function)
  }
}
