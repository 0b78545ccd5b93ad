import Packets
import Results
import TestPlan
import Testing

@testable import Fixtures

@Suite struct GeneratedPacketTests {
  private func plan(_ packets: String, _ expect: String, context: String? = nil) async throws -> PlannedTest {
    let text =
      "object: sample.bpf.o\ntests:\n  - name: t\n    program: pass\n    packets: \(packets)\n    expect: \(expect)\n"
      + (context.map { "    context: \($0)\n" } ?? "")
    return try #require(try await Sample.plan(text: text).first)
  }

  private static let varied = "{ generate: 50, seed: 7, from: Ether()/IP()/TCP(), vary: [IP.ttl, TCP.dport, length] }"

  /// Runs a plan on a program that is given as a function, as an executor would.
  private func run(_ plan: TestPlan, _ program: ([UInt8]) -> (UInt32, [UInt8])) -> Observations {
    let steps = plan.steps.map { step in
      let (value, data) = program(step.data?.array ?? [])
      return StepObservation(returnValue: value, data: Bytes(data))
    }
    return Observations(load: .loaded, steps: steps)
  }

  private func judge(_ test: PlannedTest, _ program: ([UInt8]) -> (UInt32, [UInt8])) -> Cell {
    test.judge(run(test.plan, program), kernel: "k", release: "6.1.0")
  }

  @Test func theSameSeedMakesTheSamePackets() async throws {
    let (first, again) = (
      try await plan(Self.varied, "{ return: XDP_PASS }"), try await plan(Self.varied, "{ return: XDP_PASS }")
    )
    #expect(first.plan.steps.count == 50)
    #expect(first.plan.steps == again.plan.steps)
    #expect(Set(first.plan.steps.compactMap(\.data)).count > 40)
    let other = try await plan(Self.varied.replacing("seed: 7", with: "seed: 8"), "{ return: XDP_PASS }")
    #expect(first.plan.steps != other.plan.steps)
  }

  @Test func theContextSaysHowLongEachPacketIs() async throws {
    let test = try await plan(Self.varied, "{ return: XDP_PASS }", context: "{ ingress_ifindex: 1 }")
    for step in test.plan.steps {
      let end = (step.context?.array[4..<8] ?? []).reversed().reduce(0) { $0 << 8 | Int($1) }  // xdp_md.data_end
      #expect(end == step.data?.count)
    }
  }

  @Test func whatCannotBeGeneratedIsRefusedInWords() {
    for (packets, words) in [
      ("{ generate: 5, from: Ether()/IP() }", "nothing varies"),
      ("{ generate: 5, from: Ether()/IP(), vary: [TCP.dport] }", "TCP.dport can't vary: the packet is Ether/IP"),
      ("{ generate: 5, from: Ether()/IP(), vary: [IP.sorc] }", "IP has no field sorc"),
      ("{ generate: 0, from: Ether()/IP(), vary: [IP.src] }", "`generate` must be a number from 1"),
      ("{ generate: 1000000, from: Ether()/IP(), vary: [IP.src] }", "at most 100000 packets"),
      ("{ generate: 5, vary: [IP.src] }", "need `generate`, how many, and `from`"),
      ("{ generate: 5, from: Ether(/IP(), vary: [IP.src] }", "Ether"),
      ("{ generate: 5, seed: x, from: Ether()/IP(), vary: [IP.src] }", "`seed` is a number"),
    ] {
      let text = "object: p.bpf.o\ntests:\n  - { name: t, packets: \(packets), expect: { return: 1 } }\n"
      let found = errors(in: text).map(\.description).joined()
      #expect(found.contains(words), "\(packets): \(found)")
    }
  }

  // MARK: Properties

