/// What an executor saw: errno values, logs and bytes, without any judgement.
public struct Observations: Hashable, Sendable {
  /// How loading went.
  public var load: LoadOutcome
  /// Programs that the kernel accepted.
  public var programs: [ProgramObservation]
  /// One for each step that was begun. Fewer than planned when one of them was refused.
  public var steps: [StepObservation]
  /// From the first probe to the last read, in seconds by the clock of the kernel under test.
  public var seconds: Double
  /// What the kernel wrote into its log meanwhile; `nil` where that can't be read.
  public var kernel: KernelObservation?

  public init(
    load: LoadOutcome, programs: [ProgramObservation] = [], steps: [StepObservation] = [], seconds: Double = 0
  ) {
    self.load = load
    self.programs = programs
    self.steps = steps
    self.seconds = seconds
  }
}

/// How the loading of a test's programs went.
public enum LoadOutcome: Hashable, Sendable {
  case loaded
  /// The kernel lacks what the test requires; nothing was loaded.
  case missing([Requirement])
  /// The kernel, or libbpf on its behalf, refused.
  case refused(Refusal)
}

/// Something that the kernel or libbpf refused to do.
public struct Refusal: Hashable, Sendable {
  public enum Stage: String, Hashable, Sendable {
    /// libbpf could not open the object.
    case open
    /// A global, a map size or a type could not be set before load.
    case prepare
    /// What a test finds around it could not be made, or whether the kernel has what it requires not be found out.
    case environment
    /// Creating maps, relocating and loading programs.
    case load
    /// Filling a map or a global after load.
    case setup
    /// Attaching a program.
    case attach
    /// `BPF_PROG_TEST_RUN` itself.
    case run
    /// A trigger that could not be begun, or did not end in time.
    case trigger
    /// Reading maps and globals.
    case read
  }

  public var stage: Stage
  /// What was tried, in words: "update of map `blocked_ports`".
  public var operation: String
  /// The positive errno, 0 when there is none. `ENOTSUPP` (524) is the kernel's own.
  public var errno: Int32
  /// The program that was refused, where one was.
  public var program: String?
  /// The map that was refused, where one was.
  public var map: String?
  /// What the verifier wrote about `program`, empty when it wrote nothing.
  public var verifierLog: String
  /// What libbpf printed meanwhile, warnings only, a line each.
  public var libbpfLog: String
  /// What a probe found the kernel to lack, where it refused `program` without a word (`LoadGap`'s raw value).
  public var gap: String?

  public init(
    stage: Stage, operation: String, errno: Int32, program: String? = nil, map: String? = nil,
    verifierLog: String = "", libbpfLog: String = ""
  ) {
    self.stage = stage
    self.operation = operation
    self.errno = errno
    self.program = program
    self.map = map
    self.verifierLog = verifierLog
    self.libbpfLog = libbpfLog
  }
}

/// A program that was loaded.
public struct ProgramObservation: Hashable, Sendable {
  public var name: String
  /// The type it was loaded as (`BPF_PROG_TYPE_*`).
  public var type: UInt32
  /// Instructions the verifier went through (`verified_insns`, since 5.16), 0 where the kernel doesn't say.
  public var verifiedInstructions: UInt32
  /// Asked for with `TestPlan.wantsVerifierLog`.
  public var verifierLog: String

  public init(name: String, type: UInt32, verifiedInstructions: UInt32 = 0, verifierLog: String = "") {
    self.name = name
    self.type = type
    self.verifiedInstructions = verifiedInstructions
    self.verifierLog = verifierLog
  }
}

/// What came of one step.
public struct StepObservation: Hashable, Sendable {
  /// Set when something in the step was refused: then nothing after it in this step, and no later step, was done.
  public var refusal: Refusal?
  /// What the program returned (`retval`).
  public var returnValue: UInt32
  /// Nanoseconds per run, the kernel's own average over `repetitions`.
  public var nanoseconds: UInt32
  /// `data_out`, at most as long as there was room for.
  public var data: Bytes?
  /// The length that the data really had, when `data` was cut short (`ENOSPC`).
  public var truncatedFrom: UInt32?
  /// `ctx_out`.
  public var context: Bytes?
  /// How often `EINTR` made the run start again.
  public var interruptions: UInt32
  /// Maps read after the run, in the order asked for.
  public var maps: [MapObservation]
  /// Sections of globals read after the run.
  public var sections: [SectionObservation]
  /// What `Step.timing` asked for.
  public var timing: Timing?
  /// Records read after the run, one for each `EventRead` of the step in its order; `nil` where there was none.
  public var events: [EventObservation]?
  /// One for each trigger, in order.
  public var triggers: [TriggerObservation]?
  /// The number of the process that did the first trigger.
  public var process: Int32?
  /// One for each wait, in order.
  public var waits: [WaitObservation]?
  /// Lines that programs wrote with `bpf_printk` since the step before; `nil` where they weren't read.
  public var printk: [String]?
  /// What went in, where the step took it over from the one before (`Step.carryOver`).
  public var sent: Bytes?
  public var sentContext: Bytes?
  /// The entry that was refused, of a step that goes on then.
  public var refusedWrite: Refusal?

  public init(
    refusal: Refusal? = nil, returnValue: UInt32 = 0, nanoseconds: UInt32 = 0, data: Bytes? = nil,
    truncatedFrom: UInt32? = nil, context: Bytes? = nil, interruptions: UInt32 = 0, maps: [MapObservation] = [],
    sections: [SectionObservation] = [], events: [EventObservation]? = nil
  ) {
    self.refusal = refusal
    self.returnValue = returnValue
    self.nanoseconds = nanoseconds
    self.data = data
    self.truncatedFrom = truncatedFrom
    self.context = context
    self.interruptions = interruptions
    self.maps = maps
    self.sections = sections
    self.events = events
  }
}

/// A map as it stood after a step.
public struct MapObservation: Hashable, Sendable {
  public var map: String
  /// Every entry, in the kernel's order. Values are `.bytes`, or `.perCPU` with one for each possible CPU.
  ///
  /// A queue's or a stack's values come in the order in which they would be popped, with empty keys; a prog array's are
  /// `.program`, those of a map of maps `.contents`.
  public var entries: [MapEntry]
  /// Of a stack trace map: for each entry the functions on the stack, innermost first.
  public var frames: [[String]]?

  public init(map: String, entries: [MapEntry], frames: [[String]]? = nil) {
    self.map = map
    self.entries = entries
    self.frames = frames
  }
}

/// The bytes of a section of globals after a step.
public struct SectionObservation: Hashable, Sendable {
  public var section: String
  public var bytes: Bytes

  public init(section: String, bytes: Bytes) {
    self.section = section
    self.bytes = bytes
  }
}
