import BPF
import Testing

@testable import Fixtures

/// Expectations that would hold whatever happens: a test that can't fail is an error of the fixture.
@Suite struct LostExpectationTests {
  /// Messages of reading or planning a test of these lines.
  private func messages(_ lines: String...) async throws -> [String] {
    do {
      _ = try await Sample.plan(
        text: "object: sample.bpf.o\ntests:\n  - name: t\n" + lines.map { "    \($0)\n" }.joined())
      return []
    } catch let error as FixtureErrors {
      return error.errors.map(\.message)
    }
  }

  @Test(arguments: [
    ("expect: { maps: {} }", "nothing is expected of `maps`"),
    ("expect: { globals: {} }", "nothing is expected of `globals`"),
    ("expect: { events: {} }", "nothing is expected of `events`"),
    ("expect: { maps: { rules: {} } }", "nothing is expected of `rules`"),
    ("expect: { maps: { counts: { 1: { per_cpu: [] } } } }", "nothing is expected of any CPU"),
    ("expect: { packet: {} }", "a packet needs `pcap`, `hex` or `base64`"),
    ("expect: { packet: { frame: 3 } }", "a packet needs `pcap`, `hex` or `base64`"),
    ("expect: { packet: { hex: '00', base64: AA } }", "a packet has one source, and here are `hex` and `base64`"),
    ("expect: { packet: { hex: '00', frame: 1 } }", "`frame` is for a packet of a `pcap`"),
    ("expect: { return: XDP_PASS, trigger: { exit: 5 } }", "nothing is triggered in this step"),
    ("expect: { maps: { rules: { 1: { name: { ge: a } } } } }", "char[8] is not a number to compare with"),
    (
      "expect: { maps: { rules: { 1: { ne: { hits: 1 } } } } }",
      "`port` is not given, and `ne` and `in` compare the whole struct rule"
    ),
    (
      "expect: { globals: { box: { in: [ { hits: 1 }, { hits: 2 } ] } } }",
      "`port` is not given, and `ne` and `in` compare the whole struct rule"
    ),
    (
      "expect: { globals: { box: { cb: { ne: [1] } } } }", "1 elements, and `ne` and `in` compare all 3 of __u64[3]"
    ),
  ])
  func areErrors(line: String, message: String) async throws {
    let found = try await messages("program: pass", "packet: Ether()", line)
    #expect(found.contains(message), "\(found)")
  }

  @Test func whatSaysAllOfAValueCanBeExcluded() async throws {
    let whole = "{ hits: 1, port: 0, low: 0, high: 0, name: '', cb: [0, 0, 0] }"
    #expect(
      try await messages("program: pass", "packet: Ether()", "expect: { globals: { box: { ne: \(whole) } } }") == [])
  }

  @Test(arguments: [
    ("packet: { never_grows: true }", "nobody sees the packets of an attached program"),
    ("flow_keys: { nhoff: 1 }", "nobody sees the flow keys of an attached program"),
  ])
  func ofAttachedProgramsAreErrors(expectation: String, message: String) async throws {
    let found = try await messages("attach: [probe]", "trigger: { exec: [true] }", "expect: { \(expectation) }")
    #expect(found.contains(message), "\(found)")
  }

  @Test(arguments: ["repeat: 5", "cpu: 77", "flags: [run_on_cpu]"])
  func howToRunIsForTestRuns(line: String) async throws {
    let found = try await messages(
      "attach: [probe]", "trigger: { exec: [true] }", line, "expect: { globals: { seen: 0 } }")
    #expect(found.contains { $0.contains("is for test-runs, and this step runs nothing itself") }, "\(found)")
  }

  @Test func aTestWithStepsWaitsForNothing() {
    let text = """
      object: p.bpf.o
      tests:
        - name: t
          wait: { globals: { seen: 1 } }
          steps: [ { packet: Ether(), expect: { return: 2 } } ]
      """
    #expect(errors(in: text).first?.message == "a test with steps waits for nothing of its own")
  }

  @Test func anyByKernelIsNoDefault() throws {
    let suite = try Suite(
      text: """
        object: p.bpf.o
        tests:
          - name: t
            expect: { load: rejected, cause: { ">=5.0": any, default: helper }, log: { ">=5.0": any, default: x } }
        """, path: "a.bpftest.yaml")
    let load = try #require(suite.tests.first?.load)
    #expect(
      (load.cause?.value(on: KernelRelease("6.1.0")) ?? nil) == nil
        && (load.log?.value(on: KernelRelease("6.1.0")) ?? nil) == nil)
    #expect((load.cause?.value(on: KernelRelease("4.19.0")) ?? nil)?.value == .helper)
  }

  @Test func truthWithoutRoomIsNoValue() {
    #expect(throws: (any Error).self) { try ValueType.opaque(0).encode(.bool(true)) }
  }
}
