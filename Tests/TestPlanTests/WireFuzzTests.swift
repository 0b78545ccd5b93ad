import Foundation
import Testing

@testable import TestPlan

/// How many times the usual number of inputs are tried, as in `make fuzz`.
private let fuzzFactor = ProcessInfo.processInfo.environment["BPFTEST_FUZZ"].flatMap { Int($0) }.map { max(1, $0) } ?? 1

/// Whatever arrives is read or refused; what is read is a message like any other, which comes back as it was.
@Suite struct WireFuzzTests {
  private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
      return mixed ^ mixed >> 31
    }
  }

  private func mutate(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes.removeLast(bytes.count - place)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      case 3: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
      case 4: bytes.replaceSubrange(place..<place, with: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])
      default: bytes[place] = UInt8.random(in: 0...12, using: &random)
      }
    }
    return bytes
  }

  /// Messages of one kind each, so that a mutation is not always in the same one.
  private static let fromHost: [[UInt8]] = {
    var plan = TestPlan(object: ObjectID(rawValue: "abc"), programs: ["p"], mapSizes: ["m": 1, "n": 2])
    plan.steps = (0..<4).map { Step(program: "p", data: Bytes([1, 2, $0])) }
    let triggers = Step(triggers: WireSample.triggers, waits: WireSample.waits)
    let steps = [[WireSample.step], [triggers], [triggers, triggers, Step()]]
    let plans = steps.map { TestPlan(object: ObjectID(rawValue: "abc"), programs: [], steps: $0) } + [plan]
    return (WireSample.fromHost + plans.map { .run(number: 1, plan: $0) }).map(\.payload)
  }()

  @Test func mutatedMessagesFromTheHostAreReadOrRefused() throws {
    var random = Seeded(state: 1)
    var read = 0
    for _ in 0..<5000 * fuzzFactor {
      let bytes = mutate(Self.fromHost.randomElement(using: &random) ?? [], &random)
      guard let payload = try? HostMessage(payload: bytes).payload else { continue }
      read += 1
      #expect(try HostMessage(payload: payload).payload == payload)
    }
    #expect(read > 0)
  }

  @Test func mutatedMessagesFromTheGuestAreReadOrRefused() throws {
    var random = Seeded(state: 2)
    let whole = WireSample.fromGuest.map(\.payload)
    var read = 0
    for _ in 0..<5000 * fuzzFactor {
      let bytes = mutate(whole.randomElement(using: &random) ?? [], &random)
      guard let payload = try? GuestMessage(payload: bytes).payload else { continue }
      read += 1
      #expect(try GuestMessage(payload: payload).payload == payload)
    }
    #expect(read > 0)
  }

  @Test func messagesCutAnywhereAreRefused() {
    let whole = Self.fromHost[1]
    for end in 0..<whole.count {
      #expect(throws: WireFault.self) { try HostMessage(payload: [UInt8](whole[..<end])) }
    }
  }
}
