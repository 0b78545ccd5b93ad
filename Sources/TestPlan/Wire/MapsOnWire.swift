// What is written to maps, looked up there and found there, on the wire. See `WireValue`.

extension MapWrite: WireValue {
  init(from wire: inout WireReader) {
    map = wire.read()
    entries = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(map)
    wire.write(entries)
  }
}

extension InnerDefinition: WireValue {
  init(from wire: inout WireReader) {
    outer = wire.read()
    type = wire.read()
    keySize = wire.read()
    valueSize = wire.read()
    maxEntries = wire.read()
    flags = wire.read()
    like = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(outer)
    wire.write(type)
    wire.write(keySize)
    wire.write(valueSize)
    wire.write(maxEntries)
    wire.write(flags)
    wire.write(like)
  }
}

extension MapLookup: WireValue {
  init(from wire: inout WireReader) {
    map = wire.read()
    entries = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(map)
    wire.write(entries)
  }
}

extension MapEntry: WireValue {
  init(from wire: inout WireReader) {
    key = wire.read()
    value = wire.read()
    references = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(key)
    wire.write(value)
    wire.write(references)
  }
}

extension MapValue: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .bytes(wire.read())
    case 1: self = .perCPU(wire.read())
    case 2: self = .program(wire.read())
    case 3: self = .map(wire.read())
    case 4:
      if wire.descend() {
        self = .contents(wire.read())
        wire.ascend()
      } else {
        self = .bytes(Bytes())
      }
    case 5: self = .deleted
    default:
      self = .bytes(Bytes())
      wire.refuseTag(of: "MapValue")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .bytes(let bytes): wire.write(case: 0, bytes)
    case .perCPU(let values): wire.write(case: 1, values)
    case .program(let name): wire.write(case: 2, name)
    case .map(let name): wire.write(case: 3, name)
    case .contents(let inner): wire.write(case: 4, inner)
    case .deleted: wire.byte(5)
    }
  }
}

extension InnerMap: WireValue {
  init(from wire: inout WireReader) {
    entries = wire.read()
    maxEntries = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(entries)
    wire.write(maxEntries)
  }
}

extension MapReference: WireValue {
  init(from wire: inout WireReader) {
    isKey = wire.read()
    offset = wire.read()
    target = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(isKey)
    wire.write(offset)
    wire.write(target)
  }
}

extension MapReference.Target: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .program(wire.read())
    case 1: self = .interface(wire.read())
    case 2: self = .cgroup(wire.read())
    case 3: self = .file(wire.read())
    case 4: self = .socket(wire.read())
    case 5: self = .task
    case 6: self = .trigger
    default:
      self = .task
      wire.refuseTag(of: "MapReference.Target")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .program(let name): wire.write(case: 0, name)
    case .interface(let name): wire.write(case: 1, name)
    case .cgroup(let path): wire.write(case: 2, path)
    case .file(let path): wire.write(case: 3, path)
    case .socket(let name): wire.write(case: 4, name)
    case .task: wire.byte(5)
    case .trigger: wire.byte(6)
    }
  }
}

extension MapObservation: WireValue {
  init(from wire: inout WireReader) {
    map = wire.read()
    entries = wire.read()
    frames = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(map)
    wire.write(entries)
    wire.write(frames)
  }
}

extension SectionObservation: WireValue {
  init(from wire: inout WireReader) {
    section = wire.read()
    bytes = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(section)
    wire.write(bytes)
  }
}
