extension HostMessage {
  /// The payload of this message's frame.
  public var payload: [UInt8] { WireWriter.payload(of: self) }

  /// Reads a message.
  public init(payload: [UInt8]) throws(WireFault) { self = try WireReader.read(HostMessage.self, from: payload) }
}

extension GuestMessage {
  /// The payload of this message's frame.
  public var payload: [UInt8] { WireWriter.payload(of: self) }

  /// Reads a message.
  public init(payload: [UInt8]) throws(WireFault) { self = try WireReader.read(GuestMessage.self, from: payload) }
}

extension HostMessage: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .object(id: wire.read(), bytes: wire.read(), relocationBTF: wire.read())
    case 1: self = .run(number: wire.read(), plan: wire.read())
    case 2: self = .hello
    default:
      self = .hello
      wire.refuseTag(of: "HostMessage")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .object(let id, let bytes, let relocationBTF): wire.write(case: 0, id, bytes, relocationBTF)
    case .run(let number, let plan): wire.write(case: 1, number, plan)
    case .hello: wire.byte(2)
    }
  }
}

extension GuestMessage: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .ready(wire.read())
    case 1: self = .observed(number: wire.read(), observations: wire.read())
    case 2: self = .failed(reason: wire.read())
    default:
      self = .failed(reason: "")
      wire.refuseTag(of: "GuestMessage")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .ready(let facts): wire.write(case: 0, facts)
    case .observed(let number, let observations): wire.write(case: 1, number, observations)
    case .failed(let reason): wire.write(case: 2, reason)
    }
  }
}

extension GuestFacts: WireValue {
  init(from wire: inout WireReader) {
    release = wire.read()
    machine = wire.read()
    libbpf = wire.read()
    possibleCPUs = wire.read()
    hasFetchingAtomics = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(release)
    wire.write(machine)
    wire.write(libbpf)
    wire.write(possibleCPUs)
    wire.write(hasFetchingAtomics)
  }
}
