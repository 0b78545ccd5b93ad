import BPF

/// What planning needs to know of an object: its programs, maps and globals by name. Looked up once, since a suite may
/// have ten thousand steps.
struct ObjectFacts {
  struct Program {
    var name: String
    var section: String
    var type: BPFProgramType
  }

  struct Map: Sendable {
    var name: String
    var type: BPFMapType
    var key: ValueType
    var value: ValueType
    var maxEntries: UInt32
    /// `BPF_F_*`.
    var flags: UInt32 = 0
  }

  struct Global {
    var name: String
    var section: String
    /// Bytes from the start of the section.
    var offset: Int
    var type: ValueType
    /// Its bytes before load.
    var initial: [UInt8]
    var isReadOnly: Bool { section.hasPrefix(".rodata") }
  }

  let btf: BTF
  let recordTypes: RecordTypes
  let programs: [String: Program]
  /// In the object's order.
  let programNames: [String]
  var maps: [String: Map]
  let mapNames: [String]
  /// What a test says of the maps in maps of maps, by the outer map's name.
  var innerMaps: [String: Map] = [:]
  let globals: [String: Global]
  let globalNames: [String]
  /// Bytes of memory that sections of globals take.
  let sectionBytes: Int
  /// Programs that prog arrays hold from the start, which every test must load: the maps are made for each.
  let initialPrograms: [String]
  /// Whether any of its code calls `bpf_printk`.
  let writesLines: Bool
  /// What the kernel compares of maps and programs that go into maps.
  let mapFacts: MapFacts
  /// Which programs call which functions; looked into only where programs of type ext replace some.
  let callers: CallersOfFunctions

  /// Programs that struct_ops maps call, which must be loaded for such a map to be attached.
  var structOpsPrograms: [String] { programNames.filter { programs[$0]?.type == .structOps } }

  init(_ object: BPFObject, bytes: [UInt8]) {
    self.btf = object.btf
    self.recordTypes = RecordTypes(object.btf)
    let programs = object.programs.map { Program(name: $0.name, section: $0.section, type: $0.type) }
    self.programNames = programs.map(\.name)
    self.programs = Dictionary(programs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let maps = object.maps.filter { !$0.isInternal }.map { map in
      Map(
        name: map.name, type: map.type, key: map.keyType.map(ValueType.btf) ?? .opaque(map.keySize),
        value: map.valueType.map(ValueType.btf) ?? .opaque(map.valueSize), maxEntries: map.maxEntries,
        flags: map.flags)
    }
    self.mapNames = maps.map(\.name)
    self.sectionBytes = object.maps.filter(\.isInternal).reduce(0) { $0 + $1.memory }
    self.writesLines = PrintkCalls.occur(in: bytes)
    self.mapFacts = MapFacts(object, bytes: bytes)
    self.maps = Dictionary(maps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let globals = Self.globals(object)
    self.globalNames = globals.map(\.name)
    let known = Set(programs.map(\.name))
    self.callers = CallersOfFunctions(
      object: programs.contains { $0.type == .extensionProgram || $0.section.hasPrefix("freplace") } ? bytes : [])
    self.initialPrograms = InitialPrograms.names(in: bytes).uniqued().filter { known.contains($0) }
    self.globals = Dictionary(globals.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func globals(_ object: BPFObject) -> [Global] {
    // Sections without a dot in front are libbpf's own (`license`); `.maps` and `.ksyms` hold no memory.
    let holders = Dictionary(
      object.maps.compactMap { map in map.sectionName.map { ($0, map) } }, uniquingKeysWith: { first, _ in first })
    return object.btf.sections.flatMap { section -> [Global] in
      guard let map = holders[section.name], section.name != ".kconfig", let memory = try? map.globals() else {
        return []
      }
      return section.variables.compactMap { variable in
        guard variable.offset >= 0, variable.size > 0, variable.offset <= memory.count - variable.size,
          variable.type.size == variable.size
        else { return nil }
        return Global(
          name: variable.name, section: section.name, offset: variable.offset, type: .btf(variable.type),
          initial: [UInt8](memory[variable.offset..<(variable.offset + variable.size)]))
      }
    }
  }

  /// What the maps take of the kernel's memory, about; `sizes` are `max_entries` that a test sets.
  func mapMemory(sizes: [String: UInt32], cpus: Int) -> MapsInMemory {
    var all = MapsInMemory(bytes: sectionBytes)
    var most = 0
    for name in mapNames {
      guard let map = maps[name] else { continue }
      let bytes = MapMemory.bytes(
        map.type, keySize: map.key.size, valueSize: map.value.size, maxEntries: sizes[name] ?? map.maxEntries,
        flags: map.flags, cpus: cpus)
      let (sum, overflow) = all.bytes.addingReportingOverflow(bytes)
      all.bytes = overflow ? Int.max : sum
      if bytes > most { (most, all.largest) = (bytes, name) }
    }
    return all
  }
}
