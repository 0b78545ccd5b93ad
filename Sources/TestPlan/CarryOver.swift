/// What a step takes over from the last run of a program before it in the same test, filled in by the executor.
public struct CarryOver: Hashable, Sendable {
  /// The packet that came out; `nil` where the step has its own in `Step.data`, or none.
  public var packet: CarriedPacket?
  /// The context that came out, but for these bits, which are as `Step.context` has them; `nil` takes over nothing.
  public var contextMask: Bytes?
  /// Where the value goes that the program returned.
  public var returns: [ReturnPlace]

  public init(packet: CarriedPacket? = nil, contextMask: Bytes? = nil, returns: [ReturnPlace] = []) {
    self.packet = packet
    self.contextMask = contextMask
    self.returns = returns
  }

  /// Whether nothing is taken over.
  public var isEmpty: Bool { packet == nil && contextMask == nil && returns.isEmpty }
}

/// The packet that an earlier run left, changed.
public struct CarriedPacket: Hashable, Sendable {
  /// Bytes in front of it.
  public var prefix: Bytes
  /// Written over it, at offsets from its own beginning.
  public var changes: [PacketChange]

  public init(prefix: Bytes = Bytes([]), changes: [PacketChange] = []) {
    self.prefix = prefix
    self.changes = changes
  }
}

/// Bytes to write over a packet.
public struct PacketChange: Hashable, Sendable {
  /// Bytes from the packet's beginning, its Ethernet header.
  public var offset: Int
  public var bytes: Bytes

  public init(offset: Int, bytes: Bytes) {
    self.offset = offset
    self.bytes = bytes
  }
}

/// A byte of what a step writes that is one of the value that the last program returned.
public struct ReturnPlace: Hashable, Sendable {
  /// What it is a byte of.
  public enum Holder: Hashable, Sendable {
    /// `Step.globals`, by their number.
    case global(Int)
    /// The value of an entry of `Step.maps`, by their numbers.
    case mapValue(write: Int, entry: Int)
    /// `Step.context`.
    case context
    /// `CarriedPacket.prefix`.
    case prefix
  }

  public var holder: Holder
  /// Bytes from the holder's beginning.
  public var offset: Int
  /// Which byte of the value, 0 being the lowest of four.
  public var byte: UInt8

  public init(holder: Holder, offset: Int, byte: UInt8) {
    self.holder = holder
    self.offset = offset
    self.byte = byte
  }
}
