/// Writes a capture file, frame by frame.
///
/// The file appears under its name only when `finish()` was called: until then its bytes are in a file beside it, which goes
/// away with the writer.
public final class CaptureWriter {
  private let path: String
  private let file: WholeFile
  private var encoder: CaptureEncoder

  /// Begins a file. Throws when it can't be made.
  public init(path: String, format: CaptureFormat = .pcapng) throws(CaptureError) {
    self.path = path
    file = try WholeFile(path: path)
    encoder = CaptureEncoder(format: format)
  }

  /// Adds a frame. Throws when the disk is full, or when the format can't hold the frame.
  public func write(_ frame: CaptureFrame) throws(CaptureError) {
    let bytes: [UInt8]
    do throws(CaptureError) {
      bytes = try encoder.encode(frame)
    } catch {
      throw CaptureError(path: path, message: error.message)
    }
    try file.write(bytes)
  }

  /// Writes what is left and gives the file its name.
  public func finish() throws(CaptureError) {
    try file.write(encoder.header())
    try file.finish()
  }
}

/// Turns frames into the bytes of a capture: headers come with the first frame that needs them.
public struct CaptureEncoder: Sendable {
  private let format: CaptureFormat
  private var hasHeader = false
  /// In pcapng an interface for each link type, in the order in which they came.
  private var linkTypes: [LinkType] = []

  /// An encoder that has not begun.
  public init(format: CaptureFormat = .pcapng) { self.format = format }

  /// The file header if it has not been given yet: for a capture of no frames.
  public mutating func header() -> [UInt8] {
    guard !hasHeader else { return [] }
    hasHeader = true
    var out: [UInt8] = []
    switch format {
    case .pcap:
      // Nanoseconds, version 2.4, no limit on frames worth the name (tcpdump's 262144 bytes).
      Self.words([0xa1b2_3c4d, 4 << 16 | 2, 0, 0, 262_144, UInt32((linkTypes.first ?? .ethernet).rawValue)], &out)
    case .pcapng:
      // Version 1.0, length of the section unknown.
      Self.words([PcapngBlocks.sectionType, 28, 0x1a2b_3c4d, 1, .max, .max, 28], &out)
    }
    return out
  }

  /// The bytes of a frame and of what must come before it.
  ///
  /// Throws when the format can't hold it: pcap has one link type and no comments.
  public mutating func encode(_ frame: CaptureFrame) throws(CaptureError) -> [UInt8] {
    guard frame.bytes.count <= 262_144 else {
      throw CaptureError(path: nil, message: "a frame of \(frame.bytes.count) bytes is too long for a capture")
    }
    let original = UInt32(clamping: max(frame.originalLength, 0))
    let captured = UInt32(frame.bytes.count)
    if format == .pcap {
      let first = linkTypes.first ?? frame.linkType
      guard frame.linkType == first else {
        throw CaptureError(
          path: nil, message: "pcap holds one link type, and here are \(first) and \(frame.linkType): write pcapng")
      }
      guard frame.comments.isEmpty else {
        throw CaptureError(path: nil, message: "pcap holds no comments: write pcapng")
      }
      linkTypes = [first]
      var out = header()
      let (seconds, fraction) = frame.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
      Self.words([UInt32(truncatingIfNeeded: seconds), UInt32(fraction), captured, original], &out)
      return out + frame.bytes
    }
    var out = header()
    let interface: Int
    if let known = linkTypes.firstIndex(of: frame.linkType) {
      interface = known
    } else {
      interface = linkTypes.count
      linkTypes.append(frame.linkType)
      // if_tsresol 9: nanoseconds.
      Self.words([1, 32, UInt32(frame.linkType.rawValue), 0, 1 << 16 | 9, 9, 0, 32], &out)
    }
    var options: [UInt8] = []
    for comment in frame.comments {
      let text = Array(comment.utf8.prefix(Int(UInt16.max)))
      Self.words([UInt32(text.count) << 16 | 1], &options)
      options += text + Array(repeating: 0, count: (4 - text.count % 4) % 4)
    }
    if !options.isEmpty { Self.words([0], &options) }
    let padding = (4 - frame.bytes.count % 4) % 4
    let length = UInt32(32 + frame.bytes.count + padding + options.count)
    let time = frame.nanoseconds
    Self.words(
      [6, length, UInt32(interface), UInt32(time >> 32), UInt32(truncatingIfNeeded: time), captured, original], &out)
    out += frame.bytes
    out += repeatElement(0, count: padding)
    out += options
    Self.words([length], &out)
    return out
  }

  private static func words(_ words: [UInt32], _ out: inout [UInt8]) {
    for word in words { withUnsafeBytes(of: word.littleEndian) { out.append(contentsOf: $0) } }
  }
}
