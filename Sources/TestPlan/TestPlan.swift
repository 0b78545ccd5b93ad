/// What to load, set, run and read for one test: raw bytes and names only, so that the executor needs to know
/// nothing of YAML, BTF or expectations, and so that host and micro-VM do exactly the same.
///
/// The order of work is: probe `requirements`; open the object; set `programTypes`, `mapSizes` and the globals of
/// read-only sections; load the programs named in `programs` and no others; make the `attachments` to maps, since a socket
/// takes on the programs that its map has when it is put there; fill `maps`; write the other globals; make the other
/// `attachments`; run `steps` one after the other; detach. `environment` and `files` are made after the probing, and go last.
public struct TestPlan: Hashable, Sendable {
  /// Which of the objects handed to the executor this test loads.
  public var object: ObjectID
  /// Programs to load, by the name of their C function. All others have autoload off.
  public var programs: [String]
  /// Of `programs`, those that are loaded only since prog arrays of the object hold them from the start.
  public var initialPrograms: [String]?
  /// Programs of other tests of the object, whose prog arrays hold programs from the start: all are loaded at once, for all
  /// tests, but for those that are refused.
  public var companions: [String]?
  /// Types for programs whose section name says nothing to libbpf, by program name: a `BPF_PROG_TYPE_*` number.
  public var programTypes: [String: UInt32]
  /// Attach types for them, a `BPF_*` number of `enum bpf_attach_type`, where they aren't what libbpf takes for the type.
  public var attachTypes: [String: UInt32]?
  /// `max_entries` to set before load, by map name.
  public var mapSizes: [String: UInt32]
  /// `key_size` to set before load, by map name.
  public var keySizes: [String: UInt32]?
  /// `value_size` to set before load, by map name.
  public var valueSizes: [String: UInt32]?
  /// Lines of a kernel configuration that `__kconfig` externs are taken from before the kernel's own.
  public var kconfig: String?
  /// Of maps of maps, `max_entries` of the maps in them, to set before load, by name of the outer map.
  public var innerSizes: [String: UInt32]?
  /// Of maps of maps, what is in them, to set before load.
  public var innerMaps: [InnerDefinition]?
  /// Contents of global variables. Those in read-only sections are set before load, the others after.
  public var globals: [GlobalWrite]
  /// Contents of maps, written after load and before the first step.
  public var maps: [MapWrite]
  /// What this kernel must have for the test to mean anything; probed before anything is loaded.
  public var requirements: [Requirement]
  /// The runs, in order. None at all is a test of loading alone.
  public var steps: [Step]
  /// Ask the verifier for its log also of programs that it accepts.
  public var wantsVerifierLog: Bool
  /// Ask for all that the verifier writes about a program that it refuses, however long that takes.
  public var wantsWholeLog: Bool?
  /// Files that the test needs on the machine that it runs on, made before anything is loaded and removed after it.
  public var files: [FileWrite]?
  /// What is attached before the first step.
  public var attachments: [Attachment]?
  /// Globals that are told the number of the process that does the triggers of each step, read-only ones of the first.
  public var processGlobals: [GlobalPlace]?
  /// Whether the kernel is to compile the programs to machine code or to interpret them; `nil` leaves it to the kernel's
  /// own setting.
  public var jit: Bool?
  /// Loads the object anew, where one that an earlier test has left would do: the kernel puts it elsewhere in memory.
  public var loadsAnew: Bool?
  /// What is made around the test before anything is loaded, and removed after it.
  public var environment: Environment?
  /// Whether the lines that programs write with `bpf_printk` must be read after each step; `false`: where that can be done;
  /// `nil`: not at all, since nobody writes any.
  public var printk: Bool?
  /// Programs that replace functions of others, in order. They are among `programs`, and so are their targets.
  public var replacements: [Replacement]?

  /// Whether it loads and does no more.
  public var isOfLoading: Bool { steps.isEmpty && attachments == nil && maps.isEmpty }

  public init(
    object: ObjectID, programs: [String], programTypes: [String: UInt32] = [:], mapSizes: [String: UInt32] = [:],
    globals: [GlobalWrite] = [], maps: [MapWrite] = [], requirements: [Requirement] = [], steps: [Step] = [],
    wantsVerifierLog: Bool = false, files: [FileWrite]? = nil, attachments: [Attachment]? = nil,
    processGlobals: [GlobalPlace]? = nil, environment: Environment? = nil
  ) {
    self.object = object
    self.programs = programs
    self.programTypes = programTypes
    self.mapSizes = mapSizes
    self.globals = globals
    self.maps = maps
    self.requirements = requirements
    self.steps = steps
    self.wantsVerifierLog = wantsVerifierLog
    self.files = files
    self.attachments = attachments
    self.processGlobals = processGlobals
    self.environment = environment
  }
}

