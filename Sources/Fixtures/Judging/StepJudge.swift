import BPF
import Results
import TestPlan

/// Compares what came of one step with what was expected of it.
struct StepJudge {
  let release: KernelRelease

  func check(
    _ step: PlannedStep, planned: Step, seen: StepObservation, prefix: String, _ report: (Failure) -> Void
  ) {
    guard seen.process != ProcessNumber.judged else { return compare(step, planned, seen, prefix, report) }
    ProcessNumber.$judged.withValue(seen.process) { compare(step, planned, seen, prefix, report) }
  }

  private func compare(
    _ step: PlannedStep, _ planned: Step, _ seen: StepObservation, _ prefix: String, _ report: (Failure) -> Void
  ) {
    if let error = step.error { check(error, seen.refusedWrite, prefix, report) }
    TriggerJudge(prefix: prefix, release: release).check(step, planned: planned, seen: seen).forEach(report)
    if let returns = step.returns { check(returns, seen.returnValue, prefix, report) }
    if let packet = step.packet {
      PacketJudge(step: step, planned: planned, seen: seen, release: release, prefix: prefix).check(packet, report)
    }
    step.metadata?.check(seen.metadata(step.type), prefix, on: release, report)
    if !step.context.isEmpty {
      let bytes = seen.context?.array ?? []
      for part in step.context {
        part.value.check([bytes], path: "\(prefix)context\(part.label)", on: release, report)
      }
    }
    for part in step.flowKeys {
      part.value.check(
        [seen.data?.array ?? []], path: "\(prefix)flow_keys\(part.label)", on: release, report)
    }
    for map in step.maps {
      guard let contents = seen.maps.first(where: { $0.map == map.name }) else {
        report(
          Failure(path: "\(prefix)maps.\(map.name)", expected: "contents", seen: "nothing was read", line: map.line))
        continue
      }
      MapJudge(map: map.known(process: seen.process), contents: contents.entries, release: release)
        .check(at: "\(prefix)maps.\(map.name)", report)
    }
    for kind in step.kinds {
      let contents = seen.maps.first { $0.map == kind.name } ?? MapObservation(map: kind.name, entries: [])
      MapKindJudge(expected: kind, seen: contents, release: release).check("\(prefix)maps.\(kind.name)", report)
    }
    for (index, events) in step.events.enumerated() {
      guard let expected = events.choice.value(on: release) else { continue }
      let records = seen.events.flatMap { index < $0.count ? $0[index] : nil } ?? EventObservation(map: events.map)
      EventJudge(expected: expected, seen: records, release: release).check("\(prefix)events.\(events.map)", report)
    }
    if let expected = step.printk?.value(on: release) {
      expected.check(seen.printk ?? [], "\(prefix)printk", report)
    }
    for global in step.globals {
      let section = seen.sections.first { $0.section == global.section }
      global.value.check(
        [section?.bytes.array ?? []], path: prefix + global.path, on: release, report)
    }
  }

  private func check(
    _ expected: ExpectedError, _ refusal: Refusal?, _ prefix: String, _ report: (Failure) -> Void
  ) {
    let errno = refusal?.errno ?? 0
    guard let condition = expected.choice.value(on: release),
      !condition.holds(bytes: [], number: Int128(errno), text: Errno.name(errno))
    else { return }
    func words(_ number: Int128) -> String {
      guard let code = Int32(exactly: number), code != 0 else { return "\(number)" }
      return "\(Errno.name(code)) (\(Errno.message(code)))"
    }
    report(
      Failure(
        path: "\(prefix)error", expected: condition.describe(bytes: { "\($0)" }, number: words),
        seen: refusal.map { $0.errno == 0 ? $0.operation : "\(words(Int128($0.errno))): \($0.operation)" }
          ?? "nothing was refused", line: expected.line))
  }

  private func check(_ expected: ExpectedReturn, _ value: UInt32, _ prefix: String, _ report: (Failure) -> Void) {
    let seen = expected.codes.number(value)
    guard let condition = expected.choice.value(on: release),
      !condition.holds(bytes: [], number: seen, text: expected.codes.describe(seen))
    else { return }
    let words = condition.describe(bytes: { "\($0)" }, number: expected.codes.describe)
    report(
      Failure(
        path: "\(prefix)return", expected: words, seen: expected.codes.describe(seen), line: expected.line))
  }
}

/// Compares the contents of one map.
struct MapJudge {
  let map: ExpectedMap
  let contents: [MapEntry]
  let release: KernelRelease

