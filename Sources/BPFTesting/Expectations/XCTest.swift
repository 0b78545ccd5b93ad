// These are named as XCTest names its own.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if canImport(XCTest)
  import XCTest

  /// Asserts that a program left the packet as given; the failure shows the difference. `ignoring` names layers or fields
  /// that may differ: `IP.chksum`.
  public func XCTAssertPacket(
    _ result: RunResult, equals expected: some PacketPart, ignoring masks: [String] = [],
    file: StaticString = #filePath, line: UInt = #line
  ) throws {
    fail(try Mismatch.packet(result, expected.packet.build(), ignoring: masks), file, line)
  }

  /// Asserts that a program left the packet as it came.
  public func XCTAssertUnchangedPacket(
    _ result: RunResult, file: StaticString = #filePath, line: UInt = #line
  ) throws {
    fail(try Mismatch.packet(result, result.input, ignoring: []), file, line)
  }

  /// Asserts what an XDP program left in front of the packet, as the memory of a C struct's twin in Swift. Throws where the
  /// kernel, before 5.15, doesn't hand it back.
  public func XCTAssertMetadata<Value: BitwiseCopyable>(
    _ result: RunResult, equals expected: Value, file: StaticString = #filePath, line: UInt = #line
  ) throws {
    fail(try Mismatch.metadata(result, Layout.bytes(of: expected)), file, line)
  }

  /// Asserts what a program returned; a failure names both values as the program's type does.
  public func XCTAssertReturn(
    _ result: RunResult, _ expected: ReturnValue, file: StaticString = #filePath, line: UInt = #line
  ) {
    fail(Mismatch.returns(result, expected), file, line)
  }

  /// Asserts that a map holds these entries and no others: `XCTAssertEntries(map, equal: [53: ["hits": 1]])`. Of
  /// structs the members that are given count, of lists all items, with zeros behind those that are given, of per-CPU
  /// maps the sums, and of arrays the slots that aren't all zeros. A failure names the path of each value that differs.
  public func XCTAssertEntries(
    _ map: BPFMap, equal expected: KeyValuePairs<BTFValue, BTFValue>, file: StaticString = #filePath,
    line: UInt = #line
  ) throws {
    fail(try Mismatch.entries(map, Array(expected)), file, line)
  }

  /// Asserts that the kernel accepts the object; the failure has the verifier's log.
  public func XCTAssertLoads(_ object: BPFObject, file: StaticString = #filePath, line: UInt = #line) {
    fail(Mismatch.loads(loading(object)), file, line)
  }

  /// Asserts that the verifier refuses the object with words in its log that match a regular expression.
  public func XCTAssertRejected(
    _ object: BPFObject, matching pattern: String, file: StaticString = #filePath, line: UInt = #line
  ) throws {
    fail(try Mismatch.rejected(object, loading(object), pattern), file, line)
  }

  /// Asserts that the kernel refuses a test run with this errno, and for a reason that matches a regular expression.
  public func XCTAssertRefused(
    _ errno: Int32, _ rule: String? = nil, file: StaticString = #filePath, line: UInt = #line,
    run: () throws -> RunResult
  ) throws {
    fail(try Mismatch.refusedRun(failure(of: run), errno, rule), file, line)
  }

  /// Skips the test on kernels out of a range: `>=5.15`.
  public func XCTSkipUnless(kernel range: String, file: StaticString = #filePath, line: UInt = #line) throws {
    try XCTSkipUnless(
      RunningKernel.isIn(range), "needs kernel \(range), and this is \(RunningKernel.release)", file: file, line: line)
  }

  /// Skips the test where the kernel lacks a feature. Where the process lacks the privilege to find out, it fails.
  public func XCTSkipUnless(
    has feature: KernelFeature, file: StaticString = #filePath, line: UInt = #line
  ) throws {
    try XCTSkipUnless(
      try feature.isPresent,
      "needs \(feature), which kernel \(RunningKernel.release) lacks", file: file,
      line: line)
  }

  private func loading(_ object: BPFObject) -> (any Error)? {
    do {
      try object.load()
      return nil
    } catch {
      return error
    }
  }

  // Corelibs XCTest has no attachments: everything goes into the message.
  private func fail(_ mismatch: Mismatch?, _ file: StaticString, _ line: UInt) {
    if let mismatch { XCTFail(mismatch.text, file: file, line: line) }
  }
#endif
