// What is done with sockets, on the wire. See `WireValue`.

extension SocketOperation: WireValue {
  init(from wire: inout WireReader) {
    socket = wire.read()
    action = wire.read()
    options = wire.read()
    namespace = wire.read()
    limit = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(socket)
    wire.write(action)
    wire.write(options)
    wire.write(namespace)
    wire.write(limit)
  }
}

extension SocketOperation.Action: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .open(wire.read())
    case 1: self = .listen(wire.read(), address: wire.read())
    case 2: self = .connect(wire.read(), address: wire.read(), from: wire.read())
    case 3: self = .accept(from: wire.read())
    case 4: self = .send(wire.read(), to: wire.read())
    case 5: self = .receive(count: wire.read())
    case 6: self = .setOption(level: wire.read(), option: wire.read(), value: wire.read())
    case 7: self = .getOption(level: wire.read(), option: wire.read(), size: wire.read())
    case 8: self = .shutdown
    case 9: self = .close
    case 10: self = .inject(device: wire.read(), wire.read())
    default:
      self = .close
      wire.refuseTag(of: "SocketOperation.Action")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .open(let kind): wire.write(case: 0, kind)
    case .listen(let kind, let address): wire.write(case: 1, kind, address)
    case .connect(let kind, let address, let from): wire.write(case: 2, kind, address, from)
    case .accept(let from): wire.write(case: 3, from)
    case .send(let bytes, let to): wire.write(case: 4, bytes, to)
    case .receive(let count): wire.write(case: 5, count)
    case .setOption(let level, let option, let value): wire.write(case: 6, level, option, value)
    case .getOption(let level, let option, let size): wire.write(case: 7, level, option, size)
    case .shutdown: wire.byte(8)
    case .close: wire.byte(9)
    case .inject(let device, let frame): wire.write(case: 10, device, frame)
    }
  }
}

extension SocketKind: WireValue {
  init(from wire: inout WireReader) {
    family = wire.read()
    type = wire.read()
    protocolNumber = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(family)
    wire.write(type)
    wire.write(protocolNumber)
  }
}

extension SocketOption: WireValue {
  init(from wire: inout WireReader) {
    level = wire.read()
    option = wire.read()
    value = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(level)
    wire.write(option)
    wire.write(value)
  }
}
