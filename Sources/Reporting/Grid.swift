import Results

/// The cells of a run in reading order: suites, their tests as rows, kernels as columns.
struct Grid {
  struct Suite {
    var name: String
    /// The fixture file; the suite's name where the results don't say.
    var path: String
    var tests: [String]
  }

  private struct Key: Hashable {
    var suite: String
    var test: String
    var kernel: String
  }

  /// Kernel ids, in the results' order.
  let kernels: [String]
  let suites: [Suite]
  private var cells: [Key: Cell] = [:]

  init(_ results: Results) {
    kernels = Self.unique(results.kernels.map(\.id) + results.cells.map(\.kernel))
    var tests: [String: [String]] = [:]
    var known: Set<Key> = []
    for cell in results.cells {
      if known.insert(Key(suite: cell.suite, test: cell.test, kernel: "")).inserted {
        tests[cell.suite, default: []].append(cell.test)
      }
      let key = Key(suite: cell.suite, test: cell.test, kernel: cell.kernel)
      // Of two cells in one place the worse is shown: nothing may hide a failure.
      if let there = cells[key], there.verdict.isTrouble { continue }
      cells[key] = cell
    }
    let paths = Dictionary(results.suites.map { ($0.name, $0.path) }, uniquingKeysWith: { first, _ in first })
    suites = Self.unique(results.suites.map(\.name) + results.cells.map(\.suite)).compactMap { name in
      tests[name].map { Suite(name: name, path: paths[name] ?? name, tests: $0) }
    }
  }

  /// The cell of a test on a kernel; `nil` when it was not run.
  func cell(_ suite: String, _ test: String, _ kernel: String) -> Cell? {
    cells[Key(suite: suite, test: test, kernel: kernel)]
  }

  var testCount: Int { suites.reduce(0) { $0 + $1.tests.count } }

  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
