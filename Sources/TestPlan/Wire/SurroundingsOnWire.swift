// What a test finds around it, and what its programs are attached to, on the wire. See `WireValue`.

extension Environment: WireValue {
  init(from wire: inout WireReader) {
    network = wire.read()
    devices = wire.read()
    cgroup = wire.read()
    sockets = wire.read()
    settings = wire.read()
    routes = wire.read()
    neighbours = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(network)
    wire.write(devices)
    wire.write(cgroup)
    wire.write(sockets)
    wire.write(settings)
    wire.write(routes)
    wire.write(neighbours)
  }
}

extension NetworkDevice: WireValue {
  init(from wire: inout WireReader) {
    kind = wire.read()
    end = wire.read()
    peer = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(kind)
    wire.write(end)
    wire.write(peer)
  }
}

extension NetworkDevice.Kind: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .veth
    case 1: self = .dummy
    default:
      self = .veth
      wire.refuseTag(of: "NetworkDevice.Kind")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .veth: wire.byte(0)
    case .dummy: wire.byte(1)
    }
  }
}

extension DeviceEnd: WireValue {
  init(from wire: inout WireReader) {
    name = wire.read()
    index = wire.read()
    addresses = wire.read()
    mac = wire.read()
    mtu = wire.read()
    namespace = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(name)
    wire.write(index)
    wire.write(addresses)
    wire.write(mac)
    wire.write(mtu)
    wire.write(namespace)
  }
}

extension InterfaceAddress: WireValue {
  init(from wire: inout WireReader) {
    bytes = wire.read()
    prefixLength = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(bytes)
    wire.write(prefixLength)
  }
}

extension Attachment: WireValue {
  init(from wire: inout WireReader) {
    subject = wire.read()
    target = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(subject)
    wire.write(target)
  }
}

extension Attachment.Subject: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .program(wire.read())
    case 1: self = .map(wire.read())
    default:
      self = .program("")
      wire.refuseTag(of: "Attachment.Subject")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .program(let name): wire.write(case: 0, name)
    case .map(let name): wire.write(case: 1, name)
    }
  }
}

extension Attachment.Target: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .function(name: wire.read(), offset: wire.read())
    case 1: self = .functions(wire.read())
    case 2: self = .userFunction(path: wire.read(), symbol: wire.read(), offset: wire.read())
    case 3: self = .usdt(path: wire.read(), provider: wire.read(), name: wire.read())
    case 4: self = .tracepoint(category: wire.read(), name: wire.read())
    case 5: self = .rawTracepoint(wire.read())
    case 6: self = .cpuClock(frequency: wire.read())
    case 7: self = .cgroup(path: wire.read())
    case 8: self = .networkNamespace
    case 9: self = .xdp(interface: wire.read())
    case 10: self = .tc(interface: wire.read(), egress: wire.read())
    case 11: self = .map(wire.read())
    case 12: self = .socket(wire.read())
    case 13: self = .netfilter(family: wire.read(), hook: wire.read(), priority: wire.read())
    default:
      self = .networkNamespace
      wire.refuseTag(of: "Attachment.Target")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .function(let name, let offset): wire.write(case: 0, name, offset)
    case .functions(let names): wire.write(case: 1, names)
    case .userFunction(let path, let symbol, let offset): wire.write(case: 2, path, symbol, offset)
    case .usdt(let path, let provider, let name): wire.write(case: 3, path, provider, name)
    case .tracepoint(let category, let name): wire.write(case: 4, category, name)
    case .rawTracepoint(let name): wire.write(case: 5, name)
    case .cpuClock(let frequency): wire.write(case: 6, frequency)
    case .cgroup(let path): wire.write(case: 7, path)
    case .networkNamespace: wire.byte(8)
    case .xdp(let interface): wire.write(case: 9, interface)
    case .tc(let interface, let egress): wire.write(case: 10, interface, egress)
    case .map(let name): wire.write(case: 11, name)
    case .socket(let name): wire.write(case: 12, name)
    case .netfilter(let family, let hook, let priority): wire.write(case: 13, family, hook, priority)
    }
  }
}
