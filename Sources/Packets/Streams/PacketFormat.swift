/// The forms in which packets are written.
public enum PacketFormat: String, CaseIterable, Sendable {
  /// A line for each layer and field, for reading.
  case tree
  /// An expression on each line.
  case expr
  /// An array with an object on each line: every layer and field.
  case json
  /// Hexadecimal digits, a packet on each line.
  case hex
  /// The bytes themselves, one packet after the other.
  case raw
  /// An old capture: one link type, no comments.
  case pcap
  /// A capture.
  case pcapng
  /// Arrays of a C program.
  case c

  /// The format that a file name's ending speaks of.
  public init?(path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    switch path[path.index(after: dot)...].lowercased() {
    case "pcap", "cap", "dmp": self = .pcap
    case "pcapng", "ntar": self = .pcapng
    case "hex": self = .hex
    case "c", "h", "inc": self = .c
    case "expr", "txt": self = .expr
    case "json": self = .json
    case "bin", "raw": self = .raw
    default: return nil
    }
  }

  /// True of what a terminal can't show.
  public var isBinary: Bool { [.raw, .pcap, .pcapng].contains(self) }
}
