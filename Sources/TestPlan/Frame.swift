import CXXHash

/// The envelope of a message on the wire: magic, length, checksum, payload.
///
/// ```
/// 0..<3   magic "BPF"
/// 3       revision of what follows
/// 4..<8   payload length in bytes, little endian
/// 8..<12  XXH32 of the payload, little endian
/// 12...   payload: a `HostMessage` or `GuestMessage`, laid out as `WireValue` says
/// ```
public enum Frame {
  /// Bytes before the payload.
  public static let headerSize = 12
  /// Longest payload that is believed, in bytes. A longer one means the stream is out of step.
  public static let maximumPayload = 1 << 30
  /// Counts the changes to the layout of messages, of which host and agent must have the same idea: nothing in a payload
  /// names its fields. Raise it with every field that comes, goes or moves; 0x54, a "T", was another format.
  static let revision: UInt8 = 7
  static let magic: UInt32 = 0x46_5042  // "BPF" read as a little-endian number

  /// Wraps a payload.
  public static func wrap(_ payload: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(headerSize + payload.count)
    for word in [magic | UInt32(revision) << 24, UInt32(payload.count), checksum(payload)] {
      withUnsafeBytes(of: word.littleEndian) { out.append(contentsOf: $0) }
    }
    out.append(contentsOf: payload)
    return out
  }

  /// Reads a header and returns the payload's length and checksum.
  public static func parse(header: [UInt8]) throws(FrameError) -> (length: Int, checksum: UInt32) {
    guard header.count == headerSize else { throw .truncated(expected: headerSize, seen: header.count) }
    func word(_ at: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(header[at + $1]) << (8 * UInt32($1)) }
    }
    guard word(0) & 0xff_ffff == magic else { throw .outOfStep }
    guard header[3] == revision else { throw .otherBuild }
    let length = Int(word(4))
    guard length <= maximumPayload else { throw .outOfStep }
    return (length, word(8))
  }

  /// XXH32 (xxHash's specification, with a seed of 0), which takes a word at a time. It guards against a torn stream, not
  /// against malice.
  public static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { XXH32($0.baseAddress, $0.count, 0) }
  }
}

/// A stream of frames that can't be read on.
public enum FrameError: Error, Hashable, CustomStringConvertible {
  /// The stream ended inside a frame, byte counts given.
  case truncated(expected: Int, seen: Int)
  /// What should be a header isn't one.
  case outOfStep
  /// The other side has another idea of messages.
  case otherBuild
  /// The payload is not what was sent.
  case corrupted

  public var description: String {
    switch self {
    case .truncated(let expected, let seen): "the stream ended inside a frame: \(seen) of \(expected) bytes"
    case .outOfStep: "the stream is out of step: no frame begins here"
    case .otherBuild:
      "bpftest and its guest agent are of different builds; build both anew (`make`), or name an agent of this build with "
        + "BPFTEST_GUEST"
    case .corrupted: "a frame's checksum doesn't match its payload"
    }
  }
}
