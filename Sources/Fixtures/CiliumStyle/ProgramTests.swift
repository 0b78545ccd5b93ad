import BPF

/// A test that is written in programs alone, as those of Cilium's `bpf/tests` are: `tc/test/NAME/pktgen` makes a packet,
/// `tc/test/NAME/setup` hands it to the code under test, `tc/test/NAME/check` looks at what came of it. Only the last must
/// be there.
struct ProgramTest: Sendable {
  /// The sections' ends, in the order in which the programs run.
  enum Role: String, Sendable, CaseIterable {
    case pktgen
    case setup
    case check
  }

  var name: String
  /// By what they are for.
  var programs: [Role: String]
  var types: [String: BPFProgramType]

  /// The roles that have a program, in order.
  var roles: [Role] { Role.allCases.filter { programs[$0] != nil } }

  /// An object's tests in order of their names, in which Cilium's runner (`bpf/tests/bpftest/bpf_test.go`) runs them, since
  /// some find in maps what those before them have left.
  static func find(in facts: ObjectFacts, at position: Position, _ complaints: Complaints) -> [ProgramTest] {
    var tests: [String: ProgramTest] = [:]
    for name in facts.programNames {
      guard let program = facts.programs[name] else { continue }
      let parts = program.section.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 4, parts[1] == "test", let role = Role(rawValue: parts[3]) else { continue }
      guard let type = type(named: parts[0]) ?? (program.type == .unspecified ? nil : program.type) else {
        complaints.add(position, "the section `\(program.section)` of program `\(name)` begins with no type of program")
        continue
      }
      var test = tests[parts[2]] ?? ProgramTest(name: parts[2], programs: [:], types: [:])
      if let other = test.programs[role] {
        complaints.add(position, "the test `\(parts[2])` has two programs for \(role.rawValue): `\(other)`, `\(name)`")
      }
      test.programs[role] = name
      test.types[name] = type
      tests[parts[2]] = test
    }
    if tests.isEmpty {
      complaints.add(
        position, "the object has no tests of its own: no program is in a section like `tc/test/NAME/check`")
    }
    for test in tests.values where test.programs[.check] == nil {
      complaints.add(
        position,
        "the test `\(test.name)` has no program in a section `\(test.types.values.first == .xdp ? "xdp" : "tc")/test/\(test.name)/check`"
      )
    }
    return tests.values.filter { $0.programs[.check] != nil }.sorted { $0.name < $1.name }
  }

  private static func type(named name: String) -> BPFProgramType? {
    switch name {
    case "tc", "classifier": .schedCLS
    case "action": .schedACT
    default: BPFProgramType(named: name)
    }
  }
}
