import Results
import TestPlan
import Testing

@testable import Fixtures

/// `struct event` of the sample: a number, and a name of eight bytes.
private func record(_ number: UInt32, _ name: String = "") -> Bytes {
  let text = [UInt8](name.utf8)
  return Bytes(withUnsafeBytes(of: number) { [UInt8]($0) } + text + [UInt8](repeating: 0, count: 8 - text.count))
}

private func failures(_ expectation: String, _ records: [Bytes], lost: UInt64 = 0) async throws -> [String] {
  let test = try await Sample.plan(
    "- { name: t, program: pass, packet: { hex: \"\(String(repeating: "00", count: 64))\" }, "
      + "expect: { events: { events: \(expectation) } } }")[0]
  let step = StepObservation(events: [EventObservation(map: "events", records: records, lost: lost)])
  return test.judge(Observations(load: .loaded, steps: [step]), kernel: "host", release: "6.1")
    .failures.map { "\($0.path): \($0.expected): \($0.seen)" }
}

@Suite struct EventJudgeTests {
  @Test func aListNamesRecordsInOrderAmongOthers() async throws {
    let seen = [record(1), record(2), record(3)]
    #expect(try await failures("[ { number: 1 }, { number: 3 } ]", seen).isEmpty)
    #expect(
      try await failures("[ { number: 3 }, { number: 1 } ]", seen) == [
        "events.events[1]: {number: 1}: {number: 1, name: \"\"}, {number: 2, name: \"\"}, {number: 3, name: \"\"}"
      ])
    #expect(try await failures("{ contains: [ { number: 3 }, { number: 1 } ], unordered: true }", seen).isEmpty)
  }

  @Test func noRecordCountsTwice() async throws {
    #expect(
      try await failures("{ contains: [ { number: 1 }, { number: 1 } ], unordered: true }", [record(1)]).count == 1)
    #expect(try await failures("[ { number: 1 }, { number: 1 } ]", [record(1), record(1)]).isEmpty)
  }

  @Test func withoutAnOrderEachFindsItsRecordIfThatCanBe() async throws {
    let seen = [record(1, "a"), record(1, "b")]
    #expect(try await failures("{ contains: [ { number: 1 }, { name: a } ], unordered: true }", seen).isEmpty)
    #expect(try await failures("{ exactly: [ { number: 1 }, { name: a } ], unordered: true }", seen).isEmpty)
    // Three in a row must make room for the last.
    let three = [record(1, "a"), record(1, "b"), record(2, "b")]
    let expected = "{ name: a }, { number: 1 }, { name: b }"
    #expect(try await failures("{ exactly: [ \(expected) ], unordered: true }", three).isEmpty)
    #expect(
      try await failures("{ contains: [ { number: 1 }, { number: 1 }, { name: b } ], unordered: true }", three).isEmpty)
    // The one that is not there is the last of those that want the same.
    let missing = try await failures("{ contains: [ { number: 1 }, { name: a }, { name: a } ], unordered: true }", seen)
    #expect(missing.count == 1 && missing[0].hasPrefix("events.events[2]: "), "\(missing)")
  }

  /// Trying all ways to match them would take for ever.
  @Test(.timeLimit(.minutes(10))) func manyRecordsFindTheirs() async throws {
    // The first that has a name is the one that must be left to a number.
    let seen = (0..<400).map { record(UInt32($0 % 2), "\($0 / 2)") }
    let all = (0..<200).map { "{ name: \"\($0)\" }" } + [String](repeating: "{ number: 0 }", count: 200)
    #expect(try await failures("{ exactly: [ \(all.joined(separator: ", ")) ], unordered: true }", seen).isEmpty)
    let alike = [String](repeating: "{ number: 1 }", count: 510).joined(separator: ", ")
    let missing = try await failures(
      "{ contains: [ \(alike) ], unordered: true }", [Bytes](repeating: record(1), count: 500))
    #expect(missing.count == 10)
  }

  @Test func exactlyAllowsNoOthersAndShowsTheFieldThatDiffers() async throws {
    #expect(try await failures("{ exactly: [ { number: 1, name: a } ] }", [record(1, "a")]).isEmpty)
    #expect(
      try await failures("{ exactly: [ { number: 1, name: a } ] }", [record(1, "b")])
        == ["events.events[0].name: \"a\": \"b\""])
    #expect(
      try await failures("{ exactly: [ { number: 1 } ] }", [record(1), record(7, "x")])
        == ["events.events[1]: no other record: {number: 7, name: \"x\"}"])
  }

  @Test func whatDoesNotComeIsSaidWithTheTimeThatWasWaited() async throws {
    #expect(
      try await failures("[ { number: 1 } ]", []) == ["events.events[0]: {number: 1}: no record at all within 2 s"])
    #expect(
      try await failures("{ contains: [ { number: 1 } ], within: 50ms }", [], lost: 3)
        == ["events.events[0]: {number: 1}: no record at all, and 3 lost within 50 ms"])
  }

  @Test func noneAndCounts() async throws {
    #expect(try await failures("{ none: true }", []).isEmpty)
    #expect(try await failures("{ none: 10ms }", [record(1)]).count == 1)
    #expect(try await failures("{ count: { ge: 2 } }", [record(1), record(2)]).isEmpty)
    #expect(try await failures("{ count: 3 }", [record(1)]) == ["events.events.count: 3: 1 within 2 s"])
    #expect(try await failures("{ count: 1, lost: 0 }", [record(1)], lost: 2) == ["events.events.lost: 0: 2"])
  }

  @Test func aRecordThatIsTooShortIsNoMatchAndNoTrap() async throws {
    #expect(try await failures("{ exactly: [ { name: a } ] }", [Bytes([1, 2])]).count == 1)
    #expect(try await failures("{ exactly: [ hello ], type: text }", [Bytes([UInt8]("hello\0\0".utf8))]).isEmpty)
    #expect(try await failures("{ exactly: [ { hex: 0102 } ], type: bytes }", [Bytes([1, 2])]).isEmpty)
    #expect(try await failures("{ exactly: [ { hex: 0102 } ], type: bytes }", [Bytes([1, 2, 3])]).count == 1)
  }
}

