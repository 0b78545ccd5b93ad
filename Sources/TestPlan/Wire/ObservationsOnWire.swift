// What an executor saw, on the wire, but the contents of maps. See `WireValue` and `WireRun`.

extension Observations: WireValue {
  init(from wire: inout WireReader) {
    load = wire.read()
    programs = wire.read()
    steps = wire.readRun()
    seconds = wire.read()
    kernel = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(load)
    wire.write(programs)
    wire.write(run: steps)
    wire.write(seconds)
    wire.write(kernel)
  }
}

extension KernelObservation: WireValue {
  init(from wire: inout WireReader) {
    self.init(
      began: wire.read(), ended: wire.read(), lines: wire.read(), late: wire.read(), lost: wire.read(),
      taint: wire.read(), thread: wire.read())
  }

  func write(to wire: inout WireWriter) {
    wire.write(began)
    wire.write(ended)
    wire.write(lines)
    wire.write(late)
    wire.write(lost)
    wire.write(taint)
    wire.write(thread)
  }
}

extension KernelLine: WireValue {
  init(from wire: inout WireReader) { self.init(priority: wire.read(), time: wire.read(), text: wire.read()) }

  func write(to wire: inout WireWriter) {
    wire.write(priority)
    wire.write(time)
    wire.write(text)
  }
}

extension LoadOutcome: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .loaded
    case 1: self = .missing(wire.read())
    case 2: self = .refused(wire.read())
    default:
      self = .loaded
      wire.refuseTag(of: "LoadOutcome")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .loaded: wire.byte(0)
    case .missing(let requirements): wire.write(case: 1, requirements)
    case .refused(let refusal): wire.write(case: 2, refusal)
    }
  }
}

extension Refusal: WireValue {
  init(from wire: inout WireReader) {
    stage = wire.read()
    operation = wire.read()
    errno = wire.read()
    program = wire.read()
    map = wire.read()
    verifierLog = wire.read()
    libbpfLog = wire.read()
    gap = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(stage)
    wire.write(operation)
    wire.write(errno)
    wire.write(program)
    wire.write(map)
    wire.write(verifierLog)
    wire.write(libbpfLog)
    wire.write(gap)
  }
}

extension Refusal.Stage: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .open
    case 1: self = .prepare
    case 2: self = .environment
    case 3: self = .load
    case 4: self = .setup
    case 5: self = .attach
    case 6: self = .run
    case 7: self = .trigger
    case 8: self = .read
    default:
      self = .open
      wire.refuseTag(of: "Refusal.Stage")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .open: wire.byte(0)
    case .prepare: wire.byte(1)
    case .environment: wire.byte(2)
    case .load: wire.byte(3)
    case .setup: wire.byte(4)
    case .attach: wire.byte(5)
    case .run: wire.byte(6)
    case .trigger: wire.byte(7)
    case .read: wire.byte(8)
    }
  }
}

extension ProgramObservation: WireValue {
  init(from wire: inout WireReader) {
    name = wire.read()
    type = wire.read()
    verifiedInstructions = wire.read()
    verifierLog = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(name)
    wire.write(type)
    wire.write(verifiedInstructions)
    wire.write(verifierLog)
  }
}

extension StepObservation: WireRun {
  init(alikeFrom wire: inout WireReader) {
    refusal = wire.read()
    truncatedFrom = wire.read()
    interruptions = wire.read()
    maps = wire.read()
    sections = wire.read()
    timing = wire.read()
    events = wire.read()
    triggers = wire.read()
    process = wire.read()
    waits = wire.read()
    printk = wire.read()
    sent = wire.read()
    sentContext = wire.read()
    refusedWrite = wire.read()
    returnValue = 0
    nanoseconds = 0
  }

  func writeAlike(to wire: inout WireWriter) {
    wire.write(refusal)
    wire.write(truncatedFrom)
    wire.write(interruptions)
    wire.write(maps)
    wire.write(sections)
    wire.write(timing)
    wire.write(events)
    wire.write(triggers)
    wire.write(process)
    wire.write(waits)
    wire.write(printk)
    wire.write(sent)
    wire.write(sentContext)
    wire.write(refusedWrite)
  }

  mutating func readDifference(from wire: inout WireReader) {
    returnValue = wire.read()
    nanoseconds = wire.read()
    data = wire.read()
    context = wire.read()
  }

  func writeDifference(to wire: inout WireWriter) {
    wire.write(returnValue)
    wire.write(nanoseconds)
    wire.write(data)
    wire.write(context)
  }
}

extension Timing: WireValue {
  init(from wire: inout WireReader) {
    batches = wire.read()
    overhead = wire.read()
    jited = wire.read()
    interruptions = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(batches)
    wire.write(overhead)
    wire.write(jited)
    wire.write(interruptions)
  }
}

extension EventObservation: WireValue {
  init(from wire: inout WireReader) {
    map = wire.read()
    records = wire.read()
    lost = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(map)
    wire.write(records)
    wire.write(lost)
  }
}

extension TriggerObservation: WireValue {
  init(from wire: inout WireReader) {
    errno = wire.read()
    result = wire.read()
    exitStatus = wire.read()
    signal = wire.read()
    output = wire.read()
    errorOutput = wire.read()
    local = wire.read()
    peer = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(errno)
    wire.write(result)
    wire.write(exitStatus)
    wire.write(signal)
    wire.write(output)
    wire.write(errorOutput)
    wire.write(local)
    wire.write(peer)
  }
}

extension WaitObservation: WireValue {
  init(from wire: inout WireReader) {
    number = wire.read()
    isMet = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(number)
    wire.write(isMet)
  }
}
