import CBPFShims
import CLibbpf
import Glibc
import Synchronization

/// A BPF object file, opened by libbpf and perhaps loaded into the kernel. Closing it, by releasing the last reference
/// to it and to its programs and maps, unloads everything.
///
/// An object belongs to one thread at a time.
public final class BPFObject {
  /// The name it was opened under, for messages.
  public let name: String
  /// The object's own BTF, with the places of variables that libbpf has filled in; read when it is first asked for, since
  /// loading an object needs none of it. Of an object without BTF, what its symbols tell of its globals.
  public private(set) lazy var btf: BTF = readBTF()
  let pointer: OpaquePointer
  private let symbolTypes: BTF?
  /// libbpf reads it while it loads.
  private let relocationTypes: TargetTypes?
  /// What libbpf makes maps of maps by, where that isn't what their definitions say.
  var innerPrototypes: [KernelMap] = []
  /// What maps of maps hold that don't say so, by their names.
  var innerDefinitions: [String: MapDefinition] = [:]
  /// Memory of arenas, by map.
  var arenas: [String: ArenaMemory] = [:]
  /// libbpf writes logs of programs here while it loads; they must live as long as the object.
  private var logBuffers: [(program: OpaquePointer, buffer: LogBuffer)] = []
  /// What libbpf warned of in the last call that failed, a line each.
  public private(set) var libbpfLog = ""
  public private(set) var isLoaded = false
  /// Why libbpf's attempt to load it failed: libbpf makes but one.
  private var refusal: BPFError?

  /// Opens an object without loading it. The C function is `bpf_object__open_mem`.
  ///
  /// Throws `BPFError.Code.badObject` with the reason: not ELF, not for BPF, truncated, or what libbpf
  /// says, and what to do about it.
  ///
  /// With `programs`, the only ones that are going to be loaded, externs that others alone refer to may be missing from
  /// the kernel. With `relocationBTF`, CO-RE relocations are resolved against it and not against the whole BTF of the
  /// running kernel (`bpf_object_open_opts.btf_custom_path`); `RelocationBTF.extract` makes one. Lines of `kconfig`
  /// (`CONFIG_HZ=250`) come before the kernel's own configuration (`bpf_object_open_opts.kconfig`).
  ///
  /// Without `refused`, programs that stand in prog arrays from the start, the arrays' places stay empty.
  ///
  /// Damaged objects, on which libbpf may crash, are found out first, unless these bytes are known to have been checked.
  public init(
    bytes: [UInt8], name: String, programs: Set<String>? = nil, relocationBTF: [UInt8]? = nil, kconfig: String? = nil,
    without refused: Set<String> = [], isChecked: Bool = false
  ) throws(BPFError) {
    if !isChecked { try ELFCheck.check(bytes, name: name) }
    let whole = InitialPrograms.leavingOut(refused, in: bytes)
    let bytes = programs.map { UnusedExterns.weaken(in: whole, programs: $0) } ?? whole
    let types = try relocationBTF.map { bytes throws(BPFError) in try TargetTypes(bytes) }
    bpftest_log_install()
    bpftest_log_begin()
    // A fixed object name, so that the maps of global data have names that don't depend on the file's.
    let opened = "bpftest".withCString { objectName in
      var options = bpf_object_open_opts()
      options.sz = optionsSize(through: \bpf_object_open_opts.kernel_log_level)
      options.object_name = objectName
      return withOptionalCString(types?.path) { typesPath in
        options.btf_custom_path = typesPath
        return withOptionalCString(kconfig) { kconfigText in
          options.kconfig = kconfigText
          return bytes.withUnsafeBytes { bpf_object__open_mem($0.baseAddress, $0.count, &options) }
        }
      }
    }
    let code = Glibc.errno
    let log = String(cString: bpftest_log_end())
    guard let opened else {
      let advice =
        OpenAdvice.advice(for: log, hasBTF: ELFView(bytes)?.contents(of: ".BTF") != nil).map { "; \($0)" } ?? ""
      throw BPFError(
        .badObject, errno: code, operation: "opening object `\(name)`", detail: log.trimmingLibbpfPrefix + advice)
    }
    self.pointer = opened
    self.symbolTypes = bpf_object__btf(opened) == nil ? SymbolTypes.make(of: bytes) : nil
    self.name = name
    self.relocationTypes = types
    for map in mapPointers where bpf_map__pin_path(map) != nil {
      try BPFMap(object: self, pointer: map).setPinPath(nil)
    }
    for program in programPointers where bpf_program__type(program) == BPF_PROG_TYPE_UNSPEC {
      // A section that this libbpf is too old for.
      let program = BPFProgram(object: self, pointer: program)
      try ProgramSection(named: program.section)?.apply(to: program)
    }
  }