@Suite struct PairingTests {
  /// The most that can be granted: the next wish gets any thing that is left, or none.
  private func most(_ table: [[Bool]], from wish: Int = 0, used: Set<Int> = []) -> Int {
    guard wish < table.count else { return 0 }
    let granted = table[wish].indices.filter { table[wish][$0] && !used.contains($0) }
      .map { 1 + most(table, from: wish + 1, used: used.union([$0])) }
    return max(granted.max() ?? 0, most(table, from: wish + 1, used: used))
  }

  @Test func asManyWishesAreGrantedAsCanBe() {
    var state: UInt64 = 1
    func random(_ count: Int) -> Int {
      // Knuth's MMIX: the same cases in each run.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    for _ in 0..<2000 {
      let (kinds, count) = (1 + random(4), random(6))
      let fits = (0..<kinds).map { _ in (0..<count).map { _ in random(3) == 0 } }
      let wishes = (0..<random(6)).map { _ in random(kinds) }
      let pairing = Pairing(wishes.map { "\($0)" }, among: count) { fits[wishes[$0]][$1] }
      let given = pairing.things.compactMap { $0 }
      #expect(Set(given).count == given.count)
      #expect(zip(wishes, pairing.things).allSatisfy { wish, thing in thing.map { fits[wish][$0] } ?? true })
      #expect(given.count == most(wishes.map { fits[$0] }))
    }
  }
}

@Suite struct DurationsTests {
  @Test(arguments: [
    ("2s", 2.0, "2 s"), ("1.5s", 1.5, "1.5 s"), ("0.07", 0.07, "70 ms"), ("100ms", 0.1, "100 ms"),
    ("20us", 2e-5, "20 us"),
    ("20µs", 2e-5, "20 us"), ("5ns", 5e-9, "5 ns"), ("1m", 60, "60 s"), ("0", 0, "0 s"),
  ])
  func lengthsOfTimeAreReadAndSaid(text: String, seconds: Double, words: String) throws {
    let read = try #require(Durations.seconds(text))
    #expect(abs(read - seconds) < 1e-12)
    #expect(Durations.describe(read) == words)
  }

  @Test(arguments: ["", "s", "soon", "-1s", "nan", "inf", "1h"])
  func whatIsNoLengthOfTimeIsNotRead(text: String) {
    #expect(Durations.seconds(text) == nil)
  }
}

@Suite struct EventPlannerTests {
  @Test func theExecutorIsToldHowManyToWaitForAndHowLong() async throws {
    let packet = "packet: { hex: \"\(String(repeating: "00", count: 64))\" }"
    func read(_ text: String) async throws -> EventRead? {
      try await Sample.plan("- { name: t, program: pass, \(packet), expect: { events: { events: \(text) } } }")[0]
        .plan.steps[0].events?.first
    }
    #expect(try await read("[ {}, {} ]") == EventRead(map: "events", count: 2, limit: 2))
    #expect(
      try await read("{ exactly: [ {} ], within: 500ms, quiet: 20ms }")
        == EventRead(map: "events", count: 1, limit: 0.5, quiet: 0.02))
    #expect(try await read("{ count: 1, within: 1 }")?.limit == 1)
    #expect(try await read("{ none: 100ms }") == EventRead(map: "events", count: 0, limit: 2, quiet: 0.1))
    #expect(try await read("{ count: { gt: 4 } }")?.count == 5)
    #expect(try await read("{ \">=6\": [ {} ], default: [ {}, {}, {} ] }")?.count == 3)
  }

  @Test(arguments: [
    ("{ rules: [ {} ] }", "`rules` is a hash, and events come from a ringbuf or a perf_event_array"),
    ("{ events: [ { nubmer: 1 } ] }", "struct event has no member `nubmer`"),
    ("{ events: { contains: [ 1 ], type: struct evnet } }", "the object's BTF has no `struct evnet`"),
    ("{ events: {} }", "nothing is said of the events of `events`"),
    ("{ events: [] }", "no event of `events` is expected"),
    ("{ events: { none: true, exactly: [] } }", "`exactly` and `none` don't go together"),
    ("{ events: { none: soon } }", "`none` is a length of time like `2s` or `100ms`, and here is `soon`"),
    (
      "{ events: { contains: [ 1 ], unordered: yes, type: int } }",
      "`unordered` is true or false, and here is `yes`"
    ),
    ("{ events: { count: many } }", "a number of events is expected, and here is `many`"),
  ])
  func whatIsWrongIsSaid(text: String, message: String) async throws {
    let errors = try await Sample.complaints(
      "program: pass", "packet: { hex: \"\(String(repeating: "00", count: 64))\" }", "expect: { events: \(text) }")
    #expect(errors.first?.message == message)
    #expect((errors.first?.line ?? 0) > 0)
  }
}
