import BPF
import Compiling
import Packets
import Spelling
import TestPlan

/// Turns a suite and its object into plans, checking every name and value against the object.
public enum Planner {
  /// What came of a suite's tests.
  struct Outcome {
    /// One for each test, in order; `nil` for those that can't be run.
    var tests: [PlannedTest?] = []
    var broken: [BrokenTest] = []
    /// Objects that tests load besides the suite's own.
    var objects: [CompiledObject] = []
  }

  /// The suite's tests, in order. Throws all that doesn't fit the object, with its place in the fixture.
  public static func plan(_ suite: Suite, object: CompiledObject) throws(FixtureErrors) -> [PlannedTest] {
    let outcome = try outcome(suite, object: object)
    guard outcome.broken.isEmpty else { throw FixtureErrors(outcome.broken) }
    return outcome.tests.compactMap { $0 } + (try programTests(suite, object: object))
  }

  /// The tests that the object's programs are by themselves, if the suite is of such.
  static func programTests(_ suite: Suite, object: CompiledObject) throws(FixtureErrors) -> [PlannedTest] {
    guard let programs = suite.programSuite else { return [] }
    let complaints = Complaints(path: suite.path)
    var tests: [PlannedTest] = []
    if let opened = open(suite, object, complaints) {
      let facts = ObjectFacts(opened, bytes: object.bytes.array)
      tests =
        ProgramTestPlanner(suite: suite, object: object, facts: facts, complaints: complaints, programs: programs)
        .plan()
    }
    try complaints.check()
    return tests
  }

  /// The tests that fit the object, and what is wrong with the others. Throws what is wrong with the object.
  static func outcome(_ suite: Suite, object: CompiledObject) throws(FixtureErrors) -> Outcome {
    let complaints = Complaints(path: suite.path)
    guard let opened = open(suite, object, complaints) else {
      try complaints.check()
      return Outcome()
    }
    let facts = ObjectFacts(opened, bytes: object.bytes.array)
    // Of an object with one function and no program libbpf makes that the program, of no type.
    let isLibrary = facts.programs.values.allSatisfy { $0.section == ".text" }
    if isLibrary, !suite.tests.isEmpty, suite.tests.allSatisfy({ $0.type == nil }) {
      complaints.add(
        suite.objectPosition, "the object `\(suite.objectPath)` has no program",
        hint: "one is a function in a section that tells its type: SEC(\"xdp\") int pass(struct xdp_md *ctx) { … }")
      try complaints.check()
    }
    var outcome = Outcome()
    for (number, test) in suite.tests.enumerated() {
      let planned = complaints.within(test: number) {
        TestPlanner(suite: suite, object: object, facts: facts, complaints: complaints, test: test).plan()
      }
      let errors = complaints.errors(ofTest: number)
      outcome.tests.append(errors.isEmpty ? planned : nil)
      if !errors.isEmpty { outcome.broken.append(BrokenTest(test, errors)) }
    }
    var joined = Companions.join(outcome.tests.compactMap { $0 })[...]
    outcome.tests = outcome.tests.map { $0 == nil ? nil : joined.popFirst() }
    return outcome
  }

  /// The suite's object, opened; `nil` after a complaint.
  static func open(_ suite: Suite, _ object: CompiledObject, _ complaints: Complaints) -> BPFObject? {
    do {
      return try BPFObject(bytes: object.bytes.array, name: suite.objectPath)
    } catch {
      complaints.add(suite.objectPosition, error.description)
      return nil
    }
  }
}

/// Plans one test.
struct TestPlanner {
  let suite: Suite
  let object: CompiledObject
  let facts: ObjectFacts
  let complaints: Complaints
  let test: TestCase