  deinit { bpf_object__close(pointer) }

  /// What `BTFCheck` has let pass can be read.
  private func readBTF() -> BTF {
    var size: UInt32 = 0
    guard let own = bpf_object__btf(pointer), let raw = btf__raw_data(own, &size),
      let types = try? BTF(parsing: [UInt8](UnsafeRawBufferPointer(start: raw, count: Int(size))))
    else { return symbolTypes ?? BTF(records: []) }
    return types
  }

  /// Its BTF in the kernel before the object is loaded, for maps that must be there then; `nil` where the kernel doesn't take
  /// it as it is. Kernels from 5.15 to 6.1 tell a map without types from one whose types hold neither timers nor locks
  /// (kernel/bpf/map_in_map.c: `bpf_map_meta_equal`).
  private(set) lazy var earlyTypes: OwnedDescriptor? = loadTypes()

  private func loadTypes() -> OwnedDescriptor? {
    var size: UInt32 = 0
    guard let own = bpf_object__btf(pointer), let raw = btf__raw_data(own, &size), let copy = btf__new(raw, size) else {
      return nil
    }
    defer { btf__free(copy) }
    guard btf__load_into_kernel(copy) == 0 else { return nil }
    let number = fcntl(btf__fd(copy), F_DUPFD_CLOEXEC, 0)
    return number >= 0 ? OwnedDescriptor(number) : nil
  }

  /// All programs, in the object's order.
  public var programs: [BPFProgram] { programPointers.map { BPFProgram(object: self, pointer: $0) } }

  /// All maps, those that hold global data included, in the object's order.
  public var maps: [BPFMap] { mapPointers.map { BPFMap(object: self, pointer: $0) } }

  /// libbpf's own, for what every object that is opened or loaded pays for: most have nothing to be done to.
  var programPointers: some Sequence<OpaquePointer> {
    sequence(state: nil as OpaquePointer?) { [pointer] last in
      last = bpf_object__next_program(pointer, last)
      return last
    }
  }

  var mapPointers: some Sequence<OpaquePointer> {
    sequence(state: nil as OpaquePointer?) { [pointer] last in
      last = bpf_object__next_map(pointer, last)
      return last
    }
  }

  func hasMap(of type: BPFMapType) -> Bool { mapPointers.contains { bpf_map__type($0).rawValue == type.rawValue } }

  /// The program of that C function; throws with the nearest known name.
  public func program(_ name: String) throws(BPFError) -> BPFProgram {
    if let found = bpf_object__find_program_by_name(pointer, name) { return BPFProgram(object: self, pointer: found) }
    throw unknown("program", name, among: programs.map(\.name))
  }

  /// The map of that name; throws with the nearest known name.
  public func map(_ name: String) throws(BPFError) -> BPFMap {
    if let found = bpf_object__find_map_by_name(pointer, name) { return BPFMap(object: self, pointer: found) }
    throw unknown("map", name, among: maps.filter { !$0.isInternal }.map(\.name))
  }

