#if canImport(Testing)
  import Testing

  extension Trait where Self == ConditionTrait {
    /// Runs the test only on kernels of a range: `@Test(.kernel(">=5.15"))`. Elsewhere it is skipped, with the reason.
    public static func kernel(_ range: String, sourceLocation: SourceLocation = #_sourceLocation) -> Self {
      .enabled("needs kernel \(range), and this is \(RunningKernel.release)", sourceLocation: sourceLocation) {
        try RunningKernel.isIn(range)
      }
    }

    /// Runs the test only where the kernel has a feature: `@Test(.requires(.kfunc("bpf_skb_ct_lookup")))`. Where the process
    /// lacks the privilege to find out, the test fails.
    public static func requires(_ feature: KernelFeature, sourceLocation: SourceLocation = #_sourceLocation) -> Self {
      .enabled(
        "needs \(feature), which kernel \(RunningKernel.release) lacks",
        sourceLocation: sourceLocation
      ) {
        try feature.isPresent
      }
    }
  }

  /// Expects that a program left the packet as given, and attaches the difference. `ignoring` names layers or fields that
  /// may differ: `IP.chksum`.
  ///
  /// Returns whether it did.
  @discardableResult
  public func expectPacket(
    _ result: RunResult, equals expected: some PacketPart, ignoring masks: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Bool {
    record(try Mismatch.packet(result, expected.packet.build(), ignoring: masks), sourceLocation)
  }

  /// Expects that a program left the packet as it came.
  @discardableResult
  public func expectUnchangedPacket(
    _ result: RunResult, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Bool {
    record(try Mismatch.packet(result, result.input, ignoring: []), sourceLocation)
  }

  /// Expects what an XDP program left in front of the packet, as the memory of a C struct's twin in Swift. Throws where the
  /// kernel, before 5.15, doesn't hand it back.
  @discardableResult
  public func expectMetadata<Value: BitwiseCopyable>(
    _ result: RunResult, equals expected: Value, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Bool {
    record(try Mismatch.metadata(result, Layout.bytes(of: expected)), sourceLocation)
  }

  /// Expects what a program returned; a failure names both values as the program's type does.
  @discardableResult
  public func expectReturn(
    _ result: RunResult, _ expected: ReturnValue, sourceLocation: SourceLocation = #_sourceLocation
  ) -> Bool {
    record(Mismatch.returns(result, expected), sourceLocation)
  }

  /// Expects that a map holds these entries and no others: `expectEntries(map, equal: [53: ["hits": 1]])`. Of structs
  /// the members that are given count, of lists all items, with zeros behind those that are given, of per-CPU maps the
  /// sums, and of arrays the slots that aren't all zeros. A failure names the path of each value that differs.
  @discardableResult
  public func expectEntries(
    _ map: BPFMap, equal expected: KeyValuePairs<BTFValue, BTFValue>, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Bool {
    record(try Mismatch.entries(map, Array(expected)), sourceLocation)
  }

  /// Expects that the kernel accepts the object, and attaches the verifier's log when it doesn't.
  @discardableResult
  public func expectLoads(_ object: BPFObject, sourceLocation: SourceLocation = #_sourceLocation) async -> Bool {
    record(Mismatch.loads(await loading(object)), sourceLocation)
  }

  /// Expects that the verifier refuses the object with words in its log that match a regular expression.
  @discardableResult
  public func expectRejected(
    _ object: BPFObject, matching pattern: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Bool {
    record(try Mismatch.rejected(object, await loading(object), pattern), sourceLocation)
  }

  /// Expects that the kernel refuses a test run with this errno, and for a reason that matches a regular expression:
  /// `expectRefused(EINVAL, "wire_len") { try program.testRun(packet, context: context) }`.
  @discardableResult
  public func expectRefused(
    _ errno: Int32, _ rule: String? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    run: () throws -> RunResult
  ) throws -> Bool {
    record(try Mismatch.refusedRun(failure(of: run), errno, rule), sourceLocation)
  }

  private func loading(_ object: BPFObject) async -> (any Error)? {
    do {
      try await object.load()
      return nil
    } catch {
      return error
    }
  }

  private func record(_ mismatch: Mismatch?, _ location: SourceLocation) -> Bool {
    guard let mismatch else { return true }
    for detail in mismatch.details {
      Attachment.record(detail.text, named: detail.name, sourceLocation: location)
    }
    Issue.record(Comment(rawValue: mismatch.text), sourceLocation: location)
    return false
  }

  extension Packet: CustomTestStringConvertible {
    /// The packet as an expression, by which a case of a parameterised test is told from the others.
    public var testDescription: String { expression }
  }

  extension RunResult: CustomTestStringConvertible {
    public var testDescription: String { description }
  }
#endif
