import Testing

@testable import Fixtures

/// A fixture around one test, given as lines of its mapping; the test's own lines begin at line 4.
private func fixture(_ lines: String...) -> String {
  "object: a.o\ntests:\n  - name: t\n" + lines.map { "    \($0)\n" }.joined()
}

@Suite struct SuiteTests {
  @Test func readsATestAndItsDefaults() throws {
    let suite = try Suite(
      text: """
        object: fw.bpf.c
        cflags: [-DN=4]
        mcpu: v2
        defaults: { program: fw, globals: { enforce: 1, log: 0 } }
        tests:
          - name: drops
            globals: { log: 2 }
            packet: Ether()/IP(dst="10.0.0.1")/TCP(dport=443, flags="S")
            expect: { return: XDP_DROP, packet: unchanged }
        """, path: "dir/fw.bpftest.yaml")
    #expect(suite.name == "fw")
    #expect(suite.objectPath == "dir/fw.bpf.c")
    #expect(suite.cflags == ["-DN=4"] && suite.mcpu == "v2")
    let test = try #require(suite.tests.first)
    #expect(test.program?.value == "fw")
    #expect(test.globals?.label == "{log: 2, enforce: 1}")
    #expect(test.steps.count == 1 && !test.hasSteps)
    #expect(test.steps[0].packet?.count == 54)
    #expect(test.load.outcome.all == [.accepted] && !test.load.isGiven)
  }

  @Test func stepsInheritWhatTheTestGives() throws {
    let suite = try Suite(
      text: fixture(
        "program: p", "packet: Ether()", "steps:", "  - { expect: { return: 1 } }",
        "  - { program: q, packet: { hex: 'aa bb' }, repeat: 3, expect: { return: 2 } }"), path: "a.bpftest.yaml")
    let steps = suite.tests[0].steps
    #expect(steps.map(\.program?.value) == ["p", "q"])
    #expect(steps.map(\.packet?.count) == [14, 2])
    #expect(steps.map(\.repetitions) == [1, 3])
  }

