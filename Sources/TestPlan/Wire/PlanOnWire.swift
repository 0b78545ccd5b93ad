// A plan's fields on the wire, in order, and what it is made of but its steps. See `WireValue`.

extension TestPlan: WireValue {
  init(from wire: inout WireReader) {
    object = wire.read()
    programs = wire.read()
    initialPrograms = wire.read()
    companions = wire.read()
    programTypes = wire.read()
    attachTypes = wire.read()
    mapSizes = wire.read()
    keySizes = wire.read()
    valueSizes = wire.read()
    kconfig = wire.read()
    innerSizes = wire.read()
    innerMaps = wire.read()
    globals = wire.read()
    maps = wire.read()
    requirements = wire.read()
    steps = wire.readRun()
    wantsVerifierLog = wire.read()
    wantsWholeLog = wire.read()
    files = wire.read()
    attachments = wire.read()
    processGlobals = wire.read()
    jit = wire.read()
    loadsAnew = wire.read()
    environment = wire.read()
    printk = wire.read()
    replacements = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(object)
    wire.write(programs)
    wire.write(initialPrograms)
    wire.write(companions)
    wire.write(programTypes)
    wire.write(attachTypes)
    wire.write(mapSizes)
    wire.write(keySizes)
    wire.write(valueSizes)
    wire.write(kconfig)
    wire.write(innerSizes)
    wire.write(innerMaps)
    wire.write(globals)
    wire.write(maps)
    wire.write(requirements)
    wire.write(run: steps)
    wire.write(wantsVerifierLog)
    wire.write(wantsWholeLog)
    wire.write(files)
    wire.write(attachments)
    wire.write(processGlobals)
    wire.write(jit)
    wire.write(loadsAnew)
    wire.write(environment)
    wire.write(printk)
    wire.write(replacements)
  }
}

extension ObjectID: WireValue {
  init(from wire: inout WireReader) { self.init(rawValue: wire.read()) }
  func write(to wire: inout WireWriter) { wire.write(rawValue) }
}

extension FileWrite: WireValue {
  init(from wire: inout WireReader) {
    path = wire.read()
    bytes = wire.read()
    mode = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(path)
    wire.write(bytes)
    wire.write(mode)
  }
}

extension GlobalWrite: WireValue {
  init(from wire: inout WireReader) {
    section = wire.read()
    offset = wire.read()
    bytes = wire.read()
    mask = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(section)
    wire.write(offset)
    wire.write(bytes)
    wire.write(mask)
  }
}

extension GlobalPlace: WireValue {
  init(from wire: inout WireReader) {
    section = wire.read()
    offset = wire.read()
    size = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(section)
    wire.write(offset)
    wire.write(size)
  }
}

extension Requirement: WireValue {
  init(from wire: inout WireReader) {
    switch wire.byte() {
    case 0: self = .helper(name: wire.read(), id: wire.read(), programType: wire.read())
    case 1: self = .kfunc(wire.read())
    case 2: self = .programType(name: wire.read(), id: wire.read())
    case 3: self = .mapType(name: wire.read(), id: wire.read())
    case 4: self = .btf(wire.read())
    case 5: self = .attach(wire.read())
    case 6: self = .testRun(wire.read())
    case 7: self = .interpreter
    case 8: self = .device(wire.read())
    case 9: self = .processors(wire.read())
    default:
      self = .interpreter
      wire.refuseTag(of: "Requirement")
    }
  }

  func write(to wire: inout WireWriter) {
    switch self {
    case .helper(let name, let id, let programType): wire.write(case: 0, name, id, programType)
    case .kfunc(let name): wire.write(case: 1, name)
    case .programType(let name, let id): wire.write(case: 2, name, id)
    case .mapType(let name, let id): wire.write(case: 3, name, id)
    case .btf(let name): wire.write(case: 4, name)
    case .attach(let kind): wire.write(case: 5, kind)
    case .testRun(let name): wire.write(case: 6, name)
    case .interpreter: wire.byte(7)
    case .device(let kind): wire.write(case: 8, kind)
    case .processors(let count): wire.write(case: 9, count)
    }
  }
}
