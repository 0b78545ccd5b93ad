import BPF
import Packets
import TestPlan

/// What the packets of a test are judged by: the same for each of them, and once for the state that they leave behind.
struct PlannedTraffic: Sendable {
  var source: Traffic.Source
  /// `frame` or `packet`.
  var noun: String
  /// For each step of the plan the number of its packet.
  var numbers: [Int]
  /// For each step of the plan when its packet was captured, in nanoseconds since 1970 (UTC).
  var times: [UInt64]
  var golden: PerKernel<Golden>?
  /// Fields of the context that a golden tells of.
  var goldenFields: [ContextLayout.Field]
  /// Frames that were left out, since they were cut when they were captured.
  var cut = 0
  /// What is expected of every packet.
  var each: PlannedStep
  /// What is expected of maps, globals and events after the last one.
  var after: PlannedStep
}

extension Traffic {
  /// Makes a step for each packet of the one planned for the first, and reads the state only after the last.
  func spread(_ first: Step, _ planned: PlannedStep) -> (steps: [Step], traffic: PlannedTraffic) {
    var each = planned
    each.dropState()
    var after = planned
    after.returns = nil
    after.packet = nil
    after.metadata = nil
    after.context = []
    after.flowKeys = []
    let fields = golden == nil ? [] : GoldenFrame.recorded(of: planned.type)

    var template = first
    template.readNoState()
    if !fields.isEmpty { template.contextSizeOut = ContextLayout.of(planned.type)?.size ?? 0 }
    var steps = frames.map { template.carrying($0.bytes, type: planned.type) }
    if let last = steps.indices.last {
      steps[last].readMaps = first.readMaps
      steps[last].readSections = first.readSections
      steps[last].lookups = first.lookups
      steps[last].events = first.events
    }
    return (
      steps,
      PlannedTraffic(
        source: source, noun: noun, numbers: frames.map(\.number), times: frames.map(\.nanoseconds), golden: golden,
        goldenFields: fields, cut: cut, each: each, after: after)
    )
  }
}

extension PlannedTraffic {
  /// In words, what of the capture wasn't run; `nil` when all of it was.
  var leftOut: String? {
    guard cut > 0 else { return nil }
    return
      "\(cut) of \(numbers.count + cut) \(noun)s \(cut == 1 ? "was" : "were") cut short when captured, and left out"
  }
}

extension PlannedStep {
  /// Expects nothing of maps, globals and events any more.
  fileprivate mutating func dropState() {
    maps = []
    kinds = []
    globals = []
    events = []
    printk = nil
  }
}

extension Step {
  /// Reads no maps, globals and events any more.
  fileprivate mutating func readNoState() {
    readMaps = []
    readSections = []
    lookups = nil
    events = nil
  }

  /// The same with another packet. An `xdp_md` says how long the packet is, so it changes along.
  func carrying(_ packet: [UInt8], type: BPFProgramType) -> Step {
    var step = self
    step.data = Bytes(packet)
    guard type == .xdp, var bytes = context?.array, let end = ContextLayout.of(type)?.field("data_end"),
      end.offset + end.size <= bytes.count
    else { return step }
    let old = UInt32(truncatingIfNeeded: data?.count ?? 0)
    let place = end.offset..<end.offset + end.size
    // A fixture that gives another length than the packet's means it.
    guard bytes[place].elementsEqual(withUnsafeBytes(of: old.littleEndian, Array.init)) else { return step }
    bytes.replaceSubrange(
      place, with: withUnsafeBytes(of: UInt32(truncatingIfNeeded: packet.count).littleEndian, Array.init))
    step.context = Bytes(bytes)
    return step
  }
}

extension PlannedTest {
  /// The test of that one frame or generated packet alone; `nil` when it has none of that number.
  ///
  /// What is expected of the state after all of them is left out.
  public func only(packet number: Int) -> PlannedTest? {
    guard let index = traffic?.numbers.firstIndex(of: number) else { return nil }
    return keeping(index...index)
  }

  /// The test of some of its packets, without what is expected after all of them.
  func keeping(_ range: ClosedRange<Int>) -> PlannedTest {
    var test = self
    test.older = older.map { $0.keeping(range) }
    test.plan.steps = Array(plan.steps[range])
    for index in test.plan.steps.indices { test.plan.steps[index].readNoState() }
    guard var traffic else { return test }
    traffic.numbers = Array(traffic.numbers[range])
    traffic.times = Array(traffic.times[range])
    traffic.golden = traffic.golden?.compactMap { golden in
      var golden = golden
      golden.frames = golden.frames.map { Array($0[range]) }
      return golden
    }
    traffic.after.dropState()
    test.traffic = traffic
    return test
  }
}
