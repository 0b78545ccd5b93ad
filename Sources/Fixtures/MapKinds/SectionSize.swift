import BPF
import Compiling

/// What a test sets of a section of globals: `map_sizes: { .data.table: { value_size: 32 } }`. Such tests have an object of
/// their own, in which the section is as large as that.
extension Planner {
  /// The tests that fit the object, with sections as large as they want them, and what is wrong with the others. Throws what
  /// is wrong with the object.
  static func outcomeResizing(_ suite: Suite, object: CompiledObject) throws(FixtureErrors) -> Outcome {
    guard suite.tests.contains(where: { $0.mapSizes.contains(where: \.isSection) }) else {
      return try outcome(suite, object: object)
    }
    let complaints = Complaints(path: suite.path)
    var groups: [(sizes: [String: Int], object: CompiledObject, tests: [Int])] = []
    var result = Outcome(tests: Array(repeating: nil, count: suite.tests.count))
    for (index, test) in suite.tests.enumerated() {
      let (sizes, grown) = complaints.within(test: index) {
        let sizes = sectionSizes(of: test, object, complaints)
        let known = groups.first { $0.sizes == sizes }?.object
        return (sizes, known ?? self.grown(object, sizes, test, complaints))
      }
      let errors = complaints.errors(ofTest: index)
      if !errors.isEmpty {
        result.broken.append(BrokenTest(test, errors))
      } else if let known = groups.firstIndex(where: { $0.sizes == sizes }) {
        groups[known].tests.append(index)
      } else {
        groups.append((sizes, grown, [index]))
      }
    }
    for group in groups {
      let tests = group.tests.map { index in
        var test = suite.tests[index]
        test.mapSizes.removeAll(where: \.isSection)
        return test
      }
      let planned = try outcome(suite.with(tests: tests), object: group.object)
      for (index, test) in zip(group.tests, planned.tests) { result.tests[index] = test }
      result.broken += planned.broken
      if !group.sizes.isEmpty { result.objects.append(group.object) }
    }
    return result
  }

  private static func sectionSizes(
    of test: TestCase, _ object: CompiledObject, _ complaints: Complaints
  ) -> [String: Int] {
    var sizes: [String: Int] = [:]
    for size in test.mapSizes where size.isSection {
      let name = size.map.value
      guard let bytes = size.valueSize, size.maxEntries == nil, size.innerMaxEntries == nil else {
        complaints.add(
          size.map.position, "`\(name)` is a section of globals, which has one entry and a size in bytes",
          hint: "write `\(name): { value_size: 32 }`")
        continue
      }
      sizes[name] = Int(bytes)
    }
    return sizes
  }

  /// The object with its sections so large; as it was after a complaint.
  private static func grown(
    _ object: CompiledObject, _ sizes: [String: Int], _ test: TestCase, _ complaints: Complaints
  ) -> CompiledObject {
    guard !sizes.isEmpty else { return object }
    do {
      let bytes = try SectionSizes.grow(object.bytes.array, to: sizes)
      return CompiledObject(bytes: bytes, compiler: object.compiler, mcpu: object.mcpu)
    } catch {
      let blamed = test.mapSizes.first { $0.isSection && error.operation.contains("`\($0.map.value)`") }
      complaints.add(
        blamed?.map.position ?? test.position, error.operation, hint: error.detail.isEmpty ? nil : error.detail)
      return object
    }
  }
}

extension MapSize {
  /// Whether it is said of a section of globals, whose names begin with a dot as no map's do.
  var isSection: Bool { map.value.hasPrefix(".") }
}
