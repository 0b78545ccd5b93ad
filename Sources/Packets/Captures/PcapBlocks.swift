/// The old format (draft-ietf-opsawg-pcap): a header of 24 bytes, then frames with 16 bytes before each.
struct PcapBlocks: CaptureBlocks {
  private let swapped: Bool
  /// Nanoseconds of the unit that fractions of seconds are in.
  private let unit: UInt64
  private let linkType: LinkType

  /// `nil` when the input doesn't begin as this format does.
  init?(_ input: CaptureInput, _ available: Int) {
    guard available >= 24 else { return nil }
    let magics: [(magic: UInt32, swapped: Bool, unit: UInt64)] = [
      (0xa1b2_c3d4, false, 1000), (0xa1b2_c3d4, true, 1000), (0xa1b2_3c4d, false, 1), (0xa1b2_3c4d, true, 1),
    ]
    guard let found = magics.first(where: { input.u32(0, swapped: $0.swapped) == $0.magic }) else { return nil }
    swapped = found.swapped
    unit = found.unit
    // The upper bits say how long the frame check sequence is.
    linkType = LinkType(rawValue: UInt16(truncatingIfNeeded: input.u32(20, swapped: swapped)))
    input.skip(24)
  }

  mutating func next(_ input: CaptureInput) throws(CaptureError) -> CaptureStep {
    let head = try input.fill(16)
    if head == 0 { return .end }
    guard head >= 16 else { return .broken("\(head) of the 16 bytes before a frame are there") }
    let length = Int(input.u32(8, swapped: swapped))
    guard length <= CaptureReader.longest else { return .broken("a frame of \(length) bytes can't be") }
    let there = try input.fill(16 + length) - 16
    guard there >= length else { return .broken("\(there) of the \(length) bytes of a frame are there") }
    let seconds = UInt64(input.u32(0, swapped: swapped))
    let fraction = UInt64(input.u32(4, swapped: swapped))
    let frame = CaptureFrame(
      Array(input.bytes(16..<16 + length)), linkType: linkType, nanoseconds: seconds * 1_000_000_000 + fraction * unit,
      originalLength: Int(input.u32(12, swapped: swapped)))
    input.skip(16 + length)
    return .frame(frame)
  }
}
