import BPF
import TestPlan

extension StepRunner {
  /// Does a step's triggers one after the other.
  func trigger(
    _ step: Step, _ scene: TestScene, _ processGlobals: [GlobalPlace], _ observation: inout StepObservation
  ) throws(BPFError) {
    let triggers = step.triggers ?? []
    if !triggers.isEmpty {
      let number = try scene.prepare(triggers)
      observation.process = number
      let places = processGlobals.filter { !PlanExecutor.isReadOnly($0.section) } + (step.processGlobals ?? [])
      try write(globals: places.map { $0.write(number) })
      let limit = TimeLimit(seconds: step.triggerLimit ?? Step.usualLimit)
      var results: [TriggerObservation] = []
      for trigger in triggers {
        guard let result = try scene.run(trigger, seconds: limit.seconds) else {
          observation.triggers = results
          throw BPFError(
            .badArgument,
            operation: "trigger `\(trigger.name)` was not done within \(step.triggerLimit ?? Step.usualLimit) s")
        }
        results.append(result)
      }
      observation.triggers = results
    }
  }

  /// Waits for what a step is to wait for.
  func wait(_ step: Step, _ observation: inout StepObservation) throws(BPFError) {
    guard let waits = step.waits else { return }
    let waiter = Waiter(number: { wait throws(BPFError) in try number(of: wait) })
    var results: [WaitObservation] = []
    for wait in waits {
      let result = try waiter.run(wait)
      results.append(result)
      // The others would be waited for in vain.
      if !result.isMet { break }
    }
    observation.waits = results
  }

  private func number(of wait: Wait) throws(BPFError) -> Int64 {
    switch wait.place {
    case .global(let place):
      let bytes = try found(sections[place.section], "section of globals", place.section).globals()
      return Waiter.load(bytes, offset: place.offset, size: place.size, of: wait)
    case .map(let name, let key, let offset, let size):
      let values = try found(maps[name], "map", name).lookup(key: key.array) ?? []
      return values.reduce(0) { sum, value in
        sum &+ Waiter.load(value, offset: offset, size: size, of: wait)
      }
    }
  }
}

extension TestScene {
  /// The number of the first triggers' process, for the globals that are told it before load.
  func processNumber(for plan: TestPlan) throws(BPFError) -> [GlobalWrite] {
    guard let places = plan.processGlobals, !places.isEmpty,
      let triggers = plan.steps.first(where: { $0.triggers?.isEmpty == false })?.triggers
    else { return [] }
    let number = try prepare(triggers)
    return places.map { $0.write(number) }
  }
}

extension GlobalPlace {
  func write(_ number: Int32) -> GlobalWrite {
    let bytes = (0..<max(0, min(size, 8))).map { UInt8(truncatingIfNeeded: Int64(number) >> Int64(8 * $0)) }
    return GlobalWrite(section: section, offset: offset, bytes: Bytes(bytes))
  }
}