  func plan() -> PlannedTest? {
    guard let main = mainProgram() else { return nil }
    var plan = TestPlan(object: object.id, programs: [])
    let (facts, notes) = facts.holding(test.inner, in: &plan, complaints).resized(test.mapSizes, in: &plan, complaints)
      .sizedForTheirLoader(in: &plan)
    plan.kconfig = KconfigOverrides(btf: facts.btf, complaints: complaints).text(test.kconfig)
    let values = InputPlanner(facts: facts, complaints: complaints)
    let expectations = ExpectationPlanner(facts: facts, complaints: complaints)
    var programs = [main.name]
    func load(_ name: String) { if !programs.contains(name) { programs.append(name) } }
    for program in test.programs { if let found = find(program) { load(found.name) } }

    let (maps, targets) = values.maps(test.maps)
    plan.maps = values.deletions(test.deletions) + maps
    targets.forEach(load)
    let triggering = TriggerPlanner(facts: facts, complaints: complaints)
    var globals = test.globals
    plan.processGlobals = triggering.takeProcessGlobals(&globals).nilIfEmpty
    if !test.steps.contains(where: { $0.triggers?.isEmpty == false }) { triggering.refuseProcess(in: test.globals) }
    plan.globals = values.globals(globals, beforeLoad: true)
    plan.files = test.files.nilIfEmpty
    plan.attachments =
      AttachmentPlanner(facts: facts, complaints: complaints, type: test.type)
      .plan(test.attachments).nilIfEmpty
    for attachment in plan.attachments ?? [] {
      switch attachment.subject {
      case .program(let name): load(name)
      case .map: facts.structOpsPrograms.forEach(load)
      }
    }
    plan.requirements = requirements(main)
    var steps: [PlannedStep] = []
    var traffic: PlannedTraffic?
    plan.steps.reserveCapacity(test.steps.count)
    for step in test.steps {
      if isTriggered(step) || onlyWrites(step, main) {
        if step.triggers?.isEmpty != false { triggering.refuseProcess(in: step.globals) }
        var (run, expected) = triggered(step, main, values, expectations)
        expected.name = step.name
        checkCarryOver(step, &run, type: nil, &plan.steps, steps)
        plan.steps.append(run)
        steps.append(expected)
        continue
      }
      guard let program = step.program.map(find) ?? main else { continue }
      load(program.name)
      guard var tried = testRun(step, program, values, expectations) else { continue }
      tried.targets.forEach(load)
      tried.expected.name = step.name
      addTriggers(of: step, to: &tried.step, &tried.expected)
      checkCarryOver(step, &tried.step, type: tried.expected.type, &plan.steps, steps)
      plan.steps.append(tried.step)
      steps.append(tried.expected)
      if let packets = test.traffic, let step = plan.steps.last {
        (plan.steps, traffic) = packets.spread(step, tried.expected)
      }
    }
    plan.attachments = ((plan.attachments ?? []) + testRunAttachments(plan)).nilIfEmpty
    let replacements = ReplacementPlanner(
      facts: facts, complaints: complaints, test: test, type: { type(of: $0) }
    ).plan(programs)
    replacements.map(\.target).forEach(load)
    plan.replacements = replacements.nilIfEmpty
    let named = programs
    facts.initialPrograms.forEach(load)
    plan.programs = programs
    plan.initialPrograms = facts.initialPrograms.filter { !named.contains($0) }.nilIfEmpty
    for name in programs {
      if let program = facts.programs[name], program.type == .unspecified, let type = test.type {
        give(type, to: name, in: &plan)
      }
    }
    if let type = test.type, type != main.type { give(type, to: main.name, in: &plan) }
    for (name, type) in test.types where programs.contains(name) { plan.programTypes[name] = type.rawValue }
    checkTypes(programs)
    plan.environment = EnvironmentPlanner(test: test, facts: facts).environment(plan) { type(of: $0) }
    let isPrintkExpected = test.steps.contains { $0.printkOut != nil }
    plan.printk = plan.steps.isEmpty || !(isPrintkExpected || facts.writesLines) ? nil : isPrintkExpected
    plan.wantsVerifierLog = test.load.log != nil && test.load.outcome.all.contains { $0 != .rejected }
    plan.wantsWholeLog = test.load.log == nil ? nil : true
    var planned = PlannedTest(
      suite: suite.name, path: suite.path, name: test.name, line: test.position.line, plan: plan, object: object.bytes,
      notes: notes + (traffic?.leftOut.map { [$0] } ?? []),
      maps: facts.mapMemory(sizes: plan.mapSizes, cpus: test.cpus.map(Int.init) ?? 1), kernels: test.requires.kernel,
      load: test.load, steps: steps,
      numbersSteps: test.hasSteps, stepCount: steps.count,
      types: plan.programs.compactMap { facts.programs[$0] }.reduce(into: [:]) { types, program in
        types[program.name] = type(of: program)
      }, mapFacts: facts.mapFacts, traffic: traffic)
    planned.mapAdvice = facts.unknownInnerMaps
    planned.cpus = test.cpus.map(Int.init) ?? 1
    return planned
  }

