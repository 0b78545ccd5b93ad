import BPFTesting
import XCTest

/// The same program under XCTest, side by side with Swift Testing.
final class PortFilterXCTests: XCTestCase {
  private var filter: PortFilter!

  override func setUp() async throws {
    filter = try await PortFilter.load()
  }

  override func tearDown() {
    filter.close()
  }

  func testDropsWhatARuleNames() throws {
    filter.maps.rules[53] = .init(action: .actionDrop)
    let run = try filter.programs.portFilter.testRun(Ether() / IPv4() / UDP(dport: 53))
    XCTAssertReturn(run, .xdpDrop)
    try XCTAssertUnchangedPacket(run)
    XCTAssertEqual(filter.maps.rules[53]?.hits, 1)
  }

  func testSendsAnEvent() async throws {
    filter.maps.rules[53] = .init(action: .actionLog)
    let events = try filter.maps.events.events(within: .seconds(2))
    _ = try filter.programs.portFilter.testRun(Ether() / IPv4() / UDP(dport: 53))
    let event = try await events.first()
    XCTAssertEqual(event.port, 53)
  }

  func testReflects() throws {
    let run = try filter.programs.reflect.testRun(Ether(dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01") / IPv4())
    try XCTAssertPacket(run, equals: Ether(dst: "02:00:00:00:00:01", src: "02:00:00:00:00:02") / IPv4())
  }

  func testRefusedPrograms() throws {
    XCTAssertLoads(try PortFilter.open().object)
    try XCTAssertRejected(Careless.open().object, matching: "invalid access to packet")
  }

  func testSkipsWhereTheKernelLacksSomething() throws {
    XCTAssertThrowsError(try XCTSkipUnless(kernel: ">=99.0")) { XCTAssert($0 is XCTSkip) }
    try XCTSkipUnless(has: .programType(.xdp))
  }

  func testAFailurePointsAtTheCallersLine() throws {
    let run = try filter.programs.reflect.testRun(Ether() / IPv4())
    var failures: [(text: String, line: Int)] = []
    catching = { failures.append(($0, $1)) }
    XCTAssertReturn(run, .xdpDrop)
    let line = #line - 1
    XCTAssertLoads(try Careless.open().object)
    try XCTAssertUnchangedPacket(filter.programs.reflect.testRun(Ether(src: "02:00:00:00:00:01") / IPv4()))
    try XCTAssertEntries(filter.maps.rules.map, equal: [53: ["hits": 1]])
    catching = nil
    XCTAssertEqual(failures.map(\.line), [line, line + 2, line + 3, line + 4])
    XCTAssert(failures[2].text.contains("packet.diff") && failures[2].text.contains("Ether.dst"), failures[2].text)
    XCTAssert(failures[3].text.contains("rules[53]: missing"), failures[3].text)
    XCTAssert(failures[0].text.contains("reflect returned XDP_TX (3), not XDP_DROP (1)"), failures[0].text)
    XCTAssert(failures[1].text.contains("verifier.log"), failures[1].text)
  }

  private var catching: ((String, Int) -> Void)?

  override func recordFailure(
    withDescription description: String, inFile filePath: String, atLine lineNumber: Int, expected: Bool
  ) {
    if let catching { return catching(description, lineNumber) }
    super.recordFailure(withDescription: description, inFile: filePath, atLine: lineNumber, expected: expected)
  }
}
