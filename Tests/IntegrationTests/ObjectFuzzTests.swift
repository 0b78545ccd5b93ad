import BPF
import Compiling
import Foundation
import Matrix
import Testing

/// Objects made from the repository's own by cutting and flipping: whatever is done to them, opening ends with an object
/// or an error. `BPFTEST_FUZZ=N` makes N times as many of them, `BPFTEST_FUZZ_SEED=N` others.
@Suite(.serialized) struct ObjectFuzzTests {
  private static let factor = max(1, number("BPFTEST_FUZZ") ?? 1)
  private static let seed = UInt64(max(0, number("BPFTEST_FUZZ_SEED") ?? 0)) << 40

  private static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  /// One of the objects, damaged as the seed says.
  private static func damaged(_ objects: [[UInt8]], _ seed: Int, round: UInt64) -> [UInt8] {
    Damage(seed: Self.seed &+ round << 32 &+ UInt64(seed)).done(to: objects[seed % objects.count])
  }

  /// The programs of `fixtures/`, compiled.
  private func objects() async throws -> [[UInt8]] {
    let session = try await Session.prepare(paths: [Workbench.fixtures], choice: .host)
    return session.objects.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value.array)
  }

  /// A program of its own.
  private func entry() async throws -> [UInt8] {
    let bench = try Workbench()
    try bench.write(
      "entry.bpf.c",
      """
      struct xdp_md;
      int result __attribute__((section(".data.calls")));
      __attribute__((section("xdp"))) int entry(struct xdp_md *ctx) { result++; return 2; }
      """)
    return try await ProgramCompiler(cache: bench.folder + "/cache").compile(
      ProgramSource(path: bench.folder + "/entry.bpf.c")
    ).bytes.array
  }

  @Test func tenThousandDamagedObjectsAreOpenedOrRefused() async throws {
    let objects = try await objects()
    try #require(objects.count > 5)
    // To try what passes the checks elsewhere, such as in a libbpf with an address sanitizer.
    let folder = ProcessInfo.processInfo.environment["BPFTEST_FUZZ_KEEP"]
    var (opened, refused) = (0, 0)
    for seed in 0..<(10_000 * Self.factor) {
      let damaged = Self.damaged(objects, seed, round: 0)
      do {
        let object = try BPFObject(bytes: damaged, name: "damaged")
        opened += 1
        // Whatever it says of itself can be asked for.
        for program in object.programs { _ = (program.name, program.section, program.type, program.instructions) }
        for map in object.maps { _ = (map.name, map.keyType?.declaration, map.valueType?.declaration, map.valueSize) }
        if let folder { try Data(damaged).write(to: URL(fileURLWithPath: "\(folder)/\(seed).o")) }
      } catch {
        #expect(!"\(error)".isEmpty)
        refused += 1
      }
    }
    #expect(opened > 1000, "the damage is so great that nothing behind the first checks was reached")
    #expect(refused > 1000, "the damage is so small that nothing was refused")
  }

  @Test func damagedObjectsAreLinkedOrRefused() async throws {
    let objects = try await objects().filter { try ObjectFunctions(object: $0, name: "").names.isEmpty == false }
    try #require(objects.count > 1)
    let programs = try await entry()
    let folder = ProcessInfo.processInfo.environment["BPFTEST_FUZZ_KEEP"]
    var (linked, refused) = (0, 0)
    for seed in 0..<(1000 * Self.factor) {
      let damaged = Self.damaged(objects, seed, round: 2)
      guard let functions = try? ObjectFunctions(object: damaged, name: "damaged") else { continue }
      for name in functions.names { _ = functions.find(name) }
      _ = try? functions.declarations(of: functions.names, types: ["xdp_md", "__sk_buff"])
      let exported = ObjectFunctions.export(Set(functions.names), from: damaged)
      if let folder { try Data(exported).write(to: URL(fileURLWithPath: "\(folder)/\(seed).o")) }
      do {
        _ = try BPFObject(bytes: ObjectLinker.link(exported, with: programs, name: "damaged"), name: "linked")
        linked += 1
      } catch {
        #expect(!"\(error)".isEmpty)
        refused += 1
      }
    }
    #expect(linked > 50 * Self.factor, "the damage is so great that nothing was linked")
    #expect(refused > 50 * Self.factor, "the damage is so small that nothing was refused")
  }

  @Test func damagedObjectsAreLoadedOrRefused() async throws {
    let objects = try await objects()
    var (loaded, refused) = (0, 0)
    for seed in 0..<(500 * Self.factor) {
      let damaged = Self.damaged(objects, seed, round: 1)
      do {
        let object = try BPFObject(bytes: damaged, name: "damaged")
        for map in object.maps where !map.isInternal && map.maxEntries > 1 << 16 { try map.setMaxEntries(1) }
        // A flipped bit can ask for gigabytes, which the kernel takes seconds to clear.
        guard object.maps.allSatisfy({ $0.valueSize <= 1 << 20 }) else { continue }
        try object.load()
        loaded += 1
      } catch {
        refused += 1
      }
    }
    #expect(loaded > 10)
    #expect(refused > 100)
  }
}

/// What happens to an object on its way: the same for the same seed.
struct Damage {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  /// SplitMix64 (Steele, Lea, Flood 2014).
  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  private mutating func number(below limit: Int) -> Int { limit > 0 ? Int(next() % UInt64(limit)) : 0 }

  /// A copy that is cut short, or has some bytes changed: anywhere, in the section headers, or in one section.
  func done(to object: [UInt8]) -> [UInt8] {
    var damage = self
    var bytes = object
    let kind = damage.number(below: 5)
    if kind == 0 { return Array(bytes.prefix(damage.number(below: bytes.count))) }
    var range = 0..<bytes.count
    if kind == 3 { range = Self.headers(bytes) }
    if kind == 4 { range = Self.section(damage.number(below: 64), of: bytes) }
    for _ in 0..<(kind == 1 ? 1 : 1 + damage.number(below: 8)) where !range.isEmpty {
      let place = range.lowerBound + damage.number(below: range.count)
      switch damage.number(below: 3) {
      case 0: bytes[place] ^= 1 << UInt8(damage.number(below: 8))
      case 1: bytes[place] = UInt8(truncatingIfNeeded: damage.next())
      default: bytes[place] = damage.number(below: 2) == 0 ? 0 : 0xff
      }
    }
    return bytes
  }

  private static func number(_ bytes: [UInt8], _ place: Int, _ width: Int) -> Int {
    (0..<width).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }

  /// The table of section headers (`e_shoff`, `e_shnum` of elf.h).
  private static func headers(_ bytes: [UInt8]) -> Range<Int> {
    let table = number(bytes, 40, 8)
    return table..<(table + number(bytes, 60, 2) * 64)
  }

  /// The contents of a section that has some; the headers when it has none.
  private static func section(_ number: Int, of bytes: [UInt8]) -> Range<Int> {
    let table = headers(bytes)
    let header = table.lowerBound + number % (table.count / 64) * 64
    let (type, offset, size) = (
      self.number(bytes, header + 4, 4), self.number(bytes, header + 24, 8), self.number(bytes, header + 32, 8)
    )
    return type == 8 || size == 0 ? table : offset..<(offset + size)
  }
}
