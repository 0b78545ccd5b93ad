/// One run of one program with `BPF_PROG_TEST_RUN`, or triggers that make attached programs run, and what to read
/// afterwards.
public struct Step: Hashable, Sendable {
  /// The program to run, by the name of its C function; `nil` in a step of triggers.
  public var program: String?
  /// Globals to write first. Read-only ones can't be changed any more.
  public var globals: [GlobalWrite]
  /// Map entries to write first.
  public var maps: [MapWrite]
  /// `data_in`: the packet, from its Ethernet header on; `nil` hands the kernel no data.
  public var data: Bytes?
  /// `ctx_in`: the context in the layout of the user-space API (`struct xdp_md`, `struct __sk_buff` …).
  public var context: Bytes?
  /// What the first word of `context` is to point to (`struct bpf_dummy_ops_state`); what a run leaves of it comes back
  /// behind the context.
  public var contextState: Bytes?
  /// How many bytes of context to ask back (`ctx_size_out`); 0 asks for none, but of an XDP program for as much as tells
  /// where its packet begins.
  public var contextSizeOut: Int
  /// How often the kernel runs the program (`repeat`), at least 1.
  public var repetitions: UInt32
  /// `BPF_F_TEST_*` flags.
  public var flags: UInt32
  /// The CPU for `BPF_F_TEST_RUN_ON_CPU`.
  public var cpu: UInt32
  /// Packets in a batch for `BPF_F_TEST_XDP_LIVE_FRAMES`.
  public var batchSize: UInt32
  /// Maps to read out whole after the run.
  public var readMaps: [String]
  /// Sections of globals to read after the run.
  public var readSections: [String]
  /// Records to read from ring buffers and perf event arrays after the run, before maps and globals are read.
  public var events: [EventRead]?
  /// What makes attached programs run, in order; done after the run of `program`, if the step has both, unless
  /// `triggersFirst`.
  public var triggers: [Trigger]?
  /// After so many seconds the triggers' process is killed; `nil` for `Step.usualLimit`.
  public var triggerLimit: Double?
  /// Globals that are told the number of the triggers' process before they begin.
  public var processGlobals: [GlobalPlace]?
  /// What to wait for before anything is read.
  public var waits: [Wait]?

  /// Seconds that triggers may take unless a step says otherwise. Running a program takes some 50 ms under emulation.
  public static let usualLimit = 5.0
  /// Times the program instead of running it once: then nothing is read but the times.
  public var timing: TimingRequest?

  /// Keys to look up after the run.
  public var lookups: [MapLookup]?
  /// What it takes over from the last run before it.
  public var carryOver: CarryOver?
  /// Whether the triggers come before the run of `program`, and not after it.
  public var triggersFirst: Bool = false
  /// Whether what it reads is read, and the steps behind it are done, also when the kernel refuses its run.
  public var mayBeRefused: Bool = false
  /// Whether the step goes on when one of the entries in `maps` is refused.
  public var mayRefuseWrites = false

  public init(
    program: String? = nil, globals: [GlobalWrite] = [], maps: [MapWrite] = [], data: Bytes? = nil,
    context: Bytes? = nil,
    contextSizeOut: Int = 0, repetitions: UInt32 = 1, flags: UInt32 = 0, cpu: UInt32 = 0, batchSize: UInt32 = 0,
    readMaps: [String] = [], readSections: [String] = [], events: [EventRead]? = nil,
    triggers: [Trigger]? = nil, triggerLimit: Double? = nil, processGlobals: [GlobalPlace]? = nil, waits: [Wait]? = nil,
    lookups: [MapLookup]? = nil
  ) {
    self.program = program
    self.globals = globals
    self.maps = maps
    self.data = data
    self.context = context
    self.contextSizeOut = contextSizeOut
    self.repetitions = repetitions
    self.flags = flags
    self.cpu = cpu
    self.batchSize = batchSize
    self.readMaps = readMaps
    self.readSections = readSections
    self.events = events
    self.triggers = triggers
    self.triggerLimit = triggerLimit
    self.processGlobals = processGlobals
    self.waits = waits
    self.lookups = lookups
  }
}
