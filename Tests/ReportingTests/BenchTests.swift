import Reporting
import Results
import Testing

@Suite struct BenchTests {
  /// A hundred batches of ten runs: `each` nanoseconds a run, one of the hundred being far off.
  private static func figures(_ each: UInt64, empty: UInt64 = 20) throws -> BenchFigures {
    try #require(
      BenchFigures(
        batches: [UInt64](repeating: each * 10, count: 99) + [each * 1000], overhead: [empty * 10, empty * 10],
        runs: 10))
  }

  private static func results(_ rows: [BenchRow]) -> BenchResults {
    BenchResults(
      tool: Tool(version: "1", libbpf: "1.1.2"), processor: "a processor",
      kernel: KernelResult(id: "host", release: "6.18.0", arch: "x86_64", accel: "native", start: "native", seconds: 0),
      suites: [], batches: 100, runs: 10, rows: rows, leftOut: [])
  }

  private static func row(_ test: String, _ figures: BenchFigures?, jit: Bool = true) -> BenchRow {
    BenchRow(
      suite: "s", test: test, program: "p", jit: jit, verdict: figures == nil ? .failed : .passed,
      message: figures == nil ? "return: expected XDP_DROP" : "", figures: figures)
  }

  @Test func whatAnEmptyProgramTakesIsTakenOff() throws {
    let figures = try Self.figures(70)
    #expect(figures.p50 == 50)
    #expect(figures.min == 50)
    #expect(figures.p99 == 50)
    #expect(figures.empty == 20)
    #expect(try Self.figures(15).p50 == 0, "quicker than the empty program is no time at all, not a negative one")
    #expect(BenchFigures(batches: [], overhead: [], runs: 10) == nil)
    #expect(BenchFigures(batches: [1], overhead: [], runs: 0) == nil)
  }

  @Test func percentilesAreNearestRanks() throws {
    let figures = try #require(BenchFigures(batches: (1...200).reversed(), overhead: [], runs: 1))
    #expect([figures.min, figures.p50, figures.p90, figures.p99] == [1, 100, 180, 198])
    #expect(figures.spread == (150 - 50) / 100)
  }

  @Test func onlyWhatIsSlowerThanTheMarginIsARegression() throws {
    let before = Self.results([Self.row("a", try Self.figures(120))])
    func isSlower(_ each: UInt64, margin: Double?) throws -> Bool {
      BenchComparison(Self.results([Self.row("a", try Self.figures(each))]), baseline: before, margin: margin)
        .hasRegressions
    }
    #expect(try !isSlower(129, margin: nil))
    #expect(try isSlower(131, margin: nil))
    #expect(try !isSlower(131, margin: 0.2))
    #expect(try !isSlower(60, margin: 0))
  }

  @Test func noisyBatchesWidenTheMargin() throws {
    let noisy = try #require(BenchFigures(batches: [100, 100, 200, 200], overhead: [], runs: 1))
    let comparison = BenchComparison(
      Self.results([Self.row("a", noisy)]), baseline: Self.results([Self.row("a", noisy)]), margin: nil)
    #expect(comparison.change(Self.row("a", noisy))?.margin == 1.1)
  }

  @Test func aFewNanosecondsAreBelowTheClocksResolution() throws {
    let comparison = BenchComparison(
      Self.results([Self.row("a", try Self.figures(25))]),
      baseline: Self.results([Self.row("a", try Self.figures(21))]),
      margin: 0)
    #expect(!comparison.hasRegressions)
    #expect(comparison.change(Self.row("a", nil))?.ratio == 0)
  }

  @Test func whatIsUnlikeIsNotCompared() throws {
    let now = Self.results([Self.row("a", try Self.figures(70))])
    var emulated = now
    emulated.kernel.accel = "tcg"
    #expect(BenchComparison(now, baseline: now, margin: 0).obstacle == nil)
    #expect(
      BenchComparison(now, baseline: emulated, margin: 0).obstacle?.contains("under tcg and under native") == true)
    let others = Self.results([Self.row("b", try Self.figures(70))])
    #expect(BenchComparison(now, baseline: others, margin: 0).obstacle?.contains("nothing was compared") == true)
  }

  @Test func machineCodeAndInterpreterAreComparedEachWithItsOwn() throws {
    let (fast, slow) = (try Self.figures(70), try Self.figures(500))
    let both = Self.results([Self.row("a", fast), Self.row("a", slow, jit: false)])
    #expect(!BenchComparison(both, baseline: both, margin: 0).hasRegressions)
    let comparison = BenchComparison(both, baseline: Self.results([Self.row("a", slow)]), margin: 0)
    #expect(comparison.change(both.rows[1]) == nil)
  }

  @Test func theReportSaysWhatIsSlowerWhatIsGoneAndWhatDiffers() throws {
    let now = Self.results([Self.row("a", try Self.figures(220)), Self.row("broken", nil)])
    var before = Self.results([Self.row("a", try Self.figures(120)), Self.row("old", try Self.figures(50))])
    before.kernel.release = "5.10.0"
    let comparison = BenchComparison(now, baseline: before, margin: 0.1)
    let text = BenchReport(style: Style()).render(now, comparison)
    for words in [
      "slower: +100% (margin 10%)", "in the baseline only: s/old", "kernel: 5.10.0, now 6.18.0",
      "failed: return: expected XDP_DROP", "1 slower than the baseline",
    ] {
      #expect(text.contains(words), "no \(words) in\n\(text)")
    }
  }
}
