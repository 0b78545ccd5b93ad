/// One frame of a capture.
public struct CaptureFrame: Hashable, Sendable {
  /// What was captured of the frame.
  public var bytes: [UInt8]
  /// What the first byte belongs to.
  public var linkType: LinkType
  /// When, in nanoseconds since 1970 (UTC).
  public var nanoseconds: UInt64
  /// How long the frame was on the wire, in bytes: more than `bytes` when the capture cut it.
  public var originalLength: Int
  /// Comments on the packet; only pcapng has them.
  public var comments: [String]

  /// A frame, whole unless another length is given.
  public init(
    _ bytes: [UInt8], linkType: LinkType = .ethernet, nanoseconds: UInt64 = 0, originalLength: Int? = nil,
    comments: [String] = []
  ) {
    self.bytes = bytes
    self.linkType = linkType
    self.nanoseconds = nanoseconds
    self.originalLength = originalLength ?? bytes.count
    self.comments = comments
  }

  /// The frame as a packet; raw bytes when the link type isn't known.
  public var packet: Packet {
    if let link = linkType.link { return Packet(dissecting: bytes, from: link) }
    return Packet(Payload(bytes))
  }
}

/// Kinds of link layers, as captures number them (tcpdump.org, link-layer header types).
public struct LinkType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The number.
  public let rawValue: UInt16

  /// From the number.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let ethernet = LinkType(rawValue: 1)
  public static let rawIP = LinkType(rawValue: 101)
  public static let linuxCooked = LinkType(rawValue: 113)
  public static let ipv4 = LinkType(rawValue: 228)
  public static let ipv6 = LinkType(rawValue: 229)
  public static let linuxCooked2 = LinkType(rawValue: 276)

  /// How frames of this type are dissected; `nil` when that isn't known.
  public var link: LinkLayer? {
    switch rawValue {
    case 1: .ethernet
    // 12 and 14 are what BSD systems wrote for raw IP.
    case 12, 14, 101, 228, 229: .rawIP
    case 113: .linuxCooked
    case 276: .linuxCooked2
    default: nil
    }
  }

  /// The name, or the number of one that isn't known.
  public var description: String { link?.rawValue ?? "link type \(rawValue)" }
}

extension Packet {
  /// A packet of one part.
  public init(_ part: some PacketPart) { self = part.packet }
}

/// Formats of capture files.
public enum CaptureFormat: String, Hashable, Sendable, CaseIterable {
  /// The old one: one link type, no comments (draft-ietf-opsawg-pcap).
  case pcap
  /// The new one (draft-ietf-opsawg-pcapng).
  case pcapng
}

/// A capture that can't be read or written.
public struct CaptureError: Error, Hashable, CustomStringConvertible, Sendable {
  /// The file, if there is one.
  public var path: String?
  /// What is wrong, and what to do.
  public var message: String

  /// The file and what is wrong.
  public var description: String { path.map { "\($0): \(message)" } ?? message }
}
