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
    #expect(try again(plan(steps)).steps == steps)
  }

  @Test func observationsComeBackInTheirOrder() throws {
    var steps = (0..<10).map {
      StepObservation(returnValue: $0, nanoseconds: 7 * $0, data: Bytes([UInt8($0)]), context: Bytes([UInt8($0)]))
    }
    steps.append(StepObservation(returnValue: 3, data: Bytes([1]), truncatedFrom: 5))
    steps.append(StepObservation(refusal: Refusal(stage: .run, operation: "x", errno: 22)))
    let seen = Observations(load: .loaded, steps: steps)
    #expect(try again(seen).steps == steps)
  }

  @Test func tenThousandFramesTravelAsLittleMoreThanTheirBytes() throws {
    let frames = (0..<10_000).map { Step(program: "p", data: Bytes([UInt8](repeating: UInt8($0 & 255), count: 60))) }
    // Of each frame: "as before", that there is data, how much, the data, that there is no context.
    #expect(WireWriter.payload(of: plan(frames)).count < 10_000 * 64 + 100)
    let seen = Observations(
      load: .loaded,
      steps: frames.map { StepObservation(returnValue: 2, nanoseconds: 50, data: $0.data) })
    #expect(WireWriter.payload(of: seen).count < 10_000 * 66 + 100)
  }

  @Test func whatIsAlikeIsWrittenAnewWhenItChanges() throws {
    let like = Step(program: "p", data: Bytes([1]))
    let other = Step(program: "q", data: Bytes([1]))
    func size(_ steps: [Step]) -> Int { WireWriter.payload(of: plan(steps)).count }
    let (whole, repeated) = (size([like]) - size([]), size([like, like]) - size([like]))
    #expect(repeated == 5)
    #expect(size([like, like, other, other, like]) - size([]) == 3 * whole + 2 * repeated)
  }

  @Test func aRunThatBeginsWithNothingToRepeatIsRefused() throws {
    var bytes = WireWriter.payload(of: plan([Step(program: "p"), Step(program: "p")]))
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: [2, 0, 1, 1, 0x70]) }) + 1
    bytes[place] = 1
    #expect(throws: WireFault(problem: .repeatsNothing, offset: place)) {
      try WireReader.read(TestPlan.self, from: bytes)
    }
    bytes[place] = 2
    #expect(throws: WireFault(problem: .unknownCase(2, of: "a run"), offset: place)) {
      try WireReader.read(TestPlan.self, from: bytes)
    }
  }
}
