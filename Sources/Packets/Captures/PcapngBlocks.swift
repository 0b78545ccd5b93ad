/// The new format (draft-ietf-opsawg-pcapng): sections of blocks, each with its type and its length before and after it.
struct PcapngBlocks: CaptureBlocks {
  static let sectionType: UInt32 = 0x0a0d_0d0a
  private static let byteOrderMagic: UInt32 = 0x1a2b_3c4d

  private enum BlockType {
    static let interface: UInt32 = 1
    static let obsoletePacket: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let enhancedPacket: UInt32 = 6
  }

  private enum OptionCode {
    static let end: UInt16 = 0
    static let comment: UInt16 = 1
    static let timeResolution: UInt16 = 9
    static let timeOffset: UInt16 = 14
  }

  private struct Interface {
    var linkType: LinkType
    var snapLength: Int
    /// Units of time per second; a power of ten or of two.
    var unitsPerSecond: UInt64 = 1_000_000
    /// Seconds to add.
    var offset: Int64 = 0
  }

  private var swapped = false
  private var interfaces: [Interface] = []

  mutating func next(_ input: CaptureInput) throws(CaptureError) -> CaptureStep {
    while true {
      let head = try input.fill(12)
      if head == 0 { return .end }
      guard head >= 12 else { return .broken("\(head) of the 12 bytes of a block are there") }
      let isSection = input.u32(0, swapped: swapped) == Self.sectionType
      if isSection {
        // The type reads the same either way; what follows it tells the byte order of the section.
        guard let order = [false, true].first(where: { input.u32(8, swapped: $0) == Self.byteOrderMagic }) else {
          return .broken("a section without a byte order")
        }
        swapped = order
      }
      let length = Int(input.u32(4, swapped: swapped))
      guard length >= 12, length % 4 == 0, length <= CaptureReader.longest else {
        return .broken("a block of \(length) bytes can't be")
      }
      let there = try input.fill(length)
      guard there >= length else { return .broken("\(there) of the \(length) bytes of a block are there") }
      guard Int(input.u32(length - 4, swapped: swapped)) == length else {
        return .broken("a block's two lengths differ")
      }
      if isSection { interfaces = [] }
      let step = block(input.u32(0, swapped: swapped), input, length)
      if case .broken? = step, let step { return step }
      input.skip(length)
      if let step { return step }
    }
  }

  /// Reads a block whose bytes are all there; `nil` for one that holds no frame.
  private mutating func block(_ type: UInt32, _ input: CaptureInput, _ length: Int) -> CaptureStep? {
    switch type {
    case BlockType.interface:
      guard length >= 20 else { return .broken("an interface block of \(length) bytes can't be") }
      interfaces.append(interface(input, length))
      return nil
    case BlockType.enhancedPacket, BlockType.obsoletePacket:
      guard length >= 32 else { return .broken("a packet block of \(length) bytes can't be") }
      let isOld = type == BlockType.obsoletePacket
      let number = isOld ? Int(input.u16(8, swapped: swapped)) : Int(input.u32(8, swapped: swapped))
      return packet(input, length, number)
    case BlockType.simplePacket:
      guard length >= 16 else { return .broken("a packet block of \(length) bytes can't be") }
      guard let interface = interfaces.first else { return .broken("a packet without an interface") }
      let original = Int(input.u32(8, swapped: swapped))
      let snap = interface.snapLength == 0 ? original : min(original, interface.snapLength)
      guard snap <= length - 16 else { return .broken("a frame longer than its block") }
      return .frame(
        CaptureFrame(
          Array(input.bytes(12..<12 + snap)), linkType: interface.linkType, nanoseconds: 0, originalLength: original))
    default: return nil
    }
  }

  private func interface(_ input: CaptureInput, _ length: Int) -> Interface {
    var interface = Interface(
      linkType: LinkType(rawValue: input.u16(8, swapped: swapped)), snapLength: Int(input.u32(12, swapped: swapped)))
    for (code, range) in options(input, 16, length - 4) {
      let bytes = input.bytes(range)
      if code == OptionCode.timeResolution, let exponent = bytes.first {
        let power = UInt64(exponent & 0x7f)
        let base: UInt64 = exponent & 0x80 != 0 ? 2 : 10
        // Anything finer than 64 bits can count is no resolution that a capture has.
        if power < (base == 2 ? 63 : 19) { interface.unitsPerSecond = (0..<power).reduce(1) { unit, _ in unit * base } }
      }
      if code == OptionCode.timeOffset, range.count == 8 {
        let words = [input.u32(range.lowerBound, swapped: swapped), input.u32(range.lowerBound + 4, swapped: swapped)]
        let (high, low) = swapped ? (words[0], words[1]) : (words[1], words[0])
        interface.offset = Int64(bitPattern: UInt64(high) << 32 | UInt64(low))
      }
    }
    return interface
  }

  private func packet(_ input: CaptureInput, _ length: Int, _ number: Int) -> CaptureStep {
    guard interfaces.indices.contains(number) else {
      return .broken("a packet of interface \(number), which isn't there")
    }
    let interface = interfaces[number]
    let captured = Int(input.u32(20, swapped: swapped))
    guard captured <= length - 32 else { return .broken("a frame longer than its block") }
    let time = UInt64(input.u32(12, swapped: swapped)) << 32 | UInt64(input.u32(16, swapped: swapped))
    var comments: [String] = []
    let after = 28 + (captured + 3) / 4 * 4
    if length - 4 > after {
      for (code, range) in options(input, after, length - 4) where code == OptionCode.comment {
        comments.append(String(decoding: input.bytes(range), as: UTF8.self))
      }
    }
    return .frame(
      CaptureFrame(
        Array(input.bytes(28..<28 + captured)), linkType: interface.linkType, nanoseconds: nanoseconds(time, interface),
        originalLength: Int(input.u32(24, swapped: swapped)), comments: comments))
  }

  private func nanoseconds(_ time: UInt64, _ interface: Interface) -> UInt64 {
    let (seconds, units) = time.quotientAndRemainder(dividingBy: interface.unitsPerSecond)
    let fraction = UInt64(Double(units) / Double(interface.unitsPerSecond) * 1e9 + 0.5)
    let exact = units.multipliedReportingOverflow(by: 1_000_000_000)
    let part = exact.overflow ? fraction : exact.partialValue / interface.unitsPerSecond
    return (seconds &+ UInt64(bitPattern: interface.offset)) &* 1_000_000_000 &+ part
  }

  /// The options in a range of the block: code, and where the value lies. It ends at the first that can't be.
  private func options(_ input: CaptureInput, _ from: Int, _ to: Int) -> [(UInt16, Range<Int>)] {
    var found: [(UInt16, Range<Int>)] = []
    var at = from
    while at + 4 <= to {
      let code = input.u16(at, swapped: swapped)
      let length = Int(input.u16(at + 2, swapped: swapped))
      guard code != OptionCode.end, at + 4 + length <= to else { break }
      found.append((code, at + 4..<at + 4 + length))
      at += 4 + (length + 3) / 4 * 4
    }
    return found
  }
}
