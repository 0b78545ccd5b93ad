import BPF
import TestPlan

/// The programs of an object that replace functions of its others. Those must be loaded before the kernel takes their
/// replacements, and libbpf loads an object once: so the object is opened a second time, with the maps of the first.
struct ReplacingPrograms {
  let object: BPFObject
  /// By the name of the program.
  private let replacements: [String: Replacement]

  /// Opens and loads them; `nil` for a plan that has none. `open` opens the plan's object anew.
  static func make(
    for plan: TestPlan, beside loaded: BPFObject, open: () throws(Refused) -> BPFObject,
    load: (BPFObject) throws(Refused) -> Void
  ) throws(Refused) -> ReplacingPrograms? {
    guard let replacements = plan.replacements, !replacements.isEmpty else { return nil }
    let object = try open()
    let names = Set(replacements.map(\.program))
    do {
      try object.share(mapsOf: loaded)
      for program in object.programs { try program.setAutoload(names.contains(program.name)) }
      for replacement in replacements {
        try object.program(replacement.program)
          .replace(replacement.function, of: try loaded.program(replacement.target))
      }
    } catch {
      var refusal = error.refusal(at: .load)
      refusal.operation = error.description
      refusal.program = replacements.first?.program
      throw Refused(refusal)
    }
    try load(object)
    return ReplacingPrograms(
      object: object,
      replacements: Dictionary(replacements.map { ($0.program, $0) }, uniquingKeysWith: { first, _ in first }))
  }

  /// The program of that name, if it is one of these.
  func program(_ name: String) -> BPFProgram? { replacements[name] == nil ? nil : try? object.program(name) }

  /// Puts a program into the place of what it replaces; `nil` for one that replaces nothing.
  func attach(_ name: String, in loaded: BPFObject) throws(BPFError) -> BPFLink? {
    guard let replacement = replacements[name] else { return nil }
    return try object.program(name)
      .attach(replacing: replacement.function, of: try loaded.program(replacement.target))
  }
}