  @Test func namesTheNearestKeyAndItsPlace() {
    let found = errors(in: fixture("pakcet: Ether()", "expect: { retrun: 1, load: accepted }"))
    #expect(
      found.map(\.description) == [
        "a.bpftest.yaml:4:5: unknown key `pakcet` in a test; did you mean `packet`?",
        "a.bpftest.yaml:5:15: unknown key `retrun` in `expect`; did you mean `return`?",
      ])
  }

  @Test(arguments: ["events: 1"])
  func refusesWhatComesLaterInWords(line: String) {
    let found = errors(in: fixture(line, "expect: { load: accepted }"))
    #expect(found.count == 1)
    #expect(found.first?.message == "not supported yet: `\(line.prefix { $0 != ":" })`")
  }

  @Test func refusesATestThatExpectsNothing() {
    #expect(errors(in: fixture("packet: Ether()")).first?.message == "the test \"t\" expects nothing")
    #expect(errors(in: fixture("expect: { load: accepted }")).isEmpty)
    #expect(errors(in: fixture("steps: [ { packet: Ether() } ]")).count == 1)
  }

  @Test func refusesARunOfWhatIsAlwaysRejected() {
    #expect(errors(in: fixture("packet: Ether()", "expect: { load: rejected, return: 1 }")).count == 1)
    #expect(
      errors(in: fixture("packet: Ether()", "expect: { load: { '<5.15': rejected, default: accepted }, return: 1 }"))
        .isEmpty)
  }

  @Test func placesAnErrorInsideAPacketExpression() throws {
    let found = errors(in: fixture("packet: Ether()/Pi()", "expect: { return: 1 }"))
    let error = try #require(found.first)
    #expect(found.count == 1)
    #expect(error.line == 4 && error.column == 21)
    #expect(error.detail == "  Ether()/Pi()\n          ^")
  }

  @Test func saysWhatYAMLDidToAnUnquotedExpression() {
    let comma = errors(in: fixture("steps: [ { packet: Ether()/IP(ttl=1, tos=2), expect: { return: 1 } } ]"))
    #expect(comma.contains { $0.hint?.contains("comma") == true })
    let comment = errors(in: fixture("packet: Ether()/Raw(\"a #b\")", "expect: { return: 1 }"))
    #expect(comment.first?.hint?.contains("` #`") == true)
  }

  @Test func readsHexAndBase64Packets() throws {
    let suite = try Suite(
      text: fixture("packet: { base64: 'AAECAw==' }", "expect: { return: 1, packet: { hex: '00 01:02 03' } }"),
      path: "a.bpftest.yaml")
    #expect(suite.tests[0].steps[0].packet == [0, 1, 2, 3])
    guard case .bytes(let expected)? = suite.tests[0].steps[0].packetOut?.value.fallback else {
      Issue.record("bytes are expected")
      return
    }
    #expect(expected == [0, 1, 2, 3])
    #expect(errors(in: fixture("packet: { base64: 'A' }", "expect: { return: 1 }")).count == 1)
    #expect(errors(in: fixture("packet: { hex: 'abc' }", "expect: { return: 1 }")).count == 1)
  }

  @Test(arguments: [
    ("", "the file is empty"), ("a: [", "not YAML"), ("a:\n\tb: 1", "not YAML"), ("- 1", "a fixture must be a mapping"),
    ("object: a.o", "there are no tests"),
    ("tests: [ { name: t, expect: { load: accepted } } ]", "`object:` is missing"),
    ("object: a.o\ntests: 1", "`tests` must be a list"),
    ("object: a.o\nobject: b.o\ntests: []", "`object` stands twice"),
  ])
  func refusesBrokenFiles(text: String, message: String) {
    #expect(errors(in: text).contains { $0.message.hasPrefix(message) }, "\(errors(in: text))")
  }

  @Test func refusesUnknownNamesOfTheKernel() {
    let found = errors(
      in: fixture(
        "requires: { helper: bpf_lop, map_type: hsh, program_type: xdpp, kernel: new }", "type: tcc",
        "expect: { load: accepted, cause: verifer }"))
    #expect(found.compactMap(\.hint).filter { $0.hasPrefix("did you mean") }.count == 4, "\(found)")
    #expect(found.count == 6)
  }

  @Test func refusesTwoTestsOfOneName() {
    let twice = fixture("expect: { load: accepted }") + "  - name: t\n    expect: { load: accepted }\n"
    #expect(errors(in: twice).first?.message == "a second test named \"t\"")
  }

  @Test func refusesABillionLaughs() {
    var text = "object: a.o\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    #expect(errors(in: text).first?.message == "the aliases add up to more than a file may hold")
  }

  @Test func mergesAnchors() throws {
    let suite = try Suite(
      text: """
        object: a.o
        tests:
          - &first { name: one, packet: Ether(), expect: { return: 1 } }
          - { <<: *first, name: two }
        """, path: "a.bpftest.yaml")
    #expect(suite.tests.map(\.name) == ["one", "two"])
  }

  @Test func aFileThatCanNotComeAlongIsToldWhy() throws {
    let folder = try TemporaryFolder()
    try folder.write(String(repeating: "x", count: 16 << 20 + 1), to: "large")
    try folder.write("x", to: "sub/small")
    func message(_ name: String) -> String? {
      do throws(FixtureErrors) {
        _ = try Suite(
          text: "object: a.bpf.o\ntests: [ { name: t, files: { /tmp/f: \(name) }, expect: { load: accepted } } ]",
          path: folder.path + "/a.bpftest.yaml")
        return nil
      } catch {
        return error.errors.first?.message
      }
    }
    #expect(message("sub/small") == nil)
    #expect(
      message("large")
        == "the file \(folder.path)/large has 16777217 bytes, and a test takes along no more than 16777216")
    #expect(message("none") == "can't read the file \(folder.path)/none: No such file or directory")
    #expect(message("sub") == "can't read the file \(folder.path)/sub: Is a directory")
  }
}

@Suite struct FindTests {
  @Test func findsFixturesInOrder() throws {
    let folder = try TemporaryFolder()
    for name in ["b.bpftest.yaml", "a.bpftest.yaml", "deep/er/c.bpftest.yaml", ".hidden/d.bpftest.yaml", "x.yaml"] {
      try folder.write("", to: name)
    }
    let found = try Suite.find([folder.path, "\(folder.path)/x.yaml", "\(folder.path)/a.bpftest.yaml"])
    #expect(
      found.map { $0.dropFirst(folder.path.count + 1) } == [
        "a.bpftest.yaml", "b.bpftest.yaml", "deep/er/c.bpftest.yaml", "x.yaml",
      ])
  }

  @Test func refusesFoldersWithoutAnyAndPathsToNowhere() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: FixtureErrors.self) { try Suite.find([folder.path, "\(folder.path)/none"]) }
    #expect(error?.errors.map(\.message) == ["no *.bpftest.yaml in this folder or below", "No such file or directory"])
  }

  @Test func aFileIsReadOnceHoweverItIsCalled() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "a/b.bpftest.yaml")
    let paths = [folder.path, "\(folder.path)/a", "\(folder.path)/./a/b.bpftest.yaml"]
    #expect(try Suite.find(paths) == ["\(folder.path)/a/b.bpftest.yaml"])
  }

  /// A test that isn't run must not look like one that passes.
  @Test func aFolderThatIsNotSearchedIsAnError() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "a.bpftest.yaml")
    try folder.write("", to: String(repeating: "d/", count: 40) + "b.bpftest.yaml")
    let error = #expect(throws: FixtureErrors.self) { try Suite.find([folder.path]) }
    #expect(error?.errors.map(\.message) == ["this folder lies too deep"])
  }
}
