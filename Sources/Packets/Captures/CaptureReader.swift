/// Reads a pcap or pcapng capture frame by frame, in memory that doesn't grow with the file.
public final class CaptureReader {
  private let input: CaptureInput
  private let path: String?
  private var blocks: any CaptureBlocks
  /// Frames read so far.
  public private(set) var count = 0
  /// Which of the two it is.
  public let format: CaptureFormat
  /// Why there are no more frames although the file goes on, or should: where it broke off. `nil` while all is well.
  public private(set) var brokenOff: String?

  /// The longest frame or block that is believed, in bytes; libpcap has the same limit for frames (256 KiB), and comments
  /// may add to it.
  static let longest = 1 << 24

  /// Opens a file. Throws when it can't be opened or isn't a capture.
  public convenience init(path: String) throws(CaptureError) {
    try self.init(CaptureInput(path: path), path: path)
  }

  /// Reads a capture that is in memory already. Throws when the bytes aren't a capture.
  public convenience init(bytes: [UInt8]) throws(CaptureError) {
    try self.init(CaptureInput(bytes: bytes), path: nil)
  }

  init(_ input: CaptureInput, path: String?) throws(CaptureError) {
    self.input = input
    self.path = path
    let available = try input.fill(24)
    guard available >= 4 else {
      throw CaptureError(path: path, message: "not a capture: it has only \(available) bytes")
    }
    if let classic = PcapBlocks(input, available) {
      (blocks, format) = (classic, .pcap)
    } else if input.u32(0, swapped: false) == PcapngBlocks.sectionType {
      (blocks, format) = (PcapngBlocks(), .pcapng)
    } else if input.u16(0, swapped: true) == 0x1f8b {
      throw CaptureError(path: path, message: "compressed by gzip: unpack it first (gunzip -c FILE | … -)")
    } else {
      let magic = ByteText.hex(input.bytes(0..<4))
      throw CaptureError(
        path: path, message: "not a capture: it begins with \(magic), which is neither pcap nor pcapng")
    }
  }

  /// The next frame, or `nil` after the last one; then `brokenOff` says whether there should have been more.
  ///
  /// Throws when the file can't be read on.
  public func next() throws(CaptureError) -> CaptureFrame? {
    guard brokenOff == nil else { return nil }
    switch try blocks.next(input) {
    case .frame(let frame):
      count += 1
      return frame
    case .end: return nil
    case .broken(let reason):
      brokenOff = "broke off after frame \(count), at byte \(input.position): \(reason)"
      return nil
    }
  }

  /// All frames that are left. For captures that fit into memory.
  public func rest() throws(CaptureError) -> [CaptureFrame] {
    var frames: [CaptureFrame] = []
    while let frame = try next() { frames.append(frame) }
    return frames
  }
}

/// How a format lays frames one after another.
protocol CaptureBlocks {
  mutating func next(_ input: CaptureInput) throws(CaptureError) -> CaptureStep
}

/// What came next in a capture.
enum CaptureStep {
  case frame(CaptureFrame)
  case end
  case broken(String)
}
