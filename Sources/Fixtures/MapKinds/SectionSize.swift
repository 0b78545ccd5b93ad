import BPF
import Compiling

/// What a test sets of a section of globals: `map_sizes: { .data.table: { value_size: 32 } }`. Such tests have an object of
/// their own, in which the section is as large as that.
extension Planner {
  /// Plans a suite's tests, in order, and returns the objects that they load besides the suite's own.
  static func planResizing(
    _ suite: Suite, object: CompiledObject
  ) throws(FixtureErrors) -> (tests: [PlannedTest], objects: [CompiledObject]) {
    guard suite.tests.contains(where: { $0.mapSizes.contains(where: \.isSection) }) else {
      return (try plan(suite, object: object), [])
    }
    let complaints = Complaints(path: suite.path)
    var groups: [(sizes: [String: Int], object: CompiledObject, tests: [Int])] = []
    for (index, test) in suite.tests.enumerated() {
      let sizes = sectionSizes(of: test, object, complaints)
      if let known = groups.firstIndex(where: { $0.sizes == sizes }) {
        groups[known].tests.append(index)
      } else {
        groups.append((sizes, grown(object, sizes, test, complaints), [index]))
      }
    }
    try complaints.check()
    var planned: [Int: PlannedTest] = [:]
    var errors: [FixtureError] = []
    for group in groups {
      let tests = group.tests.map { index in
        var test = suite.tests[index]
        test.mapSizes.removeAll(where: \.isSection)
        return test
      }
      do {
        for (index, test) in zip(group.tests, try plan(suite.with(tests: tests), object: group.object)) {
          planned[index] = test
        }
      } catch {
        errors += error.errors
      }
    }
    guard errors.isEmpty else { throw FixtureErrors(errors) }
    return (suite.tests.indices.compactMap { planned[$0] }, groups.filter { !$0.sizes.isEmpty }.map(\.object))
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