  /// The map that holds a section of global data: `.rodata`, `.data`, `.bss`, or one of one's own.
  public func section(_ name: String) throws(BPFError) -> BPFMap {
    if let found = maps.first(where: { $0.sectionName == name }) { return found }
    throw unknown("section of globals", name, among: maps.compactMap(\.sectionName))
  }

  private func unknown(_ what: String, _ name: String, among known: [String]) -> BPFError {
    let nearest = nearestName(to: name, among: known)
    let detail = nearest.map { "did you mean `\($0)`?" } ?? "there is \(known.joined(separator: ", "))"
    return BPFError(.unknownName, operation: "object `\(self.name)` has no \(what) `\(name)`", detail: detail)
  }

  /// Loads the programs whose autoload is on, and creates the maps. The C function is `bpf_object__load`.
  ///
  /// Each program gets a log of its own; after a refusal `libbpfLog` and `verifierLog(of:)` say why.
  ///
  /// libbpf makes but one attempt (`bpf_object_load`: "load can't be attempted twice"): what was refused once is refused
  /// again with the same error.
  public func load(_ detail: VerifierDetail = .onRefusal) throws(BPFError) {
    if let refusal { throw refusal }
    guard !isLoaded else {
      throw BPFError(.badArgument, operation: "loading object `\(name)`", detail: "it is loaded already")
    }
    leaveOutUnusedStructOps()
    try makeArenas()
    for program in programPointers where bpf_program__autoload(program) {
      let buffer = LogBuffer()
      logBuffers.append((program, buffer))
      if let start = buffer.start {
        bpf_program__set_log_buf(program, start, LogBuffer.size)
        detail.apply(to: program)
      }
    }
    bpftest_log_begin()
    let result = bpf_object__load(pointer)
    libbpfLog = String(cString: bpftest_log_end())
    if result != 0 {
      let error = BPFError(
        .kernel, errno: -result, operation: "loading object `\(name)`", detail: libbpfLog.trimmingLibbpfPrefix)
      refusal = error
      throw error
    }
    if case .complaints = detail { for log in logBuffers { log.buffer.clear() } }
    isLoaded = true
  }

  /// What the verifier wrote about a program; empty when it wrote nothing.
  public func verifierLog(of program: String) -> String {
    let found = bpf_object__find_program_by_name(pointer, program)
    return logBuffers.last { $0.program == found }?.buffer.text ?? ""
  }
}

private func withOptionalCString<T>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> T) -> T {
  guard let text else { return body(nil) }
  return text.withCString { body($0) }
}

/// Memory for a verifier log, touched only as far as the kernel writes.
private final class LogBuffer {
  /// The largest that kernels before 5.18 take: `UINT_MAX >> 8` (kernel/bpf/verifier.c).
  static let size = Int(UInt32.max >> 8)
  let start: UnsafeMutablePointer<CChar>?

  /// Memory that nobody uses now, none of it touched: mapping it anew for each program would be felt.
  private static let spare = Mutex<[UInt]>([])
  private static let mostSpare = 16

  init() {
    if let address = Self.spare.withLock({ $0.popLast() }) {
      start = UnsafeMutablePointer(bitPattern: address)
      return
    }
    let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    self.start = memory == MAP_FAILED ? nil : memory?.assumingMemoryBound(to: CChar.self)
  }

  deinit {
    guard let start else { return }
    let isClean = start.pointee == 0
    let isKept = Self.spare.withLock { spare in
      guard isClean, spare.count < Self.mostSpare else { return false }
      spare.append(UInt(bitPattern: start))
      return true
    }
    if !isKept { munmap(start, Self.size) }
  }

  var text: String { start.map { String(cString: $0) } ?? "" }

  /// Takes the text out again, so that nobody has to map such memory anew.
  func clear() {
    guard let start else { return }
    memset(start, 0, strlen(start))
  }
}

extension String {
  /// libbpf's lines without its `libbpf: ` in front.
  var trimmingLibbpfPrefix: String {
    split(separator: "\n").map { String($0).replacingPrefix("libbpf: ", with: "") }.joined(separator: "; ")
  }
}
