import BPF
import Results
import TestPlan

/// Compares what a map of a special kind held with what was expected.
struct MapKindJudge {
  let expected: ExpectedMapKind
  let seen: MapObservation
  let release: KernelRelease

  func check(_ path: String, _ report: (Failure) -> Void) {
    switch expected.contents {
    case .sequence(let items, let isExact): check(items, isExact, path, report)
    case .members(let contained, let absent):
      let present = Set(seen.entries.map(\.key.array))
      for value in contained where !present.contains(value.bytes) {
        report(Failure(path: path, expected: "\(value.label) contained", seen: "it isn't", line: value.line))
      }
      for value in absent where present.contains(value.bytes) {
        report(Failure(path: path, expected: "no \(value.label)", seen: "it may be contained", line: value.line))
      }
    case .stacks(let stacks): for stack in stacks { check(stack, path, report) }
    case .nested(let nested, let absent, let isExact):
      for item in nested {
        guard let value = find(item.key, path, "a map", report) else { continue }
        let entries: [MapEntry] = if case .contents(let inner) = value { inner.entries } else { [] }
        MapJudge(map: item.map, contents: entries, release: release).check(at: "\(path)[\(item.key.label)]", report)
      }
      checkOthers(known: nested.map(\.key), absent, isExact, path, report)
    case .programs(let programs, let absent, let isExact):
      for item in programs {
        guard let value = find(item.key, path, "\(item.name)", report), value != .program(item.name) else { continue }
        report(
          Failure(
            path: "\(path)[\(item.key.label)]", expected: item.name, seen: describe(value), line: item.key.line))
      }
      checkOthers(known: programs.map(\.key), absent, isExact, path, report)
    }
  }

  private func check(
    _ items: [ExpectedMapKind.Item], _ isExact: Bool, _ path: String, _ report: (Failure) -> Void
  ) {
    let values: [[UInt8]] = seen.entries.map { if case .bytes(let bytes) = $0.value { bytes.array } else { [] } }
    for (index, item) in items.enumerated() {
      guard index < values.count else {
        report(
          Failure(
            path: "\(path)[\(index)]", expected: "a value",
            seen: values.isEmpty ? "none: the map is empty" : "none: the map has \(values.count)", line: item.line))
        continue
      }
      item.value.check([values[index]], path: "\(path)[\(index)]", on: release, report)
    }
    guard isExact, values.count > items.count else { return }
    for (index, value) in values.enumerated().dropFirst(items.count) {
      report(
        Failure(
          path: "\(path)[\(index)]", expected: "no more values", seen: expected.value.render(value), line: expected.line
        ))
    }
  }

  private func check(_ stack: ExpectedMapKind.Stack, _ path: String, _ report: (Failure) -> Void) {
    let all = seen.frames ?? []
    let candidates = seen.entries.indices.filter { index in
      index < all.count && (stack.key.map { $0.bytes == seen.entries[index].key.array } ?? true)
    }
    .map { all[$0] }
    guard !candidates.contains(where: { Self.has($0, stack) }) else { return }
    let shown = candidates.prefix(3).map { "[\($0.joined(separator: ", "))]" }.joined(separator: "; ")
    let what = stack.isInnermost ? "a stack that begins with" : "a stack with"
    report(
      Failure(
        path: "\(path)[\(stack.key?.label ?? "any")]", expected: "\(what) \(stack.frames.joined(separator: ", "))",
        seen: candidates.isEmpty
          ? (seen.entries.isEmpty ? "none: the map is empty" : "no such stack")
          : shown + (candidates.count > 3 ? " and \(candidates.count - 3) more" : ""),
        line: stack.line))
  }

  private static func has(_ frames: [String], _ stack: ExpectedMapKind.Stack) -> Bool {
    if stack.isInnermost { return frames.starts(with: stack.frames) }
    var rest = frames[...]
    for name in stack.frames {
      guard let index = rest.firstIndex(of: name) else { return false }
      rest = rest[(index + 1)...]
    }
    return true
  }

  // MARK: Keys

  private func find(
    _ key: ExpectedMapKind.Key, _ path: String, _ what: String, _ report: (Failure) -> Void
  ) -> MapValue? {
    if let entry = seen.entries.first(where: { $0.key.array == key.bytes }) { return entry.value }
    let hidden = seen.entries.lazy.compactMap { expected.key.hiddenDifference(of: $0.key.array, from: key.bytes) }.first
    let words = hidden.map { "no entry with these bytes: the map has one that reads alike, whose \($0)" } ?? "no entry"
    report(Failure(path: "\(path)[\(key.label)]", expected: what, seen: words, line: key.line))
    return nil
  }

  private func checkOthers(
    known: [ExpectedMapKind.Key], _ absent: [ExpectedMapKind.Key], _ isExact: Bool, _ path: String,
    _ report: (Failure) -> Void
  ) {
    for key in absent {
      guard let entry = seen.entries.first(where: { $0.key.array == key.bytes }) else { continue }
      report(
        Failure(path: "\(path)[\(key.label)]", expected: "no entry", seen: describe(entry.value), line: key.line))
    }
    guard isExact else { return }
    let keys = Set(known.map(\.bytes))
    for entry in seen.entries where !keys.contains(entry.key.array) {
      report(
        Failure(
          path: "\(path)[\(expected.key.render(entry.key.array))]", expected: "no entry", seen: describe(entry.value),
          line: expected.line))
    }
  }

  private func describe(_ value: MapValue) -> String {
    switch value {
    case .program(let name): name
    case .contents(let inner): "a map of \(inner.entries.count) \(inner.entries.count == 1 ? "entry" : "entries")"
    default: "a program of another object"
    }
  }
}