  // MARK: Programs

  private func mainProgram() -> ObjectFacts.Program? {
    if let program = test.program { return find(program) }
    if let attached = test.attachments.first(where: { facts.programs[$0.name.value] != nil }) {
      return find(attached.name)
    }
    if let first = facts.structOpsPrograms.first,
      test.attachments.contains(where: { facts.maps[$0.name.value]?.type == .structOps })
    {
      return facts.programs[first]
    }
    if facts.programNames.count == 1 { return facts.programs[facts.programNames[0]] }
    if let step = test.steps.first(where: { $0.program != nil })?.program,
      test.steps.allSatisfy({ $0.program != nil })
    {
      return find(step)
    }
    // It isn't there, which is what there is to say.
    if let attached = test.attachments.first { return find(attached.name) }
    let names = facts.programNames.map { "`\($0)`" }.joined(separator: ", ")
    complaints.add(
      test.position, "the test \"\(test.name)\" names no `program`",
      hint: facts.programNames.isEmpty ? "the object has none" : "the object has \(names)")
    return nil
  }

  private func find(_ name: Located<String>) -> ObjectFacts.Program? {
    if let program = facts.programs[name.value] { return program }
    complaints.add(
      name.position, "the object has no program `\(name.value)`",
      hint: suggestion(for: name.value, among: facts.programNames))
    return nil
  }

  func type(of program: ObjectFacts.Program) -> BPFProgramType {
    if let type = test.types[program.name] { return type }
    if let type = test.type, program.type == .unspecified || program.name == test.program?.value { return type }
    return program.type
  }

  private func give(_ type: BPFProgramType, to program: String, in plan: inout TestPlan) {
    plan.programTypes[program] = type.rawValue
    if let attachType = test.attachType {
      plan.attachTypes = (plan.attachTypes ?? [:]).merging([program: attachType]) { $1 }
    }
  }

  private func checkTypes(_ programs: [String]) {
    for name in programs {
      guard let program = facts.programs[name] else { continue }
      let position = test.program?.position ?? test.position
      let type = type(of: program)
      if type == .unspecified {
        complaints.add(
          position, "the section `\(program.section)` doesn't tell the type of program `\(name)`",
          hint: SectionHint.text(for: program.section))
      } else if type != program.type, test.attachType == nil, ProgramSection.standard(for: type) == nil {
        let ways = ProgramSection.all(of: type).map(\.name)
        complaints.add(
          position, "`\(type)` has several attach types, and the kernel must be told which",
          hint: "name a section: `type: \(nearestName(to: program.section, among: ways) ?? ways.first ?? "xdp")`")
      }
    }
  }

  // MARK: The rest

  private func requirements(_ main: ObjectFacts.Program) -> [Requirement] {
    let needs = test.requires
    let type = type(of: main).rawValue
    return needs.helpers.compactMap { helper in
      HelperNames.id(of: helper.value).map {
        .helper(name: HelperNames.name(of: $0), id: $0, programType: type)
      }
    } + needs.kfuncs.map { .kfunc($0.value) }
      + needs.programTypes.compactMap { name in
        BPFProgramType(named: name.value == "tc" ? "sched_cls" : name.value)
          .map { .programType(name: $0.description, id: $0.rawValue) }
      }
      + needs.mapTypes.compactMap { name in
        BPFMapType(named: name.value).map { .mapType(name: $0.description, id: $0.rawValue) }
      } + (test.cpus.map { [.processors($0)] } ?? []) + needs.types.map { .btf($0.value) }
      + needs.attaches.map { .attach($0.value) }
      + needs.testRuns.map { .testRun($0.value) }
  }
}

extension Array where Element: Hashable {
  /// Without repetitions, in order.
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
