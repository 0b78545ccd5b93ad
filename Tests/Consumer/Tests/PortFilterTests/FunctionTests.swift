import BPFTesting
import Testing
import XCTest

/// Functions of a program, called alone.
@Suite struct FunctionSuite {
  private static let source = "BPF/limits.bpf.c"

  @Test(arguments: [(10, "DECISION_PASS"), (11, "DECISION_LIMIT"), (20, "DECISION_LIMIT"), (21, "DECISION_DROP")])
  func inlinedOnes(_ count: Int, _ decision: BTFValue) async throws {
    let decide = try await BPFFunction("decide", compiling: Self.source)
    #expect(try decide.call(["rate": 10, "count": .integer(Int128(count))]).returned == decision)
  }

  @Test func constantsAreSetBeforeTheFirstCall() async throws {
    let decide = try await BPFFunction("decide", compiling: Self.source, type: .schedCLS)
    try decide.object.globals["burst"].set(0)
    #expect(try decide.call(["count": 1]).returned == "DECISION_DROP")
    #expect(throws: BPFError.self) { try decide.object.globals["burst"].set(1) }
  }

  @Test func memoryBehindPointers() async throws {
    for turn in [
      try await BPFFunction("turn_round", compiling: Self.source), try await BPFFunction("turn_round", of: Limits.self),
    ] {
      let result = try turn.call(["flow": ["saddr": "10.0.0.1", "dport": 53], "back": ["sport": 7]])
      #expect(try result.returned == 0)
      #expect(try result["back"] == ["saddr": 0, "daddr": 0x0a00_0001, "sport": 53, "dport": 0])
      #expect(try result["flow"]["dport"] == 53)
      // What isn't given is zero, whatever went before.
      #expect(try turn.call()["back"]["sport"] == 0)
    }
    let nowhere = try await BPFFunction("turn_round", of: Limits.self, pointers: ["back": .null])
    #expect(try nowhere.call().returned == -1)
  }

  @Test func pointersIntoThePacket() async throws {
    for type in [
      try await BPFFunction(
        "ether_type", compiling: Self.source, pointers: ["data": .packet, "data_end": .packetEnd]),
      try await BPFFunction("ether_type", of: Limits.self, pointers: ["data": .packet, "data_end": .packetEnd]),
    ] {
      #expect(try type.call(packet: Ether(type: 0x86dd)).returned == 0x86dd)
      #expect(try type.call(packet: "Ether(type=0x1234)").returned == 0x1234)
      #expect(try type.call().returned == 0x88b5)
    }
  }

  @Test func mapsAreTheFunctionsOwn() async throws {
    let count = try await BPFFunction("count", compiling: Self.source)
    let flow: BTFValue = ["saddr": "10.0.0.1"]
    for hits in 1...3 {
      _ = try count.call(["flow": flow])
      #expect(try count.object.maps["seen"][flow] == .integer(Int128(hits)))
    }
    #expect(throws: BPFError.self) { try count.call(["flow": flow]).returned }
  }

  @Test func aRefusedCallIsRefusedAgainForTheSameReason() async throws {
    let type = try await BPFFunction(
      "ether_type", compiling: Self.source, pointers: ["data": .packet, "data_end": .null])
    for _ in 0..<2 {
      let error = #expect(throws: BPFLoadError.self) { try type.call() }
      #expect(error?.log.text.contains("invalid access to packet") == true)
    }
  }

  @Test func callsFromManyThreadsTakeTurns() async throws {
    let decide = try await BPFFunction("decide", compiling: Self.source)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for turn in 0..<50 {
            let isFew = (task + turn) % 2 == 0
            let returned = try decide.call(["count": isFew ? 0 : 99]).returned
            #expect(returned == (isFew ? "DECISION_PASS" : "DECISION_DROP"))
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func whatDoesNotFitIsAnError() async throws {
    func words(_ body: () async throws -> Void) async -> String {
      await #expect(throws: BPFError.self) { try await body() }?.description ?? ""
    }
    func refusal(
      _ name: String, pointers: [String: BPFFunction.Pointer] = [:], type: BPFProgramType? = nil
    ) async -> String {
      await words { _ = try await BPFFunction(name, compiling: Self.source, pointers: pointers, type: type) }
    }
    #expect(await refusal("turn_rund").contains("did you mean `turn_round`?"))
    #expect(await refusal("a b").contains("is no name of a function"))
    #expect(await refusal("decide", pointers: ["rate": .packet]).contains("its parameter `rate` is no pointer"))
    #expect(await refusal("decide", pointers: ["rat": .packet]).contains("did you mean `rate`?"))
    #expect(await refusal("decide", type: .kprobe).contains("kprobe programs can't make the call"))
    let inlined = await words { _ = try await BPFFunction("decide", of: Limits.self) }
    #expect(inlined.contains("mark it `__noinline`"))
    let program = await words { _ = try await BPFFunction("limits", of: Limits.self) }
    #expect(program.contains("`limits` is a program"))
    let source = await words { _ = try await BPFFunction("decide", contentsOf: Self.source) }
    #expect(source.contains("not an ELF file"))
    let decide = try await BPFFunction("decide", compiling: Self.source)
    #expect(await words { _ = try decide.call(["cuont": 1]) }.contains("did you mean `count`?"))
    #expect(await words { _ = try decide.call(["count": -1]) }.contains("argument `count` of `decide`"))
    #expect(await words { _ = try decide.call()["count"] }.contains("no parameter that points to memory"))
    decide.object.close()
    #expect(await words { _ = try decide.call() }.contains("is closed"))
  }
}

/// The same under XCTest.
final class FunctionXCTests: XCTestCase {
  func testTurnsAFlowRound() async throws {
    let turn = try await BPFFunction("turn_round", compiling: "BPF/limits.bpf.c")
    let result = try turn.call(["flow": ["sport": 1234, "dport": 53]])
    XCTAssertEqual(try result.returned, 0)
    XCTAssertEqual(try result["back"], ["saddr": 0, "daddr": 0, "sport": 53, "dport": 1234])
  }
}
