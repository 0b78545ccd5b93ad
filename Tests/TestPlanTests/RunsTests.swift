import Testing

@testable import TestPlan

@Suite struct RunsTests {
  private func plan(_ steps: [Step]) -> TestPlan {
    TestPlan(object: ObjectID(rawValue: "abc"), programs: ["p"], steps: steps)
  }

  @Test func stepsOfAllKindsComeBackInTheirOrder() throws {
    var steps = (0..<10).map { Step(program: "p", data: Bytes([1, 2, UInt8($0)]), context: Bytes([UInt8($0)])) }
    steps.append(Step(program: "p", data: Bytes([9]), readMaps: ["m"]))
    steps += [Step(program: "q"), Step(program: "q"), Step(program: "q", data: Bytes([])), Step(program: "q")]
    steps.append(Step(program: "p", data: Bytes([1]), repetitions: 7))
    #expect(try CBOR.decode(TestPlan.self, from: CBOR.encode(plan(steps))).steps == steps)
  }

  @Test func observationsComeBackInTheirOrder() throws {
    var steps = (0..<10).map {
      StepObservation(returnValue: $0, nanoseconds: 7 * $0, data: Bytes([UInt8($0)]), context: Bytes([UInt8($0)]))
    }
    steps.append(StepObservation(returnValue: 3, data: Bytes([1]), truncatedFrom: 5))
    steps.append(StepObservation(refusal: Refusal(stage: .run, operation: "x", errno: 22)))
    let seen = Observations(load: .loaded, steps: steps)
    #expect(try CBOR.decode(Observations.self, from: CBOR.encode(seen)).steps == steps)
  }

  @Test func aThousandFramesTravelAsLittleMoreThanTheirBytes() throws {
    let frames = (0..<1000).map { Step(program: "p", data: Bytes([UInt8](repeating: UInt8($0 & 255), count: 60))) }
    #expect(try CBOR.encode(plan(frames)).count < 1000 * 64)
    let seen = Observations(
      load: .loaded,
      steps: frames.map { StepObservation(returnValue: 2, nanoseconds: 50, data: $0.data) })
    #expect(try CBOR.encode(seen).count < 1000 * 68)
  }

  @Test func aRunThatIsNotWholeIsRefused() throws {
    // A count that no column bears out must not make the reader build so many steps.
    let text = try CBOR.encode(plan([Step(program: "p", data: Bytes([1]))]))
    let key = Array("count".utf8)
    let place = try #require(text.indices.first { text[$0...].starts(with: key) })
    var bytes = text
    bytes[place + key.count] = 0x17
    #expect(throws: DecodingError.self) { try CBOR.decode(TestPlan.self, from: bytes) }
  }
}
