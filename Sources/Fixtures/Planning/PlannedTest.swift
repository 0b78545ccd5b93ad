import BPF
import Calls
import Packets
import Results
import TestPlan

/// A test ready to run on any kernel: the plan for an executor, and what its observations are judged by.
public struct PlannedTest: Sendable {
  /// `Suite.name`.
  public let suite: String
  /// `Suite.path`.
  public let path: String
  public let name: String
  /// The line of the fixture where the test begins, from 1.
  public let line: Int
  /// What an executor does.
  public internal(set) var plan: TestPlan
  /// The object's bytes.
  let object: Bytes
  /// What whoever reads the results should know of how it was run.
  var notes: [String]
  /// The kernel memory that the object's maps take, about.
  public let maps: MapsInMemory
  /// The only kernels that the test is for.
  let kernels: KernelRange?
  let load: LoadExpectation
  var steps: [PlannedStep]
  /// Whether failures say which step they belong to.
  let numbersSteps: Bool
  /// How many steps the fixture has, of which a filter may leave the first ones.
  let stepCount: Int
  /// The types of the programs that are loaded.
  let types: [String: BPFProgramType]
  let mapFacts: MapFacts
  /// Processors that the machine must have; a micro-VM is given so many.
  public var cpus = 1
  /// What to do about maps that can't be made as their definitions have them, by name.
  var mapAdvice: [String: String] = [:]
  /// What many packets are judged by; then `steps` isn't looked at.
  var traffic: PlannedTraffic?
  /// The same test of an object compiled for kernels that know no fetching atomics: at most one.
  var older: [PlannedTest] = []
  /// What a test that is written in programs is judged by.
  var programTest: PlannedProgramTest?

  /// Says why an update of a map was refused.
  var mapUpdates: MapUpdateExplainer { MapUpdateExplainer(facts: mapFacts, programs: plan.programs, types: types) }
}

/// How much kernel memory an object's maps take.
public struct MapsInMemory: Hashable, Sendable {
  public var bytes: Int
  /// The map that takes the most; `nil` where there is none.
  public var largest: String?
}

extension PlannedTest {
  /// What filters may call the steps: by name, or `step 3`.
  public var stepNames: [String] {
    guard numbersSteps, traffic == nil else { return [] }
    return steps.enumerated().map { $1.name ?? "step \($0 + 1)" }
  }

  /// The same test ending after a step, counted from 0: those before it are its beginning.
  public func ending(afterStep number: Int) -> PlannedTest {
    var test = self
    test.steps = Array(steps.prefix(number + 1))
    test.plan.steps = Array(plan.steps.prefix(number + 1))
    test.older = older.map { $0.ending(afterStep: number) }
    return test
  }

  /// What failures of a step begin with: "step 3 of 12 `resets`: "; nothing where there is but one.
  func prefix(ofStep index: Int) -> String {
    guard numbersSteps else { return "" }
    let name = steps.indices.contains(index) ? steps[index].name.map { " `\($0)`" } : nil
    return "step \(index + 1) of \(stepCount)\(name ?? ""): "
  }
}

/// What is expected of one step.
struct PlannedStep: Sendable {
  /// As the fixture calls it.
  var name: String?
  var line: Int
  var type: BPFProgramType
  var returns: ExpectedReturn?
  var packet: Located<PerKernel<PacketExpectation>>?
  /// What is expected in front of it.
  var metadata: ExpectedMetadata?
  var context: [ExpectedValue.Part] = []
  /// What is expected of the data that a flow dissector gives.
  var flowKeys: [ExpectedValue.Part] = []
  var maps: [ExpectedMap]
  var globals: [ExpectedGlobal]
  /// One for each trigger of the plan; `nil` expects that it goes well.
  var triggers: [ExpectedTrigger?] = []
  /// One for each wait of the plan.
  var waits: [PlannedWait] = []
  var events: [PlannedEvents] = []
  /// What is expected of the lines that programs write.
  var printk: PerKernel<ExpectedPrintk>?
  /// How writing to maps must be refused.
  var error: ExpectedError?
  var kinds: [ExpectedMapKind] = []
  /// What may differ in an expected packet.
  var ignored: [FieldMask] = []
  /// Whether the run is to be refused.
  var run: RunExpectation?

  /// Maps to read out whole.
  var readMaps: [String] {
    maps.filter { $0.lookup == nil }.map(\.name) + kinds.filter { $0.lookup == nil }.map(\.name)
  }

  /// Keys to look up in maps that can't be read out.
  var lookups: [MapLookup]? {
    let all = maps.compactMap(\.lookup) + kinds.compactMap(\.lookup)
    return all.isEmpty ? nil : all
  }

  /// The records to read after the run.
  var eventReads: [EventRead]? {
    events.isEmpty ? nil : events.map { $0.read }
  }
}

/// The value a program returns.
struct ExpectedReturn: Sendable {
  var choice: PerKernel<Condition>
  var codes: ReturnCodes
  var line: Int
}

/// The errno that a write to a map must be refused with.
struct ExpectedError: Sendable {
  var choice: PerKernel<Condition>
  var line: Int
}

/// What a map is expected to hold.
struct ExpectedMap: Sendable {
  struct Entry: Sendable {
    var key: [UInt8]
    /// As the fixture writes the key.
    var label: String
    var value: Value
    var line: Int
    /// Whether the key is the number of the triggers' process.
    var isProcess = false
  }

  enum Value: Sendable {
    /// One value; of a per-CPU map the sum over CPUs.
    case whole(ExpectedValue)
    case perCPU([ExpectedValue])
  }

  var name: String
  var type: BPFMapType
  var key: ValueType
  var value: ValueType
  var entries: [Entry]
  /// Keys that must not be there.
  var absent: [(key: [UInt8], label: String, line: Int)]
  /// Whether nothing else may be there; in an array, whether all else must be zero.
  var isExact: Bool
  var line: Int
  /// Where it can't be read as a whole, the keys to look up.
  var lookup: MapLookup?
}

/// What a global is expected to be.
struct ExpectedGlobal: Sendable {
  var name: String
  var section: String
  /// Offsets are from the start of the section.
  var value: ExpectedValue
  /// What a failure calls it.
  var path: String { section == CallSource.section ? CallSource.label(name) : "globals.\(name)" }
}
