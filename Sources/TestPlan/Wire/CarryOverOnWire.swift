// What a step takes over from the one before, on the wire. See `WireValue`.

extension CarryOver: WireValue {
  init(from wire: inout WireReader) {
    packet = wire.read()
    contextMask = wire.read()
    returns = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(packet)
    wire.write(contextMask)
    wire.write(returns)
  }
}

extension CarriedPacket: WireValue {
  init(from wire: inout WireReader) {
    prefix = wire.read()
    changes = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(prefix)
    wire.write(changes)
  }
}

extension PacketChange: WireValue {
  init(from wire: inout WireReader) {
    offset = wire.read()
    bytes = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(offset)
    wire.write(bytes)
  }
}

extension ReturnPlace: WireValue {
  init(from wire: inout WireReader) {
    holder = wire.read()
    offset = wire.read()
    byte = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(holder)
    wire.write(offset)
    wire.write(byte)
  }
}

extension ReturnPlace.Holder: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .global(wire.read())
    case 1: self = .mapValue(write: wire.read(), entry: wire.read())
    case 2: self = .context
    case 3: self = .prefix
    default:
      self = .context
      wire.refuseTag(of: "ReturnPlace.Holder")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .global(let index): wire.write(case: 0, index)
    case .mapValue(let write, let entry): wire.write(case: 1, write, entry)
    case .context: wire.byte(2)
    case .prefix: wire.byte(3)
    }
  }
}
