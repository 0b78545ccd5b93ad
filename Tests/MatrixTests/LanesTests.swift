import Fixtures
import Testing

@testable import Matrix

@Suite struct LanesTests {
  /// Batches of three.
  private func batches(_ tests: Range<Int>) -> [[Int]] {
    stride(from: tests.lowerBound, to: tests.upperBound, by: 3).map { Array($0..<min($0 + 3, tests.upperBound)) }
  }

  @Test func everyTestIsDealtOnce() {
    let lanes = Lanes(batches: [batches(0..<30), batches(0..<5)])
    var seen: [[Int]] = [[], []]
    while let lane = lanes.enter() {
      while let batch = lanes.next(in: lane) { seen[lane] += batch }
      lanes.leave(lane)
    }
    #expect(seen == [Array(0..<30), Array(0..<5)])
  }

  @Test func aSecondWorkerTakesAnotherKernel() {
    let lanes = Lanes(batches: [batches(0..<100), batches(0..<2)])
    #expect(lanes.enter() == 0)
    #expect(lanes.enter() == 1)
  }

  @Test func aFewTestsAreNotWorthAnotherMachine() {
    let few = Lanes(batches: [batches(0..<(Lanes.worthAMachine - 1))])
    #expect(few.enter() == 0)
    #expect(few.enter() == nil)
    let many = Lanes(batches: [batches(0..<Lanes.worthAMachine)])
    #expect(many.enter() == 0)
    #expect(many.enter() == 0)
  }

  @Test func aStoppedRunDealsNothingMore() {
    let lanes = Lanes(batches: [[[0, 1]]])
    let lane = lanes.enter()
    lanes.stop()
    #expect(lane.flatMap { lanes.next(in: $0) } == nil)
    #expect(lanes.enter() == nil)
  }

  @Test func aLaneThatCannotBeWorkedInIsDrained() {
    let lanes = Lanes(batches: [[[0], [1, 2], [3]]])
    #expect(lanes.enter() == 0)
    #expect(lanes.next(in: 0) == [0])
    #expect(lanes.drain(0) == [1, 2, 3])
    #expect(lanes.next(in: 0) == nil)
  }
}

@Suite struct ShardTests {
  @Test func shardsPartTheTestsWithoutOverlap() throws {
    let shards = try (1...3).map { try #require(Shard("\($0)/3")) }
    for number in 0..<20 { #expect(shards.filter { $0.contains(number) }.count == 1) }
  }

  @Test(arguments: ["", "1", "0/3", "4/3", "1/0", "a/b", "1/2/3", "-1/2"])
  func whatIsNoShardIsRefused(text: String) { #expect(Shard(text) == nil) }
}

@Suite struct ConfigurationTests {
  @Test func readsKernelsAsAListOrAWord() throws {
    #expect(try Configuration.parse("kernels: lts\n", file: "f").kernels == "lts")
    #expect(try Configuration.parse("kernels: [\"5.10\", 6.1]\n", file: "f").kernels == "5.10,6.1")
    #expect(try Configuration.parse("", file: "f") == Configuration())
  }

  @Test func theCatalogIsRelativeToTheFile() throws {
    #expect(
      try Configuration.parse("catalog: my/kernels.yaml\n", file: "/p/bpftest.yaml").catalog == "/p/my/kernels.yaml")
  }

  @Test func anUnknownKeyNamesItsLineAndTheNearest() {
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration.parse("mirror: http://x/\nkernel: lts\n", file: "bpftest.yaml")
    }
    #expect(error?.description == "bpftest.yaml:2: unknown key `kernel`; did you mean `kernels`?")
  }

  @Test(arguments: ["[1, 2]", "kernels: {a: 1}", "kernels: [[1]]", "a: b: c", "mirror: \"\""])
  func whatIsNoConfigurationIsRefused(text: String) {
    #expect(throws: ConfigurationError.self) { try Configuration.parse(text, file: "f") }
  }
}

@Suite struct SuiteNameTests {
  @Test func suitesOfOneNameAreToldApartByTheirFolders() throws {
    let paths = ["a/x.bpftest.yaml", "b/x.bpftest.yaml", "b/y.bpftest.yaml"]
    #expect(Session.names(of: paths) == ["a/x", "b/x", "y"])
  }
}
