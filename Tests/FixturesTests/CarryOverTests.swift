import TestPlan
import Testing

@testable import Fixtures

/// What a step takes over from the run before it, as it is planned.
@Suite struct CarryOverTests {
  private static func text(_ lines: [String]) -> String {
    "object: sample.bpf.o\ntests:\n  - name: t\n    program: mark\n    steps:\n"
      + lines.map { "      - \($0)\n" }.joined()
  }

  private func steps(_ lines: String...) async throws -> [Step] {
    let tests = try await Sample.plan(text: Self.text(lines))
    return try #require(tests.first).plan.steps
  }

  private func complaints(_ lines: String...) async -> String {
    do {
      _ = try await Sample.plan(text: Self.text(lines))
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func aPacketAndAContextAreLeftToTheExecutorAndAskedOfTheRunBefore() async throws {
    let steps = try await steps(
      "{ program: mark, packet: Ether()/IP(), expect: { return: 0 } }",
      "{ program: mark, packet: { previous: true, at: { 22: '40' }, prepend: $previous.return }, "
        + "context: { previous: true, mark: 7 }, expect: { return: 0 } }")
    #expect(steps[0].carryOver == nil && steps[0].contextSizeOut > 0)
    let carried = try #require(steps[1].carryOver)
    #expect(steps[1].data == nil)
    #expect(carried.packet?.prefix.count == 4)
    #expect(carried.packet?.changes == [PacketChange(offset: 22, bytes: Bytes([0x40]))])
    #expect(carried.returns == (0..<4).map { ReturnPlace(holder: .prefix, offset: $0, byte: UInt8($0)) })
    // `mark` is the third number of `struct __sk_buff`.
    #expect(carried.contextMask?.array.prefix(16) == [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])
    #expect(steps[1].context?.array.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0])
  }

  @Test func whereTheReturnedNumberLiesFollowsFromTheTypes() async throws {
    let steps = try await steps(
      "{ program: mark, packet: Ether()/IP(), expect: { return: 0 } }",
      "{ program: mark, packet: previous, globals: { box: { hits: $previous.return, port: $previous.return } }, "
        + "maps: { rules: { 5: { cb: [0, $previous.return] } } }, expect: { return: $previous.return } }")
    let places = try #require(steps[1].carryOver).returns
    // `hits` is a `__u32` at 0, `port` a `__be16` at 4; `cb[1]` a `__u64` at 24 of its struct.
    let globals = places.filter { $0.holder == .global(0) }.map { [$0.offset, Int($0.byte)] }
    #expect(globals == [[0, 0], [1, 1], [2, 2], [3, 3], [4, 1], [5, 0]])
    let maps = places.filter { $0.holder == .mapValue(write: 0, entry: 0) }.map { [$0.offset, Int($0.byte)] }
    #expect(maps.map { $0[1] } == [0, 1, 2, 3] && maps.map { $0[0] } == Array(maps[0][0]..<(maps[0][0] + 4)))
  }

  @Test func saysWhatCannotBeTakenOver() async throws {
    let first = "{ program: mark, packet: Ether()/IP(), expect: { return: 0 } }"
    for (line, words) in [
      ("{ program: pass, packet: Ether()/IP(), context: previous, expect: { return: 2 } }", "a sched_cls program's"),
      ("{ program: mark, packet: { previous: false }, expect: { return: 0 } }", "`previous` is true, or isn't there"),
      ("{ program: mark, packet: { previous: true, at: 7 }, expect: { return: 0 } }", "a mapping from offsets"),
      ("{ program: mark, packet: { previous: true, at: { 1: xy } }, expect: { return: 0 } }", "not pairs of hex"),
      ("{ program: mark, packet: { previous: true, att: { 1: '00' } }, expect: { return: 0 } }", "did you mean `at`?"),
    ] {
      let found = await complaints(first, line)
      #expect(found.contains(words), "\(line): \(found)")
    }
    let alone = await complaints("{ program: mark, packet: previous, expect: { return: $previous.return } }")
    #expect(alone.contains("no step before this one runs a program"))
  }

  @Test func triggersComeInTheOrderInWhichTheyAreWritten() async throws {
    let steps = try await steps(
      "{ program: mark, trigger: { sleep: 1ms }, packet: Ether()/IP(), expect: { return: 0 } }",
      "{ program: mark, packet: Ether()/IP(), trigger: { sleep: 1ms }, expect: { return: 0 } }",
      "{ trigger: { exec: [/bin/true] } }")
    #expect(steps.map(\.triggersFirst) == [true, false, false])
    #expect(steps.map { $0.program != nil } == [true, true, false])
    // Without any run there is nothing that they could be for.
    let alone = await complaints("{ trigger: { sleep: 1ms }, expect: { globals: { seen: 0 } } }")
    #expect(alone.contains("nothing is attached"), "\(alone)")
  }

  @Test func devicesHaveNamesInContexts() async throws {
    let text = """
      object: sample.bpf.o
      tests:
        - name: t
          program: mark
          environment: { devices: [ { veth: v0, peer: v1 } ] }
          packet: Ether()/IP()
          context: { ifindex: v1 }
          expect: { return: 0 }
      """
    let tests = try await Sample.plan(text: text)
    let context = try #require(tests.first?.plan.steps.first?.context).array
    // `ifindex` is the eleventh number of `struct __sk_buff`.
    #expect(context[40..<44] == [3, 0, 0, 0])
    await #expect { try await Sample.plan(text: text.replacing("ifindex: v1", with: "ifindex: v2")) } throws: { error in
      "\(error)".contains("the environment has no device `v2`")
    }
  }
}