  /// Up to so many keys, looking through the entries is quicker than sorting them into a dictionary first.
  private static let scanLimit = 8

  func check(at path: String, _ report: (Failure) -> Void) {
    let wanted = map.entries.count + map.absent.count
    let index: [Bytes: MapValue]? =
      wanted > Self.scanLimit || map.isExact
      ? Dictionary(contents.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }) : nil
    func find(_ key: [UInt8]) -> MapValue? {
      if let index { return index[Bytes(key)] }
      return contents.first { $0.key.array == key }?.value
    }
    for entry in map.entries {
      guard let value = find(entry.key) else {
        report(
          Failure(path: "\(path)[\(entry.label)]", expected: "an entry", seen: missing(entry.key), line: entry.line))
        continue
      }
      check(entry, values(of: value), "\(path)[\(entry.label)]", report)
    }
    for (key, label, line) in map.absent {
      guard let value = find(key) else { continue }
      if map.type.isArray, values(of: value).allSatisfy({ $0.allSatisfy { $0 == 0 } }) { continue }
      report(Failure(path: "\(path)[\(label)]", expected: "no entry", seen: render(value), line: line))
    }
    if map.isExact { checkNothingElse(path, report) }
  }

  private func values(of value: MapValue) -> [[UInt8]] {
    switch value {
    case .bytes(let bytes): [bytes.array]
    case .perCPU(let values): values.map(\.array)
    case .program, .map, .contents, .deleted: []
    }
  }

  private func check(
    _ entry: ExpectedMap.Entry, _ values: [[UInt8]], _ path: String, _ report: (Failure) -> Void
  ) {
    switch entry.value {
    case .whole(let expected): expected.check(values, path: path, on: release, report)
    case .perCPU(let expected):
      for (cpu, value) in expected.enumerated() {
        guard cpu < values.count else {
          report(
            Failure(
              path: "\(path).per_cpu[\(cpu)]", expected: "a CPU \(cpu)",
              seen: "\(values.count) \(values.count == 1 ? "CPU" : "CPUs") on this machine; "
                + "`cpus: \(expected.count)` in the test gives a micro-VM so many", line: entry.line))
          continue
        }
        value.check([values[cpu]], path: "\(path).per_cpu[\(cpu)]", on: release, report)
      }
    }
  }

  private func checkNothingElse(_ path: String, _ report: (Failure) -> Void) {
    let known = Set(map.entries.map { Bytes($0.key) })
    for entry in contents where !known.contains(entry.key) {
      // An array has all its keys always; those that nothing was written to are zero.
      if map.type.isArray, values(of: entry.value).allSatisfy({ $0.allSatisfy { $0 == 0 } }) { continue }
      report(
        Failure(
          path: "\(path)[\(map.key.render(entry.key.array))]", expected: map.type.isArray ? "zero" : "no entry",
          seen: render(entry.value) + lookalike(of: entry.key.array), line: map.line))
    }
  }

  private func render(_ value: MapValue) -> String {
    let all = values(of: value).map(map.value.render)
    return all.count == 1 ? all[0] : "{per_cpu: [\(all.joined(separator: ", "))]}"
  }

  /// For a key that isn't there: what is.
  private func missing(_ key: [UInt8]) -> String {
    if contents.isEmpty { return "none: the map is empty" }
    for entry in contents {
      guard let difference = map.key.hiddenDifference(of: entry.key.array, from: key) else { continue }
      return "none with these bytes: the map has \(map.key.render(key)) whose \(difference)"
    }
    let keys = contents.prefix(4).map { map.key.render($0.key.array) }.joined(separator: ", ")
    return "none: the map has \(keys)\(contents.count > 4 ? " and \(contents.count - 4) more" : "")"
  }

  /// For a key that is too many: how it differs from an expected one that reads alike.
  private func lookalike(of key: [UInt8]) -> String {
    for entry in map.entries {
      if let difference = map.key.hiddenDifference(of: key, from: entry.key) {
        return ", under a key that reads as an expected one, but its \(difference)"
      }
    }
    return ""
  }
}

extension ValueType {
  /// In which bytes two keys differ that read alike.
  func hiddenDifference(of seen: [UInt8], from expected: [UInt8]) -> String? {
    guard case .btf(let type) = self else { return nil }
    return BTFCodec.hiddenDifference(of: seen, from: expected, as: type)
  }
}
