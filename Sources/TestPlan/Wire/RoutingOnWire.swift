// Routes, neighbours and settings on the wire. See `WireValue`.

extension Route: WireValue {
  init(from wire: inout WireReader) {
    kind = wire.read()
    destination = wire.read()
    gateway = wire.read()
    device = wire.read()
    source = wire.read()
    metric = wire.read()
    mtu = wire.read()
    table = wire.read()
    namespace = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(kind)
    wire.write(destination)
    wire.write(gateway)
    wire.write(device)
    wire.write(source)
    wire.write(metric)
    wire.write(mtu)
    wire.write(table)
    wire.write(namespace)
  }
}

extension Route.Kind: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .unicast
    case 1: self = .blackhole
    case 2: self = .unreachable
    case 3: self = .prohibit
    default:
      self = .unicast
      wire.refuseTag(of: "Route.Kind")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .unicast: wire.byte(0)
    case .blackhole: wire.byte(1)
    case .unreachable: wire.byte(2)
    case .prohibit: wire.byte(3)
    }
  }
}

extension Neighbour: WireValue {
  init(from wire: inout WireReader) {
    address = wire.read()
    mac = wire.read()
    device = wire.read()
    namespace = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(address)
    wire.write(mac)
    wire.write(device)
    wire.write(namespace)
  }
}

extension NetworkSetting: WireValue {
  init(from wire: inout WireReader) {
    name = wire.read()
    value = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(name)
    wire.write(value)
  }
}
