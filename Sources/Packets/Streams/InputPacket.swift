/// A packet as it came in: a frame of a capture, a run of hexadecimal digits or an expression.
public struct InputPacket: Sendable {
  /// The bytes, and for a captured one what the capture says of it.
  public var frame: CaptureFrame
  /// Counted from 1 within its input.
  public var number: Int
  /// The input and the line or frame in it, for messages; `nil` for a packet that is an argument itself.
  public var place: String?
  /// What it came as.
  public var origin: Origin

  /// What a packet came as.
  public enum Origin: Sendable {
    /// A frame of a capture of this format.
    case capture(CaptureFormat)
    /// Bytes; `isGuess` when nobody said what they begin with.
    case bytes(isGuess: Bool)
    /// An expression.
    case expression(Packet)
  }

  /// The layers: as they were written, or as they are found.
  public var packet: Packet {
    if case .expression(let packet) = origin { return packet }
    return frame.packet
  }

  /// What the first byte belongs to; `nil` when that is no link layer (`TCP()`) or an unknown one.
  public var link: LinkLayer? {
    if case .expression(let packet) = origin { return packet.link }
    return frame.linkType.link
  }

  init(bytes: [UInt8], link: LinkLayer?, number: Int, place: String?) {
    frame = CaptureFrame(bytes, linkType: LinkType(link ?? .guess(bytes)))
    (self.number, self.place, origin) = (number, place, .bytes(isGuess: link == nil))
  }

  init(_ frame: CaptureFrame, of format: CaptureFormat, number: Int, place: String?) {
    (self.frame, self.number, self.place, origin) = (frame, number, place, .capture(format))
  }

  init(expression: String, number: Int, place: String?) throws(PacketInputError) {
    do {
      let packet = try Packet(expression: expression)
      frame = CaptureFrame(try packet.build(), linkType: LinkType(packet.link ?? .ethernet))
      origin = .expression(packet)
    } catch {
      throw PacketInputError("\(error)", at: place)
    }
    (self.number, self.place) = (number, place)
  }
}

extension Packet {
  /// What its first byte belongs to; `nil` when it begins with no link layer.
  public var link: LinkLayer? {
    switch slots.first?.id {
    case .ether, .dot3: .ethernet
    case .ip, .ipv6: .rawIP
    case .cookedLinux: .linuxCooked
    case .cookedLinuxV2: .linuxCooked2
    default: nil
    }
  }
}

extension LinkType {
  /// The number of a link layer.
  public init(_ link: LinkLayer) {
    switch link {
    case .ethernet: self = .ethernet
    case .rawIP: self = .rawIP
    case .linuxCooked: self = .linuxCooked
    case .linuxCooked2: self = .linuxCooked2
    }
  }
}

extension LinkLayer {
  /// Ethernet, unless the bytes are a whole IP packet: one whose length is theirs, in IPv4 with a checksum that is right or
  /// left out (zero).
  static func guess(_ bytes: [UInt8]) -> LinkLayer {
    func u16(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
    guard bytes.count >= 20 else { return .ethernet }
    switch bytes[0] >> 4 {
    case 4:
      let header = Int(bytes[0] & 15) * 4
      guard header >= 20, header <= bytes.count, u16(2) == bytes.count else { return .ethernet }
      let sum = bytes[..<header].withUnsafeBufferPointer { Checksum.finish(Checksum.sum($0)) }
      return sum == 0 || u16(10) == 0 ? .rawIP : .ethernet
    case 6: return bytes.count >= 40 && u16(4) + 40 == bytes.count ? .rawIP : .ethernet
    default: return .ethernet
    }
  }
}
