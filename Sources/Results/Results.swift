/// The outcome of a whole run: schema `bpftest.results/v1`.
public struct Results: Codable, Hashable, Sendable {
  /// The schema's name and version.
  public static let schema = "bpftest.results/v1"

  public var schema: String
  public var tool: Tool
  public var suites: [SuiteResult]
  public var kernels: [KernelResult]
  public var cells: [Cell]
  /// Verdicts counted, by name; every verdict has an entry.
  public var summary: [String: Int]
  /// Wall-clock seconds of the run.
  public var seconds: Double

  public init(
    tool: Tool, suites: [SuiteResult], kernels: [KernelResult], cells: [Cell], seconds: Double
  ) {
    self.schema = Results.schema
    self.tool = tool
    self.suites = suites
    self.kernels = kernels
    self.cells = cells
    self.seconds = seconds
    self.summary = Dictionary(uniqueKeysWithValues: Verdict.allCases.map { ($0.rawValue, 0) })
    for cell in cells { self.summary[cell.verdict.rawValue, default: 0] += 1 }
  }

  /// Cells with that verdict.
  public func count(_ verdict: Verdict) -> Int { summary[verdict.rawValue] ?? 0 }

  /// The process's exit code: 2 when some of the input was bad, else 3 when the machinery failed, else 1 when a test did,
  /// else 0.
  public var exitCode: Int32 {
    if count(.invalid) > 0 { return 2 }
    if count(.infra) > 0 { return 3 }
    return [.failed, .rejected, .crashed, .hung].contains { count($0) > 0 } ? 1 : 0
  }
}

/// What made the results.
public struct Tool: Codable, Hashable, Sendable {
  /// bpftest's own version.
  public var version: String
  /// The version of libbpf that loaded the programs.
  public var libbpf: String

  public init(version: String, libbpf: String) {
    self.version = version
    self.libbpf = libbpf
  }
}

/// A fixture file, and how its object was made: verdicts depend on compiler and instruction set.
public struct SuiteResult: Codable, Hashable, Sendable {
  /// The suite's name: the fixture's file name less `.bpftest.yaml`.
  public var name: String
  /// The fixture file, as it was named on the command line or found below a folder named there.
  public var path: String
  /// The compiler's first version line, `nil` for a ready object.
  public var compiler: String?
  /// `-mcpu`, `nil` for a ready object.
  public var mcpu: String?

  public init(name: String, path: String, compiler: String? = nil, mcpu: String? = nil) {
    self.name = name
    self.path = path
    self.compiler = compiler
    self.mcpu = mcpu
  }
}

/// A kernel that tests ran on.
public struct KernelResult: Codable, Hashable, Sendable {
  /// The catalog's id (`6.1`), or `host`.
  public var id: String
  /// `uname -r`.
  public var release: String
  /// `uname -m`.
  public var arch: String
  /// `kvm`, `tcg`, or `native` for the host itself.
  public var accel: String
  /// `clone`, `cold`, or `native`.
  public var start: String
  /// From the start of QEMU to the agent's answer, in seconds; 0 for the host.
  public var seconds: Double

  public init(id: String, release: String, arch: String, accel: String, start: String, seconds: Double) {
    self.id = id
    self.release = release
    self.arch = arch
    self.accel = accel
    self.start = start
    self.seconds = seconds
  }
}

/// One test on one kernel.
public struct Cell: Codable, Hashable, Sendable {
  /// What stands for the test in the row of a suite of which nothing can be run.
  public static let wholeSuite = "(the whole suite)"

  public var suite: String
  public var test: String
  /// `KernelResult.id`.
  public var kernel: String
  public var verdict: Verdict
  public var cause: Cause?
  /// Seconds the test took on its kernel.
  public var seconds: Double
  /// One line for people: why it failed, was rejected or skipped. Empty when it passed.
  public var message: String
  /// What differed, one by one; empty unless `failed`.
  public var failures: [Failure]
  /// What is wrong with the fixture or its object, one by one; `nil` unless `invalid`.
  public var mistakes: [Mistake]?
  /// The verifier's log of a rejection, or the console's tail of a crash.
  public var log: String?
  /// The lines of `log` that decide.
  public var excerpt: String?
  /// What there is to know of how it was run, whatever came of it: sizes that maps were given, another instruction set.
  public var notes: [String]?
  /// What the programs wrote with `bpf_printk`, of a test that didn't pass.
  public var printk: [String]?

  public init(
    suite: String, test: String, kernel: String, verdict: Verdict, cause: Cause? = nil, seconds: Double = 0,
    message: String = "", failures: [Failure] = [], mistakes: [Mistake]? = nil, log: String? = nil,
    excerpt: String? = nil
  ) {
    self.suite = suite
    self.test = test
    self.kernel = kernel
    self.verdict = verdict
    self.cause = cause
    self.seconds = seconds
    self.message = message
    self.failures = failures
    self.mistakes = mistakes
    self.log = log
    self.excerpt = excerpt
  }

  /// Writes every key, `null` where there is no value: whoever reads the results finds the same keys in each cell.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(suite, forKey: .suite)
    try container.encode(test, forKey: .test)
    try container.encode(kernel, forKey: .kernel)
    try container.encode(verdict, forKey: .verdict)
    try container.encode(cause, forKey: .cause)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(message, forKey: .message)
    try container.encode(failures, forKey: .failures)
    try container.encode(mistakes, forKey: .mistakes)
    try container.encode(log, forKey: .log)
    try container.encode(excerpt, forKey: .excerpt)
    try container.encode(notes, forKey: .notes)
    try container.encode(printk, forKey: .printk)
  }
}

/// Something wrong with a fixture, or with the object that it names.
public struct Mistake: Codable, Hashable, Sendable {
  /// In one line: what is wrong, and what to do about it.
  public var message: String
  /// More, over several lines: a compiler's diagnostics, a line of the fixture with a caret below it.
  public var detail: String?
  /// Where in the fixture, from 1; `nil` when the file as a whole is meant.
  public var line: Int?
  /// From 1, in Unicode scalars.
  public var column: Int?

  public init(message: String, detail: String? = nil, line: Int? = nil, column: Int? = nil) {
    self.message = message
    self.detail = detail
    self.line = line
    self.column = column
  }
}

/// One expectation that didn't hold.
public struct Failure: Codable, Hashable, Sendable {
  /// Where: `return`, `maps.blocked_ports[443].hits`, `step 2: packet`.
  public var path: String
  public var expected: String
  public var seen: String
  /// More, over several lines: a packet diff.
  public var detail: String?
  /// The line of the fixture that says what is expected, from 1.
  public var line: Int?
  /// The frame or generated packet that differs also when it is the only one: `--frame` runs it again alone.
  public var frame: Int?
  /// The golden that it differs from: `--record` accepts what was seen.
  public var golden: String?

  public init(
    path: String, expected: String, seen: String, detail: String? = nil, line: Int? = nil, frame: Int? = nil,
    golden: String? = nil
  ) {
    self.path = path
    self.expected = expected
    self.seen = seen
    self.detail = detail
    self.line = line
    self.frame = frame
    self.golden = golden
  }
}
