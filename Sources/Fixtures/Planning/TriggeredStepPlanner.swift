import BPF
import Spelling
import TestPlan

extension TestPlanner {
  /// Whether a step runs nothing itself, and only makes attached programs run, or waits for them.
  func isTriggered(_ step: StepCase) -> Bool {
    if step.hasPacket || step.context != nil || step.call != nil { return false }
    if test.attachments.isEmpty {
      // One that names a program that takes no packet runs it, too; other steps only trigger and wait.
      let isRun = step.ownRunKeys.contains { $0.value == "program" } && step.program.map(takesNoPacket) == true
      return (step.triggers != nil || step.waits != nil) && !isRun
    }
    return step.triggers != nil || step.waits != nil || step.program == nil
  }

  /// Whether a step runs nothing, since there is no packet, and writes to maps or globals.
  func onlyWrites(_ step: StepCase, _ main: ObjectFacts.Program) -> Bool {
    guard step.mayOnlyWrite, !step.hasPacket, step.context == nil, step.call == nil,
      step.ownRunKeys.allSatisfy({ $0.value == "program" })
    else { return false }
    let program = step.program.flatMap { facts.programs[$0.value] } ?? main
    return TestRunRules.of(type(of: program))?.takesPacket != false
  }

  private func takesNoPacket(_ program: Located<String>) -> Bool {
    facts.programs[program.value].flatMap { TestRunRules.of(type(of: $0)) }?.takesPacket == false
  }

  /// A step of triggers and waits: nothing is test-run.
  func triggered(
    _ step: StepCase, _ main: ObjectFacts.Program, _ values: InputPlanner, _ expectations: ExpectationPlanner
  ) -> (Step, PlannedStep) {
    let planner = TriggerPlanner(facts: facts, complaints: complaints)
    var globals = step.globals
    let places = planner.takeProcessGlobals(&globals)
    var carryOver = CarryOver()
    let (maps, _, globalWrites) = inputs(globals, step.maps, deleting: step.deletions, values, &carryOver)
    var expected = expectations.plan(step, type: self.type(of: main))
    if let run = step.runOut {
      complaints.add(run.position, "this step runs nothing itself that could be refused")
    }
    if let returns = step.returns {
      complaints.add(returns.position, "nobody sees what an attached program returns")
    }
    if let context = step.contextOut {
      complaints.add(context.position, "nobody sees the context of an attached program")
    }
    if let packet = step.packetOut {
      complaints.add(
        packet.position, "nobody sees the packets of an attached program",
        hint: "what arrives at a socket does: `receive`, with its `expect: { packet: … }`")
    }
    if let metadata = step.metadataOut {
      complaints.add(metadata.position, "nobody sees the metadata that an attached program leaves")
    }
    if let keys = step.flowKeysOut {
      complaints.add(keys.position, "nobody sees the flow keys of an attached program")
    }
    for key in step.ownRunKeys where key.value != "program" {
      complaints.add(key.position, "`\(key.value)` is for test-runs, and this step runs nothing itself")
    }
    // Without attachments it may make ready for a run, or see what one has done.
    if test.attachments.isEmpty, step.triggers != nil, test.steps.allSatisfy(isTriggered) {
      complaints.add(step.position, "nothing is attached that could be triggered", hint: "name it: `attach: [PROGRAM]`")
    }
    let triggers = step.triggers ?? []
    for trigger in triggers { check(trigger) }
    let waits = planner.waits(step.waits)
    expected.triggers = planner.expectations(step)
    expected.waits = waits.map(\.planned)
    var run = Step(
      globals: globalWrites, maps: maps, readMaps: expected.readMaps,
      readSections: expected.globals.map(\.section).uniqued(), events: expected.eventReads,
      triggers: triggers.map(\.value),
      triggerLimit: step.triggerLimit, processGlobals: places.nilIfEmpty, waits: waits.map(\.wait).nilIfEmpty,
      lookups: expected.lookups)
    run.carryOver = carryOver.isEmpty ? nil : carryOver
    run.mayRefuseWrites = expected.error != nil
    if test.attachments.isEmpty, triggers.isEmpty, waits.isEmpty { run.triggers = nil }
    return (run, expected)
  }

  /// Adds to a step that runs a program what it waits for afterwards, and what is triggered then.
  func addTriggers(of step: StepCase, to run: inout Step, _ expected: inout PlannedStep) {
    guard step.triggers != nil || step.waits != nil else {
      if let node = step.triggersOut { complaints.add(node.position, "nothing is triggered in this step") }
      return
    }
    let planner = TriggerPlanner(facts: facts, complaints: complaints)
    let waits = planner.waits(step.waits)
    run.waits = waits.map(\.wait).nilIfEmpty
    expected.waits = waits.map(\.planned)
    run.triggers = step.triggers?.map(\.value)
    run.triggersFirst = step.triggersFirst
    run.triggerLimit = step.triggerLimit
    expected.triggers = planner.expectations(step)
  }

  private func check(_ trigger: Located<Trigger>) {
    guard case .iterate(let program) = trigger.value,
      !test.attachments.contains(where: { $0.name.value == program })
    else { return }
    complaints.add(
      trigger.position, "`\(program)` is not attached, so it can't be iterated",
      hint: suggestion(for: program, among: test.attachments.map(\.name.value)))
  }
}

extension Array {
  /// What a plan leaves out when there is nothing to say.
  var nilIfEmpty: Self? { isEmpty ? nil : self }
}