  @Test(
    arguments: [
      ("{ never_grows: true }", 1, 0), ("{ never_grows: true }", -1, nil), ("{ never_shrinks: true }", -1, 0),
      ("{ never_shrinks: true }", 1, nil), ("{ max_length: 60 }", 6, nil), ("{ max_length: 59 }", 6, 0),
      ("{ min_length: 55 }", 1, nil), ("{ min_length: 55 }", 0, 0), ("{ never_grows: false }", 9, nil),
    ] as [(String, Int, Int?)])
  func lengthsAreProperties(property: String, growth: Int, failing: Int?) async throws {
    let test = try await plan(
      "{ generate: 3, from: Ether()/IP()/TCP(), vary: [IP.ttl] }", "{ packet: \(property) }")
    let cell = judge(test) { packet in
      (2, growth < 0 ? [UInt8](packet.dropLast(-growth)) : packet + [UInt8](repeating: 0, count: growth))
    }
    #expect((cell.verdict == .failed) == (failing != nil), "\(cell.message)")
    let name = property.dropFirst(2).prefix { $0 != ":" }
    if failing != nil { #expect(cell.failures.first?.path == "packet 1: packet.\(name)") }
  }

  @Test func checksumsAreAProperty() async throws {
    let test = try await plan(Self.varied, "{ packet: { checksums: valid } }")
    #expect(judge(test) { (2, $0) }.verdict == .passed)
    let cell = judge(test) { packet in
      var packet = packet
      packet[22] ^= 1  // IP.ttl
      return (2, packet)
    }
    #expect(cell.failures.first?.path == "packet 1: packet.checksums")
    #expect(cell.failures.first?.seen.contains("IP.chksum is 0x") == true)
  }

  @Test func anUnknownPropertyIsAnError() {
    let text = "object: p.bpf.o\ntests:\n  - name: t\n    packet: Ether()\n    expect: { packet: { never_grow: true } }"
    #expect(errors(in: text).first?.message.contains("`never_grow`") == true)
    let other = text.replacing("{ never_grow: true }", with: "{ checksums: right, never_grows: true }")
    #expect(errors(in: other).first?.message == "`checksums` is valid or any, and here is `right`")
  }

  // MARK: Shrinking

  private func shrink(
    _ test: PlannedTest, limit: Int = 10_000, _ program: (TestPlan) -> Observations
  ) throws -> (shrinker: FailureShrinker, cell: Cell) {
    let cell = test.judge(program(test.plan), kernel: "k", release: "6.1.0")
    var shrinker = try #require(test.shrinker(for: cell))
    while shrinker.runs < limit, let trial = shrinker.next() {
      shrinker.judge(trial.judge(program(trial.plan), kernel: "k", release: "6.1.0"))
    }
    return (shrinker, shrinker.explain(cell))
  }

  @Test func aFailureIsShrunkToTheSmallestPacketThatStillFails() async throws {
    let test = try await plan(Self.varied, "{ return: { in: [XDP_PASS, XDP_TX] } }")
    let (shrinker, cell) = try shrink(test) { plan in run(plan) { ($0.count > 22 && $0[22] >= 200 ? 0 : 2, $0) } }
    let smallest = try #require(shrinker.capture().first)
    #expect(shrinker.capture().count == 1)
    #expect(smallest.bytes == (try Packet(expression: "Ether(type=0x0800)/IP(ttl=200)").build()))
    let failure = try #require(cell.failures.first)
    #expect(failure.frame != nil)
    #expect(failure.detail?.contains("smallest that fails: Ether(") == true, "\(failure.detail ?? "")")
    #expect(failure.detail?.contains("of seed 7: Ether(") == true)
    #expect(shrinker.runs < 500)
    // The packet alone, by its number, fails as it did among the others.
    let alone = try #require(failure.frame.flatMap { test.only(packet: $0) })
    #expect(alone.plan.steps.count == 1)
    #expect(judge(alone) { ($0[22] >= 200 ? 0 : 2, $0) }.failures.first?.path == failure.path)
  }

  @Test func anotherFailureIsNotTakenForTheSame() async throws {
    let test = try await plan(Self.varied, "{ return: XDP_PASS, packet: { never_grows: true } }")
    // Whatever is short fails too, in another way.
    let (shrinker, _) = try shrink(test) { plan in
      run(plan) { packet in
        if packet.count < 60 { return (2, packet + [0]) }
        return (packet[22] >= 128 ? 0 : 2, packet)
      }
    }
    let failed = try #require(shrinker.smallest?.plan.steps.first?.data?.array)
    #expect(failed.count >= 60 || failed[22] < 128)
  }

  @Test func whatFailsBehindOthersOnlyIsSaidSo() async throws {
    let test = try await plan(Self.varied, "{ return: XDP_PASS }")
    let (shrinker, cell) = try shrink(test) { plan in
      var count = 0
      return run(plan) { packet in
        count += 1
        return (count == 6 ? 1 : 2, packet)
      }
    }
    #expect(cell.failures.first?.path == "packet 6: return")
    #expect(cell.failures.first?.frame == nil)
    #expect(cell.failures.first?.detail?.hasSuffix("It fails behind the 5 packets before it, and not alone.") == true)
    #expect(shrinker.capture().count == 6)
  }

  @Test func whatPassesOrWasWrittenByHandIsNotShrunk() async throws {
    let test = try await plan(Self.varied, "{ return: XDP_PASS }")
    #expect(test.shrinker(for: judge(test) { (2, $0) }) == nil)
    let other = try #require(
      try await Sample.plan("- { name: t, program: pass, packet: Ether(), expect: { return: 2 } }").first)
    #expect(other.shrinker(for: judge(other) { (1, $0) }) == nil)
  }
}
