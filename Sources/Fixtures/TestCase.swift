import BPF
import Packets
import Results
import TestPlan

/// A test as the fixture has it: checked as far as that goes without the object.
struct TestCase: Sendable {
  var name: String
  var position: Position
  /// The program that runs; `nil` for the object's only one.
  var program: Located<String>?
  /// Further programs to load: targets of tail calls.
  var programs: [Located<String>]
  /// The type of programs whose section says nothing.
  var type: BPFProgramType?
  /// Their attach type, where `type` names a section.
  var attachType: UInt32?
  /// Types of single programs, by name.
  var types: [String: BPFProgramType] = [:]
  var requires: Needs
  var globals: YAMLNode?
  var maps: YAMLNode?
  /// Keys to delete before that, by map.
  var deletions: YAMLNode?
  var mapSizes: [MapSize]
  var inner: [InnerMapCase] = []
  /// Processors that the machine must have.
  var cpus: UInt32?
  var kconfig: YAMLNode?
  /// None at all is a test of loading.
  var steps: [StepCase]
  /// Whether they were written as steps, so that messages should number them.
  var hasSteps: Bool
  /// The packets that the only step is run on, one after the other.
  var traffic: Traffic?
  var load: LoadExpectation
  /// What is attached before the first step.
  var attachments: [AttachmentCase] = []
  /// Files that the test needs.
  var files: [FileWrite] = []
  /// What it finds around it, as far as the fixture says.
  var environment: Environment?
}

/// What a test needs of a kernel.
struct Needs: Sendable {
  var kernel: KernelRange?
  var helpers: [Located<String>] = []
  var kfuncs: [Located<String>] = []
  var programTypes: [Located<String>] = []
  var mapTypes: [Located<String>] = []
  var types: [Located<String>] = []
  var attaches: [Located<String>] = []
  var testRuns: [Located<String>] = []
}

/// How loading is expected to go.
struct LoadExpectation: Sendable {
  enum Outcome: Hashable, Sendable {
    case accepted
    case rejected
    case any
  }

  /// Where the fixture says so; a test that doesn't expects `accepted`.
  var position: Position
  /// Whether the fixture says anything of loading.
  var isGiven: Bool
  var outcome: PerKernel<Outcome>
  /// A regular expression for the verifier's log, and libbpf's.
  /// `nil` for a range of kernels stands for `any`.
  var log: PerKernel<Located<Pattern>?>?
  var cause: PerKernel<Located<Cause>?>?
  /// Whether attaching is expected to be refused, where the fixture says so.
  var attachRefused: PerKernel<Bool>?

  /// The cause, or the pattern for the log, that a kernel must show; `nil` where any will do.
  func cause(on release: KernelRelease) -> Located<Cause>? { cause?.value(on: release) ?? nil }
  func log(on release: KernelRelease) -> Located<Pattern>? { log?.value(on: release) ?? nil }
}

/// One run as the fixture has it.
struct StepCase: Sendable {
  var position: Position
  var name: String?
  var program: Located<String>?
  var packet: [UInt8]?
  /// Set when it comes from a capture without an Ethernet header: that in words.
  var bare: Located<String>?
  /// Whether the fixture gives one, be it one that can't be built.
  var hasPacket: Bool
  /// The packet of the run before it, where that is what goes in.
  var carriedPacket: CarriedPacketCase?
  /// Keys of how to run a program that the step itself has, and not its test: `program` and `repeat`, `cpu` and such.
  var ownRunKeys: [Located<String>] = []
  var context: YAMLNode?
  var options: RunOptions
  var repetitions: UInt32
  var globals: YAMLNode?
  var maps: YAMLNode?
  /// Keys to delete before that, by map.
  var deletions: YAMLNode?
  /// Whether the triggers are written before what the program runs with.
  var triggersFirst = false
  /// Whether the run is to be refused.
  var runOut: RunExpectation?
  var returns: Located<PerKernel<YAMLNode>>?
  var packetOut: Located<PerKernel<PacketExpectation>>?
  var contextOut: YAMLNode?
  /// What an XDP program leaves in front of its packet.
  var metadataOut: YAMLNode?
  var flowKeysOut: YAMLNode?
  var mapsOut: YAMLNode?
  var globalsOut: YAMLNode?
  var eventsOut: YAMLNode?
  var printkOut: YAMLNode?
  /// How writing to maps must be refused.
  var errorOut: YAMLNode?
  /// `nil` in a step that triggers nothing.
  var triggers: [Located<Trigger>]?
  /// Seconds that the triggers may take.
  var triggerLimit: Double?
  var waits: YAMLNode?
  var triggersOut: YAMLNode?
  /// What is expected of single triggers, written beside them, by their numbers.
  var triggerExpectations: [Int: YAMLNode] = [:]
  /// The capture, or those of several kernels, that the outputs of a replay are compared with.
  var golden: YAMLNode?
  /// What may differ in an expected packet.
  var ignored: [FieldMask] = []
  /// A call of one function, by a program that is generated for it.
  var call: CallCase?

  /// Whether it may do nothing but write: it says what, and that this must be refused, or expects nothing at all. What else
  /// it expected would be true of a program that never ran.
  var mayOnlyWrite: Bool {
    errorOut != nil || !expectsSomething && (deletions != nil || maps != nil || globals != nil)
  }

  /// Whether it expects anything at all.
  var expectsSomething: Bool {
    runOut != nil || errorOut != nil || returns != nil || packetOut != nil || metadataOut != nil || contextOut != nil
      || flowKeysOut != nil
      || mapsOut != nil || globalsOut != nil || eventsOut != nil || printkOut != nil || triggersOut != nil
      || waits != nil
      || golden != nil || !triggerExpectations.isEmpty || call?.returns != nil || call?.argumentsOut != nil
  }
}

/// What the packet is expected to be after a run.
enum PacketExpectation: Sendable {
  /// As it went in.
  case unchanged
  case bytes([UInt8])
  /// Whatever these are true of.
  case properties(PacketProperties)
  case any

  var isUnchanged: Bool {
    if case .unchanged = self { return true }
    return false
  }
}

/// A regular expression, known to parse.
struct Pattern: Hashable, Sendable {
  let text: String

  /// `nil` when it doesn't parse.
  init?(_ text: String) {
    guard (try? Regex(text)) != nil else { return nil }
    self.text = text
  }

  /// Whether the pattern occurs anywhere. `^` and `$` mean the ends of a line.
  func occurs(in log: String) -> Bool {
    // Most patterns are plain words, and a verifier's log may be megabytes.
    if !text.utf8.contains(where: { "\\^$.|?*+()[]{}".utf8.contains($0) }) { return log.contains(text) }
    guard let regex = try? Regex(text).anchorsMatchLineEndings() else { return false }
    return log.firstMatch(of: regex) != nil
  }
}
