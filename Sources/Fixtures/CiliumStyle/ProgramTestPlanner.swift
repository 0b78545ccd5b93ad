import BPF
import Compiling
import TestPlan

/// What `suite: cilium` says: that the object's programs are tests by themselves.
struct ProgramSuite: Sendable {
  static let names = ["cilium"]

  var position: Position
  /// A test of nothing, with what the `defaults` say of every test.
  var template: TestCase
}

/// Plans the tests that are written in programs. As in Cilium's runner all of an object share its maps and globals, one
/// after the other: so each is planned with those before it, whose outcome isn't looked at.
struct ProgramTestPlanner {
  let suite: Suite
  let object: CompiledObject
  let facts: ObjectFacts
  let complaints: Complaints
  let programs: ProgramSuite

  /// Where the results are, and what programs for test doubles leave; both are emptied after each test.
  static let resultMap = "suite_result_map"
  private static let emptied = [resultMap, "mock_skb_meta_map"]
  /// A page without room in front and shared info behind, which is what the runner hands to the first program.
  private static let firstLength = 4096 - 256 - 320

  func plan() -> [PlannedTest] {
    let tests = ProgramTest.find(in: facts, at: programs.position, complaints)
    var before: [ProgramTest] = []
    return tests.compactMap { test in
      defer { before.append(test) }
      return plan(test, after: before)
    }
  }

  private func plan(_ test: ProgramTest, after before: [ProgramTest]) -> PlannedTest? {
    var written = programs.template
    written.name = test.name
    written.position = programs.position
    written.program = Located(test.programs[.check] ?? "", programs.position)
    written.hasSteps = false
    var firsts: Set<Int> = []
    for test in before + [test] {
      written.types.merge(test.types) { first, _ in first }
      firsts.insert(written.steps.count)
      written.steps += steps(of: test)
    }
    var environment = written.environment ?? Environment()
    environment.network = true
    written.environment = environment
    let planner = TestPlanner(suite: suite, object: object, facts: facts, complaints: complaints, test: written)
    guard var planned = planner.plan(), planned.plan.steps.count == written.steps.count else { return nil }
    let own = planned.plan.steps.count - test.roles.count
    for index in planned.plan.steps.indices {
      if index < own { planned.plan.steps[index].mayBeRefused = true }
      if index > 0, firsts.contains(index) { planned.plan.steps[index].maps += Self.emptied.compactMap(emptying) }
    }
    let read = [Self.resultMap, PacketAssertion.map].filter { facts.maps[$0] != nil }
    planned.plan.steps[planned.plan.steps.count - 1].readMaps += read
    if own > 0, facts.maps[PacketAssertion.map] != nil {
      planned.plan.steps[own - 1].readMaps.append(PacketAssertion.map)
    }
    planned.programTest = PlannedProgramTest(roles: test.roles, first: own, line: programs.position.line)
    return planned
  }

  private func steps(of test: ProgramTest) -> [StepCase] {
    test.roles.map { role in
      let name = test.programs[role] ?? ""
      // A tc program's context is handed on; an XDP program gets none.
      let isTC = test.types[name] == .schedCLS
      let isFirst = role == test.roles.first
      let position = programs.position
      var step = StepCase(
        position: position, program: Located(name, position),
        packet: isFirst ? [UInt8](repeating: 0, count: Self.firstLength) : nil, hasPacket: true, options: .init(),
        repetitions: 1)
      if !isFirst {
        step.carriedPacket = CarriedPacketCase(
          position: position, hasReturn: role == .check && test.programs[.setup] != nil)
      }
      if isTC {
        step.context = YAMLNode(
          content: isFirst ? .mapping([]) : .scalar("previous", plain: true), position: position)
      }
      return step
    }
  }

  private func emptying(_ name: String) -> MapWrite? {
    guard let map = facts.maps[name], map.key.size == 4 else { return nil }
    let zeros = Bytes([UInt8](repeating: 0, count: map.value.size))
    return MapWrite(map: name, entries: [MapEntry(key: Bytes([0, 0, 0, 0]), value: .bytes(zeros))])
  }
}