/// Names an object handed to an executor: a hash of its bytes.
public struct ObjectID: Hashable, Sendable, RawRepresentable {
  public var rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// A file for the time of a test.
public struct FileWrite: Hashable, Sendable {
  /// Absolute.
  public var path: String
  public var bytes: Bytes
  /// Permissions, `0o755`.
  public var mode: UInt32

  public init(path: String, bytes: Bytes, mode: UInt32) {
    self.path = path
    self.bytes = bytes
    self.mode = mode
  }
}

/// Bytes to write into a global variable's section.
public struct GlobalWrite: Hashable, Sendable {
  /// The ELF section that holds the variable: `.rodata`, `.data`, `.bss`, `.data.mine` …
  public var section: String
  /// Bytes from the start of the section.
  public var offset: Int
  public var bytes: Bytes
  /// Which bits of `bytes` are to be written, where others must stay as the program has left them; `nil` for all.
  public var mask: Bytes?

  public init(section: String, offset: Int, bytes: Bytes, mask: Bytes? = nil) {
    self.section = section
    self.offset = offset
    self.bytes = bytes
    self.mask = mask
  }
}

/// Entries to write into a map.
public struct MapWrite: Hashable, Sendable {
  public var map: String
  public var entries: [MapEntry]

  public init(map: String, entries: [MapEntry]) {
    self.map = map
    self.entries = entries
  }
}

/// One key and what stands under it. Queues, stacks, bloom filters and user ring buffers have no keys (none of no bytes).
public struct MapEntry: Hashable, Sendable {
  /// `key_size` bytes, in the layout of the map's key type.
  public var key: Bytes
  /// What the entry holds.
  public var value: MapValue
  /// What is filled in on the kernel under test.
  public var references: [MapReference]?

  public init(key: Bytes, value: MapValue, references: [MapReference]? = nil) {
    self.key = key
    self.value = value
    self.references = references
  }
}

/// The value of a map entry.
public enum MapValue: Hashable, Sendable {
  /// `value_size` bytes. Written to a per-CPU map they become CPU 0's value, and the other CPUs' are zeroed.
  case bytes(Bytes)
  /// Of a per-CPU map: one value for each possible CPU, in order of CPU number. Those missing are written as zeros.
  case perCPU([Bytes])
  /// Of a prog array: the program of that name, to be tail-called.
  case program(String)
  /// Of a map of maps: the map of that name.
  case map(String)
  /// Of a map of maps: a new map with this in it.
  case contents(InnerMap)
  /// No value: the key is deleted, and must be there.
  case deleted
}

/// Something a test needs of the kernel, and that a probe can tell.
public enum Requirement: Hashable, Sendable {
  /// A helper, by number (`BPF_FUNC_*`), for a program type (`BPF_PROG_TYPE_*`).
  case helper(name: String, id: UInt32, programType: UInt32)
  /// A kernel function exposed to BPF, by name, as the kernel's own BTF lists it.
  case kfunc(String)
  /// A program type (`BPF_PROG_TYPE_*`).
  case programType(name: String, id: UInt32)
  /// A map type (`BPF_MAP_TYPE_*`).
  case mapType(name: String, id: UInt32)
  /// A type in the kernel's BTF: `struct foo`, `enum bar`, or `struct foo.member`.
  case btf(String)
  /// A way of attaching programs: `kprobe`, `fentry` …
  case attach(String)
  /// Something of `BPF_PROG_TEST_RUN`: a program type, `xdp_frags` …
  case testRun(String)
  /// A kernel that runs programs without compiling them to machine code (no `CONFIG_BPF_JIT_ALWAYS_ON`), and lets us ask
  /// for it.
  case interpreter
  /// A kind of network device: `veth`, `dummy`.
  case device(String)
  /// A machine with so many processors.
  case processors(UInt32)

  /// The requirement in words: `helper bpf_loop`.
  public var description: String {
    switch self {
    case .helper(let name, _, _): "helper \(name)"
    case .kfunc(let name): "kfunc \(name)"
    case .programType(let name, _): "program type \(name)"
    case .mapType(let name, _): "map type \(name)"
    case .btf(let name): "BTF of \(name)"
    case .device(let kind): "\(kind) devices"
    case .testRun(let name): "test run of \(name)"
    case .attach(let kind): "way to attach \(kind) programs"
    case .processors(let count): "\(count) processors (a micro-VM has as many as the test's `cpus` says)"
    case .interpreter: "BPF interpreter that may be used (net.core.bpf_jit_enable can't be set to 0)"
    }
  }
}
