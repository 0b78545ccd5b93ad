#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Packets from wherever a command's argument says, one by one, in memory that doesn't grow with a file.
public final class PacketSource {
  private enum Kind {
    case one(InputPacket?)
    case capture(CaptureReader)
    case text(TextPackets)
  }

  /// The file, `standard input`, or `nil` when the argument is a packet itself.
  public let name: String?
  private var kind: Kind

  /// True for an argument that is a packet itself.
  public var isOne: Bool { name == nil }

  /// Reads an argument: `-` is standard input, then come the name of a file, an expression and hexadecimal digits.
  ///
  /// A file is a capture, or a text with a packet on each line. `link` says what bytes in hexadecimal begin with; without
  /// it that is guessed.
  public init(_ argument: String, link: LinkLayer? = nil) throws {
    if argument == "-" {
      name = "standard input"
      kind = try Self.open(CaptureInput(descriptor: STDIN_FILENO), name: "standard input", link)
    } else if access(argument, F_OK) == 0 {
      name = argument
      kind = try Self.open(CaptureInput(path: argument), name: argument, link)
    } else if TextPackets.isExpression(argument) {
      name = nil
      kind = .one(try InputPacket(expression: argument, number: 1, place: nil))
    } else if HexText.isLikely(argument.utf8) {
      name = nil
      kind = .one(InputPacket(bytes: try HexText.parse(argument.utf8), link: link, number: 1, place: nil))
    } else {
      throw PacketInputError("\(argument): no such file; nor is it hexadecimal digits or an expression like IP()/UDP()")
    }
  }

  /// Reads an expression, or with `-` one from each line of standard input.
  public init(expression: String) throws {
    if expression == "-" {
      name = "standard input"
      let input = CaptureInput(descriptor: STDIN_FILENO)
      kind = .text(TextPackets(input, name: "standard input", link: nil, onlyExpressions: true))
    } else {
      name = nil
      kind = .one(try InputPacket(expression: expression, number: 1, place: nil))
    }
  }

  private static func open(_ input: CaptureInput, name: String, _ link: LinkLayer?) throws -> Kind {
    do throws(CaptureError) {
      let available = try input.fill(4)
      let head = Array(input.bytes(0..<available))
      // What no text begins with is a capture, or meant to be one.
      let isText = head.allSatisfy { $0 >= 0x20 || (9...13).contains($0) } && !CaptureReader.isMagic(head)
      if isText { return .text(TextPackets(input, name: name, link: link, onlyExpressions: false)) }
      return .capture(try CaptureReader(input, path: name))
    } catch {
      throw PacketInputError(error.message, at: name)
    }
  }

  /// Where and why a capture broke off; known after the last packet.
  public var brokenOff: PacketInputError? {
    guard case .capture(let reader) = kind else { return nil }
    return reader.brokenOff.map { PacketInputError($0, at: name) }
  }

  /// What to say when there is no packet of a number.
  public func missing(_ number: Int) -> PacketInputError {
    if let brokenOff { return brokenOff }
    return PacketInputError("has no frame \(number)", at: name ?? "the packet")
  }

  /// The next packet, or `nil` after the last; then `brokenOff` says whether there should have been more. Throws when there is
  /// something that isn't one.
  public func next() throws -> InputPacket? {
    do {
      switch kind {
      case .one(let packet):
        kind = .one(nil)
        return packet
      case .capture(let reader):
        guard let frame = try reader.next() else { return nil }
        return InputPacket(
          frame, of: reader.format, number: reader.count, place: name.map { "\($0), frame \(reader.count)" })
      case .text(var packets):
        defer { kind = .text(packets) }
        return try packets.next()
      }
    } catch let error as CaptureError {
      throw PacketInputError(error.message, at: name)
    }
  }
}

extension CaptureReader {
  /// Says whether a file that begins so is a capture, of either byte order.
  static func isMagic(_ head: [UInt8]) -> Bool {
    let known: [[UInt8]] = [
      [0xa1, 0xb2, 0xc3, 0xd4], [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d], [0x4d, 0x3c, 0xb2, 0xa1],
      [0x0a, 0x0d, 0x0d, 0x0a],
    ]
    return known.contains(head)
  }
}
