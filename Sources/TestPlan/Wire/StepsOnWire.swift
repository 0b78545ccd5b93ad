// A step's fields on the wire, in order, and what it is made of. See `WireRun` and `WireValue`.

extension Step: WireRun {
  init(alikeFrom wire: inout WireReader) {
    program = wire.read()
    globals = wire.read()
    maps = wire.read()
    contextState = wire.read()
    contextSizeOut = wire.read()
    repetitions = wire.read()
    flags = wire.read()
    cpu = wire.read()
    batchSize = wire.read()
    readMaps = wire.read()
    readSections = wire.read()
    events = wire.read()
    triggers = wire.read()
    triggerLimit = wire.read()
    processGlobals = wire.read()
    waits = wire.read()
    timing = wire.read()
    lookups = wire.read()
    carryOver = wire.read()
    triggersFirst = wire.read()
    mayBeRefused = wire.read()
    mayRefuseWrites = wire.read()
  }

  func writeAlike(to wire: inout WireWriter) {
    wire.write(program)
    wire.write(globals)
    wire.write(maps)
    wire.write(contextState)
    wire.write(contextSizeOut)
    wire.write(repetitions)
    wire.write(flags)
    wire.write(cpu)
    wire.write(batchSize)
    wire.write(readMaps)
    wire.write(readSections)
    wire.write(events)
    wire.write(triggers)
    wire.write(triggerLimit)
    wire.write(processGlobals)
    wire.write(waits)
    wire.write(timing)
    wire.write(lookups)
    wire.write(carryOver)
    wire.write(triggersFirst)
    wire.write(mayBeRefused)
    wire.write(mayRefuseWrites)
  }

  mutating func readDifference(from wire: inout WireReader) {
    data = wire.read()
    context = wire.read()
  }

  func writeDifference(to wire: inout WireWriter) {
    wire.write(data)
    wire.write(context)
  }
}

extension TimingRequest: WireValue {
  init(from wire: inout WireReader) {
    batches = wire.read()
    runsPerBatch = wire.read()
    jit = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(batches)
    wire.write(runsPerBatch)
    wire.write(jit)
  }
}

extension EventRead: WireValue {
  init(from wire: inout WireReader) {
    map = wire.read()
    count = wire.read()
    limit = wire.read()
    quiet = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(map)
    wire.write(count)
    wire.write(limit)
    wire.write(quiet)
  }
}

extension Wait: WireValue {
  init(from wire: inout WireReader) {
    place = wire.read()
    isSigned = wire.read()
    isBigEndian = wire.read()
    comparison = wire.read()
    bound = wire.read()
    seconds = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(place)
    wire.write(isSigned)
    wire.write(isBigEndian)
    wire.write(comparison)
    wire.write(bound)
    wire.write(seconds)
  }
}

extension Wait.Place: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .global(wire.read())
    case 1: self = .map(name: wire.read(), key: wire.read(), offset: wire.read(), size: wire.read())
    default:
      self = .global(GlobalPlace(section: "", offset: 0, size: 0))
      wire.refuseTag(of: "Wait.Place")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .global(let place): wire.write(case: 0, place)
    case .map(let name, let key, let offset, let size): wire.write(case: 1, name, key, offset, size)
    }
  }
}

extension Wait.Comparison: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .equal
    case 1: self = .different
    case 2: self = .atLeast
    case 3: self = .atMost
    default:
      self = .equal
      wire.refuseTag(of: "Wait.Comparison")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .equal: wire.byte(0)
    case .different: wire.byte(1)
    case .atLeast: wire.byte(2)
    case .atMost: wire.byte(3)
    }
  }
}

extension Trigger: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .exec(arguments: wire.read(), standardInput: wire.read())
    case 1: self = .open(path: wire.read(), flags: wire.read(), mode: wire.read())
    case 2: self = .read(path: wire.read())
    case 3: self = .write(path: wire.read(), bytes: wire.read(), creates: wire.read())
    case 4: self = .kill(signal: wire.read())
    case 5: self = .sleep(seconds: wire.read())
    case 6: self = .call(name: wire.read(), arguments: wire.read())
    case 7: self = .iterate(program: wire.read())
    case 8: self = .socket(wire.read())
    default:
      self = .read(path: "")
      wire.refuseTag(of: "Trigger")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .exec(let arguments, let standardInput): wire.write(case: 0, arguments, standardInput)
    case .open(let path, let flags, let mode): wire.write(case: 1, path, flags, mode)
    case .read(let path): wire.write(case: 2, path)
    case .write(let path, let bytes, let creates): wire.write(case: 3, path, bytes, creates)
    case .kill(let signal): wire.write(case: 4, signal)
    case .sleep(let seconds): wire.write(case: 5, seconds)
    case .call(let name, let arguments): wire.write(case: 6, name, arguments)
    case .iterate(let program): wire.write(case: 7, program)
    case .socket(let operation): wire.write(case: 8, operation)
    }
  }
}

extension CallArgument: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .number(wire.read())
    case 1: self = .text(wire.read())
    case 2: self = .bytes(wire.read())
    default:
      self = .number(0)
      wire.refuseTag(of: "CallArgument")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .number(let number): wire.write(case: 0, number)
    case .text(let text): wire.write(case: 1, text)
    case .bytes(let bytes): wire.write(case: 2, bytes)
    }
  }
}
