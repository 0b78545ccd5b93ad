import Testing

@testable import TestPlan

/// What the other side makes of a value.
func again<Value: WireValue>(_ value: Value) throws(WireFault) -> Value {
  try WireReader.read(Value.self, from: WireWriter.payload(of: value))
}

@Suite struct WireTests {
  @Test func aFullPlanComesBackAsItWentIn() throws {
    #expect(try again(WireSample.plan) == WireSample.plan)
  }

  @Test func anEmptyPlanComesBackAsItWentIn() throws {
    var plan = TestPlan(object: ObjectID(rawValue: ""), programs: [])
    #expect(try again(plan) == plan)
    plan.steps = [Step()]
    #expect(try again(plan) == plan)
  }

  @Test func observationsComeBackAsTheyWentIn() throws {
    for seen in WireSample.observations + [Observations(load: .loaded), Observations(load: .missing([]))] {
      #expect(try again(seen) == seen)
    }
    let seen = Observations(load: .loaded, steps: [StepObservation()])
    #expect(try again(seen) == seen)
  }

  @Test func messagesComeBackAsTheyWentIn() throws {
    for message in WireSample.fromHost + [.object(id: ObjectID(rawValue: ""), bytes: Bytes(), relocationBTF: nil)] {
      #expect(try HostMessage(payload: message.payload) == message)
    }
    for message in WireSample.fromGuest {
      #expect(try GuestMessage(payload: message.payload) == message)
    }
  }

  /// A field that is new and in no sample is found here, and one that is in a sample and isn't sent by the tests above.
  @Test func theSamplesHaveSomethingInEveryFieldOfEveryStruct() throws {
    let blanks = Dictionary(uniqueKeysWithValues: WireBlank.all.map { (String(reflecting: type(of: $0)), $0) })
    var filled: [String: Set<String>] = [:]
    func visit(_ value: Any) throws {
      let mirror = Mirror(reflecting: value)
      let type = String(reflecting: type(of: value))
      if mirror.displayStyle == .struct, type.hasPrefix("TestPlan.") {
        let blank = Mirror(reflecting: try #require(blanks[type], "WireBlank has no \(type)"))
        for (field, empty) in zip(mirror.children, blank.children) {
          if String(reflecting: field.value) != String(reflecting: empty.value) {
            filled[type, default: []].insert(field.label ?? "")
          }
        }
      }
      for child in mirror.children { try visit(child.value) }
    }
    for message in WireSample.fromHost { try visit(message) }
    for message in WireSample.fromGuest { try visit(message) }
    for (type, blank) in blanks {
      for field in Mirror(reflecting: blank).children.compactMap(\.label) {
        #expect(filled[type]?.contains(field) == true, "no sample has anything in `\(field)` of \(type)")
      }
    }
  }

  /// What a tag stands for is a case of a sample, and the tag after the last is refused.
  @Test func theSamplesHaveEveryCaseOfEveryEnumeration() throws {
    func check<Value: WireValue>(_ samples: [Value]) {
      let tags = Set(samples.map { WireWriter.payload(of: $0)[0] })
      #expect(tags == Set(0..<UInt8(tags.count)), "\(Value.self)")
      let beyond = [UInt8(tags.count)] + [UInt8](repeating: 0, count: 64)
      let fault = #expect(throws: WireFault.self, "\(Value.self) has a case without a sample") {
        try WireReader.read(Value.self, from: beyond)
      }
      guard case .unknownCase(beyond[0], _)? = fault?.problem else {
        Issue.record("\(Value.self) has a case without a sample")
        return
      }
    }
    check(WireSample.fromHost)
    check(WireSample.fromGuest)
    check(WireSample.mapValues)
    check(WireSample.mapTargets)
    check(WireSample.requirements)
    check(WireSample.actions)
    check(WireSample.arguments)
    check(WireSample.triggers)
    check(WireSample.comparisons)
    check(WireSample.waitPlaces)
    check(WireSample.subjects)
    check(WireSample.targets)
    check(WireSample.deviceKinds)
    check(Route.Kind.allCases)
    check(WireSample.holders)
    check(WireSample.stages)
    check(WireSample.outcomes)
  }

  /// Host and agent of one revision must lay out messages alike: whoever changes the layout raises the revision, and puts
  /// here what it comes to.
  @Test func theRevisionStandsForOneLayout() {
    let all = WireSample.fromHost.flatMap(\.payload) + WireSample.fromGuest.flatMap(\.payload)
    #expect(Frame.revision == 7)
    #expect(
      Frame.checksum(all) == 0xfb35_4e63,
      "the layout or the samples have changed: raise Frame.revision if it was the layout")
  }

  @Test func whatIsTheSameIsWrittenTheSame() {
    var one = WireSample.plan
    var other = WireSample.plan
    let names = (0..<100).map { "map\($0)" }
    one.mapSizes = Dictionary(uniqueKeysWithValues: names.map { ($0, 1) })
    other.mapSizes = Dictionary(uniqueKeysWithValues: names.reversed().map { ($0, 1) })
    #expect(WireWriter.payload(of: one) == WireWriter.payload(of: other))
  }
}
