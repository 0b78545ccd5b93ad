import BPF
import Glibc
import TestPlan

/// Runs the steps of one plan against its loaded object.
struct StepRunner {
  // Looked up once: a plan may have ten thousand steps.
  let programs: [String: BPFProgram]
  let maps: [String: BPFMap]
  let sections: [String: BPFMap]

  init(object: BPFObject, replacing: ReplacingPrograms?) {
    self.programs = Dictionary(
      object.programs.map { ($0.name, replacing?.program($0.name) ?? $0) }, uniquingKeysWith: { first, _ in first })
    let all = object.maps
    self.maps = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.sections = Dictionary(
      all.compactMap { map in map.sectionName.map { ($0, map) } }, uniquingKeysWith: { first, _ in first })
  }

  func write(globals: [GlobalWrite]) throws(BPFError) {
    for write in globals {
      let section = try found(sections[write.section], "section of globals", write.section)
      try section.writeGlobals(try bytes(of: write, in: section), at: write.offset)
    }
  }

  /// What is written, with the bits that aren't meant as they are now.
  private func bytes(of write: GlobalWrite, in section: BPFMap) throws(BPFError) -> [UInt8] {
    var bytes = write.bytes.array
    guard let mask = write.mask?.array else { return bytes }
    let now = try section.globals()
    for (index, bits) in mask.enumerated()
    where bytes.indices.contains(index) && now.indices.contains(write.offset &+ index) {
      bytes[index] = bytes[index] & bits | now[write.offset &+ index] & ~bits
    }
    return bytes
  }

  func found<T>(_ value: T?, _ what: String, _ name: String) throws(BPFError) -> T {
    guard let value else {
      throw BPFError(.unknownName, operation: "the object has no \(what) `\(name)`")
    }
    return value
  }

  func loaded(_ descriptor: Int32?, _ what: String, _ name: String) throws(BPFError) -> Int32 {
    guard let descriptor else {
      throw BPFError(.badArgument, operation: "\(what) `\(name)` is not among those that the test loads")
    }
    return descriptor
  }

  func run(
    _ planned: Step, _ scene: TestScene, events: EventReaders, processGlobals: [GlobalPlace]? = nil
  ) -> StepObservation {
    var observation = StepObservation()
    var step = planned
    do throws(BPFError) {
      if let carryOver = planned.carryOver {
        step = try planned.taking(
          carryOver, from: scene.previousRun, type: planned.program.flatMap { programs[$0]?.type })
        observation.sent = step.data
        observation.sentContext = step.context
      }
    } catch {
      observation.refusal = error.refusal(at: .setup)
      return observation
    }
    do throws(BPFError) {
      try write(maps: step.maps, in: scene)
    } catch {
      let refusal = error.refusal(at: .setup)
      guard step.mayRefuseWrites else {
        observation.refusal = refusal
        return observation
      }
      observation.refusedWrite = refusal
    }
    do {
      try write(globals: step.globals)
    } catch {
      observation.refusal = error.refusal(at: .setup)
      return observation
    }
    if step.triggersFirst {
      do {
        try trigger(step, scene, processGlobals ?? [], &observation)
      } catch {
        observation.refusal = error.refusal(at: .trigger)
        return observation
      }
    }
    if let program = step.program {
      scene.previousRun = nil
      do {
        try testRun(program, step, &observation)
        scene.previousRun = PreviousRun(of: step, observation, type: programs[program]?.type)
      } catch {
        observation.refusal = error.refusal(at: .run)
        observation.refusal?.program = program
        if !step.mayBeRefused { return observation }
      }
    }
    do {
      if !step.triggersFirst { try trigger(step, scene, processGlobals ?? [], &observation) }
      try wait(step, &observation)
    } catch {
      observation.refusal = error.refusal(at: .trigger)
      return observation
    }
    do {
      if let reads = step.events { try events.read(reads, &observation) }
      try read(step, in: scene, &observation)
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
    options.state = step.contextState?.array
    // Live frames go on into the network and don't come back.
    let isLive = step.flags & TestRunFlags.xdpLiveFrames.rawValue != 0
    options.dataOutCapacity = isLive ? 0 : step.data.map { TestRunOptions.room(for: $0.count) } ?? 0
    options.contextOutCapacity = step.contextSizeOut
    options.repetitions = step.repetitions
    options.flags = step.flags
    options.cpu = step.cpu
    options.batchSize = step.batchSize
    if let timing = try time(step, program, options) {
      observation.timing = timing
      return
    }
    if program.type == .xdp { options.askForXDPContext() }
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
    if options.contextOutCapacity > 0 || options.state != nil || program.type == .syscall {
      observation.context = Bytes(result.context + result.state)
    }
  }

  private func read(_ step: Step, in scene: TestScene, _ observation: inout StepObservation) throws(BPFError) {
    for name in step.readMaps { observation.maps.append(try read(try found(maps[name], "map", name))) }
    for lookup in step.lookups ?? [] { observation.maps.append(try self.lookup(lookup, in: scene)) }
    for name in step.readSections {
      let section = try found(sections[name], "section of globals", name)
      observation.sections.append(SectionObservation(section: name, bytes: Bytes(try section.globals())))
    }
  }
}
