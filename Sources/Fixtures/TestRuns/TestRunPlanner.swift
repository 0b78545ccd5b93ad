import BPF
import TestPlan

extension TestPlanner {
  /// A step that runs a program, with what is expected of it; `nil` after a complaint.
  func testRun(
    _ step: StepCase, _ program: ObjectFacts.Program, _ values: InputPlanner, _ expectations: ExpectationPlanner
  ) -> (step: Step, expected: PlannedStep, targets: [String])? {
    let type = type(of: program)
    let position = step.program?.position ?? test.program?.position ?? step.position
    // Where a refusal is what is asked for, the kernel is asked, whatever it may say.
    let isTried = step.runOut?.isRefused.all.contains(true) == true
    guard let rules = runRules(program, type, at: position, isTried: isTried) else { return nil }
    if rules.takesPacket, step.packet == nil, step.carriedPacket == nil, !isTried {
      complaints.add(step.position, "there is no `packet` to run `\(program.name)` with")
      return nil
    }
    if !rules.takesPacket, step.hasPacket, !isTried {
      complaints.add(step.position, "\(type) programs take no `packet` in a test run", hint: Self.inputHint(type))
      return nil
    }
    if !rules.repeats, step.repetitions > 1, !isTried {
      complaints.add(step.position, "the kernel runs \(type) programs once, and takes no `repeat`")
    }
    if let bare = step.bare, type == .xdp {
      complaints.add(bare.position, bare.value, hint: CapturedPacket.bareHint)
    }
    if !isTried { step.options.check(rules, type, complaints) }
    let isLive = step.options.allFlags.contains(.xdpLiveFrames)
    if let returns = step.returns, isLive {
      complaints.add(
        returns.position, "the kernel doesn't tell what a program returned for live frames",
        hint: "expect what it did: `maps` or `globals`")
    }
    if let metadata = step.metadataOut, isLive {
      complaints.add(metadata.position, "live frames can't be expected: nothing comes back from the test run")
    }
    if let packet = step.packetOut, !rules.givesPacket || isLive {
      let why = rules.givesPacket ? "live frames" : "a \(type) program's packet"
      complaints.add(packet.position, "\(why) can't be expected: nothing comes back from the test run")
    }
    let contexts = ContextPlanner(
      facts: facts, complaints: complaints, program: program, type: type, isTried: isTried)
    var carryOver = CarryOver()
    let input = self.context(of: step, contexts, &carryOver)
    if let carried = step.carriedPacket?.plan {
      carryOver.packet = carried.packet
      carryOver.returns += carried.returns
    }
    var expected = expectations.plan(step, type: type)
    expected.context = contexts.expectation(numberingDevices(step.contextOut), input: input)
    expected.metadata = expectations.metadata(step.metadataOut, type: type)
    expected.flowKeys = contexts.flowKeys(step.flowKeysOut)
    let (maps, targets, globals) = inputs(step.globals, step.maps, deleting: step.deletions, values, &carryOver)
    var run = Step(
      program: program.name, globals: globals, maps: maps,
      data: step.packet.map { Bytes($0) }, context: input?.bytes,
      contextSizeOut: contexts.outputSize(step.contextOut), repetitions: step.repetitions,
      flags: step.options.allFlags.rawValue, cpu: step.options.cpu?.value ?? 0,
      batchSize: step.options.batchSize?.value ?? 0, readMaps: expected.readMaps,
      readSections: expected.globals.map(\.section).uniqued(), events: expected.eventReads, lookups: expected.lookups)
    run.contextState = input?.state
    run.carryOver = carryOver.isEmpty ? nil : carryOver
    run.mayBeRefused = isTried
    run.mayRefuseWrites = expected.error != nil
    return (run, expected, targets)
  }

  /// The rules for a program that the kernel can run in a test; `nil` after a complaint.
  private func runRules(
    _ program: ObjectFacts.Program, _ type: BPFProgramType, at position: Position, isTried: Bool
  ) -> TestRunRules? {
    // What has no type yet is told by `checkTypes`.
    guard type != .unspecified else { return nil }
    if let rules = TestRunRules.of(type), type != .tracing || Self.runsOnTestFunctions(program.section) { return rules }
    if isTried {
      return .ofNone
    }
    complaints.add(
      position, "`\(program.name)` is a \(type) program (`\(program.section)`), which no kernel can test-run",
      hint: "`attach: [\(program.name)]` and a `trigger:` make it run, and `expect: { load: accepted }` only loads it")
    return nil
  }

  /// Whether a tracing program is attached to a function that the kernel calls in a test run, `bpf_fentry_test1` to 8 and
  /// `bpf_modify_return_test` (net/bpf/test_run.c).
  static func runsOnTestFunctions(_ section: String) -> Bool {
    let parts = section.split(separator: "/")
    guard parts.count == 2, let kind = parts[0].split(separator: ".").first else { return false }
    let target = parts[1]
    return switch kind {
    case "fentry", "fexit": target.hasPrefix("bpf_fentry_test") || target.hasPrefix("bpf_modify_return_test")
    case "fmod_ret": target.hasPrefix("bpf_modify_return_test")
    default: false
    }
  }

  private static func inputHint(_ type: BPFProgramType) -> String? {
    switch type {
    case .rawTracepoint, .rawTracepointWritable, .structOps: "give its arguments: `context: [1, 2]`"
    case .skLookup: "say who sends to whom: `context: { family: AF_INET, local_port: 80 }`"
    case .syscall: "give what its argument points to: `context: { FIELD: 1 }`"
    default: nil
    }
  }

  /// Attachments of the tracing programs that steps run, and that the test doesn't attach itself: without one the kernel's
  /// test functions don't call them.
  func testRunAttachments(_ plan: TestPlan) -> [Attachment] {
    let attached = Set(
      (plan.attachments ?? []).compactMap { attachment -> String? in
        if case .program(let name) = attachment.subject { name } else { nil }
      })
    return plan.steps.compactMap(\.program).uniqued().filter { name in
      !attached.contains(name) && facts.programs[name].map { type(of: $0) } == .tracing
    }.map { Attachment(.program($0)) }
  }
}
