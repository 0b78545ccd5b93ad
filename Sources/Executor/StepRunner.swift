import BPF
import Glibc
import TestPlan

/// Runs the steps of one plan against its loaded object.
struct StepRunner {
  // Looked up once: a plan may have ten thousand steps.
  private let programs: [String: BPFProgram]
  let maps: [String: BPFMap]
  let sections: [String: BPFMap]

  init(object: BPFObject) {
    self.programs = Dictionary(object.programs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let all = object.maps
    self.maps = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.sections = Dictionary(
      all.compactMap { map in map.sectionName.map { ($0, map) } }, uniquingKeysWith: { first, _ in first })
  }

  func write(maps writes: [MapWrite]) throws(BPFError) {
    for write in writes {
      let map = try found(maps[write.map], "map", write.map)
      for entry in write.entries {
        switch entry.value {
        case .bytes(let value): try map.update(key: entry.key.array, values: [value.array])
        case .perCPU(let values): try map.update(key: entry.key.array, values: values.map(\.array))
        case .program(let name):
          let program = try found(programs[name], "program", name)
          try map.update(key: entry.key.array, descriptor: try loaded(program.descriptor, "program", name))
        case .map(let name):
          let inner = try found(maps[name], "map", name)
          try map.update(key: entry.key.array, descriptor: try loaded(inner.descriptor, "map", name))
        }
      }
    }
  }

  func write(globals: [GlobalWrite]) throws(BPFError) {
    for write in globals {
      try found(sections[write.section], "section of globals", write.section)
        .writeGlobals(write.bytes.array, at: write.offset)
    }
  }

  func found<T>(_ value: T?, _ what: String, _ name: String) throws(BPFError) -> T {
    guard let value else {
      throw BPFError(.unknownName, operation: "the object has no \(what) `\(name)`")
    }
    return value
  }

  private func loaded(_ descriptor: Int32?, _ what: String, _ name: String) throws(BPFError) -> Int32 {
    guard let descriptor else {
      throw BPFError(.badArgument, operation: "\(what) `\(name)` is not among those that the test loads")
    }
    return descriptor
  }

  func run(
    _ step: Step, _ scene: TestScene, events: EventReaders, processGlobals: [GlobalPlace]? = nil
  ) -> StepObservation {
    var observation = StepObservation()
    do {
      try write(maps: step.maps)
      try write(globals: step.globals)
    } catch {
      observation.refusal = error.refusal(at: .setup)
      return observation
    }
    if let program = step.program {
      do {
        try testRun(program, step, &observation)
      } catch {
        observation.refusal = error.refusal(at: .run)
        observation.refusal?.program = program
        return observation
      }
    }
    if step.triggers != nil || step.waits != nil {
      do {
        try trigger(step, scene, processGlobals ?? [], &observation)
      } catch {
        observation.refusal = error.refusal(at: .trigger)
        return observation
      }
    }
    do {
      if let reads = step.events { try events.read(reads, &observation) }
      try read(step, &observation)
    } catch {
      observation.refusal = error.refusal(at: .read)
    }
    return observation
  }

  private func testRun(_ name: String, _ step: Step, _ observation: inout StepObservation) throws(BPFError) {
    let program = try found(programs[name], "program", name)
    var options = TestRunOptions()
    options.data = step.data?.array
    options.context = step.context?.array
    options.dataOutCapacity = step.data.map { $0.count + step.dataHeadroomOut } ?? 0
    options.contextOutCapacity = step.contextSizeOut
    options.repetitions = step.repetitions
    options.flags = step.flags
    options.cpu = step.cpu
    options.batchSize = step.batchSize
    let result = try program.testRun(options)
    observation.interruptions = result.interruptions
    guard result.errno == 0 || result.errno == ENOSPC else {
      throw BPFError(.kernel, errno: result.errno, operation: "test run of program `\(name)`")
    }
    observation.returnValue = result.returnValue
    observation.nanoseconds = result.nanoseconds
    if options.dataOutCapacity > 0 { observation.data = Bytes(result.data) }
    if result.dataLength > result.data.count, options.dataOutCapacity > 0 {
      observation.truncatedFrom = UInt32(clamping: result.dataLength)
    }
    if options.contextOutCapacity > 0 { observation.context = Bytes(result.context) }
  }

  private func read(_ step: Step, _ observation: inout StepObservation) throws(BPFError) {
    for name in step.readMaps {
      let map = try found(maps[name], "map", name)
      var entries: [MapEntry] = []
      for key in try map.keys() {
        // Gone in between, as from an LRU map, or an empty slot of a prog array.
        guard let values = try map.lookup(key: key) else { continue }
        entries.append(
          MapEntry(
            key: Bytes(key),
            value: map.type.isPerCPU ? .perCPU(values.map { Bytes($0) }) : .bytes(Bytes(values.first ?? []))))
      }
      observation.maps.append(MapObservation(map: name, entries: entries))
    }
    for name in step.readSections {
      let section = try found(sections[name], "section of globals", name)
      observation.sections.append(SectionObservation(section: name, bytes: Bytes(try section.globals())))
    }
  }
}
