/// Makes sections of globals larger than they were compiled, as libbpf from 1.3 on does for `bpf_map__set_value_size` of their
/// maps; libbpf before it takes another size and copies from beyond the memory that it has.
///
/// It is done to the object's bytes, so that whoever opens them, with whichever libbpf, finds section and BTF agreeing: the
/// section's last variable, which must be an array, has as many elements more as fit (libbpf.c: `map_btf_datasec_resize`).
public enum SectionSizes {
  /// The largest that a section may become, in bytes: what is written by mistake mustn't take all memory.
  public static let limit = 64 << 20

  /// The object with its sections of those names as large as that, in bytes, zeros behind what they hold.
  ///
  /// Throws what doesn't fit: a section that isn't there, fewer bytes than it has, a last variable that is no array.
  public static func grow(_ object: [UInt8], to sizes: [String: Int]) throws(BPFError) -> [UInt8] {
    guard !sizes.isEmpty else { return object }
    guard let elf = ELFView(object), let growth = try SectionGrowth(elf) else {
      throw BPFError(
        .badObject, operation: "resizing sections", detail: "the object has no BTF that says what is in them")
    }
    var grown = growth
    for (name, size) in sizes.sorted(by: { $0.key < $1.key }) { try grown.grow(name, to: size) }
    return grown.finish()
  }
}

/// An object on its way to larger sections.
private struct SectionGrowth {
  private let elf: ELFView
  private let btf: BTF
  private let blob: [UInt8]
  private var out: [UInt8]
  /// The records of BTF's types, and where each begins by its id.
  private var types: [UInt8]
  private var starts = [0]

  init?(_ elf: ELFView) throws(BPFError) {
    guard let blob = elf.contents(of: ".BTF").map(Array.init) else { return nil }
    self.elf = elf
    self.btf = try BTF(parsing: blob)
    self.blob = blob
    self.out = elf.bytes
    // What BTF could be read from has its parts inside (include/uapi/linux/btf.h: struct btf_header).
    let start = Self.word(blob, 4) + Self.word(blob, 8)
    self.types = Array(blob[start..<(start + Self.word(blob, 12))])
    var position = 0
    while position < types.count {
      let info = UInt32(Self.word(types, position + 4))
      guard let size = BTFKindNumber(rawValue: info >> 24 & 0x1f).size(Int(info & 0xffff)) else { return nil }
      starts.append(position)
      position += size
    }
  }

  private static func word(_ bytes: [UInt8], _ at: Int) -> Int {
    guard at >= 0, at <= bytes.count - 4 else { return 0 }
    return (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
  }

  private static func put(_ value: Int, _ width: Int, at place: Int, in bytes: inout [UInt8]) {
    for index in 0..<width { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
  }

  mutating func grow(_ name: String, to size: Int) throws(BPFError) {
    func refuse(_ why: String) -> BPFError {
      BPFError(.badArgument, operation: "section `\(name)` can't have \(size) bytes", detail: why)
    }
    guard let section = btf.section(name), let index = elf.sections.firstIndex(where: { elf.name(of: $0) == name }),
      Int(section.id) < starts.count
    else {
      let known = btf.sections.map(\.name).filter { $0.hasPrefix(".") }
      let nearest = nearestName(to: name, among: known)
      throw BPFError(
        .unknownName, operation: "the object has no section of globals `\(name)`",
        detail: nearest.map { "did you mean `\($0)`?" } ?? "it has \(known.joined(separator: ", "))")
    }
    let header = elf.number(40, 8) + index * 64
    let before = elf.number(header + 32, 8)
    guard size <= SectionSizes.limit else { throw refuse("that is more than \(SectionSizes.limit >> 20) MiB") }
    guard size >= before else { throw refuse("it has \(before), and what is in it can't become smaller") }
    guard size > before else { return }
    guard let last = lastVariable(of: section, in: index) else { throw refuse("nothing is known of what is in it") }
    guard let (element, _) = last.type.array, element.size > 0 else {
      throw refuse("its last variable, `\(last.name)`, is no array that could have more elements")
    }
    let (count, rest) = (size - last.offset).quotientAndRemainder(dividingBy: element.size)
    guard rest == 0 else {
      throw refuse(
        "its last variable, `\(last.name)`, would have \(count) elements and \(rest) bytes: "
          + "\(last.offset + count * element.size) or \(last.offset + (count + 1) * element.size) bytes make whole elements"
      )
    }
    retype(last, of: section, count: count, size: size)
    // SHT_NOBITS (8) has no bytes in the file.
    if elf.sections[index].type != 8 {
      let contents = elf.sections[index]
      let bytes = elf.bytes[contents.offset..<(contents.offset + contents.size)]
      append(Array(bytes) + [UInt8](repeating: 0, count: size - before), as: index)
    }
    Self.put(size, 8, at: header + 32, in: &out)
  }

  private typealias Variable = (name: String, type: BTFType, offset: Int, item: Int)

  /// The variable that lies last in a section, by its symbol: the compiler leaves offsets in BTF to the linker.
  private func lastVariable(of section: BTFType, in index: Int) -> Variable? {
    guard let symbols = elf.sections.first(where: { $0.type == 2 }), let strings = elf.linked(symbols) else {
      return nil
    }
    var places: [String: Int] = [:]
    for symbol in 0..<(symbols.size / 24) {
      let at = symbols.offset + symbol * 24
      guard elf.number(at + 6, 2) == index else { continue }
      places[elf.name(strings.offset, elf.number(at, 4))] = elf.number(at + 8, 8)
    }
    let all = section.variables.enumerated().compactMap { item, variable -> Variable? in
      places[variable.name].map { (variable.name, variable.type, $0, item) }
    }
    return all.max { $0.offset < $1.offset }
  }

  /// Gives the variable an array type of so many elements.
  private mutating func retype(_ variable: Variable, of section: BTFType, count: Int, size: Int) {
    let array = starts[Int(variable.type.resolved.id)]
    let item = starts[Int(section.id)] + 12 + variable.item * 12
    let place = starts[Self.word(types, item)]
    // btf_type (name, info, size), btf_array (type, index type, count)
    for word in [0, Int(BTFKindNumber.array.rawValue) << 24, 0] + [12, 16].map({ Self.word(types, array + $0) }) + [
      count
    ] {
      types += (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    starts.append(types.count - 24)
    Self.put(starts.count - 1, 4, at: place + 8, in: &types)
    Self.put(size - variable.offset, 4, at: item + 8, in: &types)
    // 0 is for libbpf to fill in.
    let own = starts[Int(section.id)] + 8
    if Self.word(types, own) != 0 { Self.put(size, 4, at: own, in: &types) }
  }

  /// Puts a section's bytes at the end of the file.
  private mutating func append(_ bytes: [UInt8], as index: Int) {
    // Sixteen bytes satisfy every section of a BPF object.
    while out.count % 16 != 0 { out.append(0) }
    let header = elf.number(40, 8) + index * 64
    Self.put(out.count, 8, at: header + 24, in: &out)
    Self.put(bytes.count, 8, at: header + 32, in: &out)
    out += bytes
  }

  mutating func finish() -> [UInt8] {
    guard let index = elf.sections.firstIndex(where: { elf.name(of: $0) == ".BTF" }) else { return out }
    let length = Self.word(blob, 4)
    var header = Array(blob[..<length])
    for (place, value) in [(8, 0), (12, types.count), (16, types.count)] {
      Self.put(value, 4, at: place, in: &header)
    }
    let strings = length + Self.word(blob, 16)
    append(header + types + blob[strings..<(strings + Self.word(blob, 20))], as: index)
    return out
  }
}
