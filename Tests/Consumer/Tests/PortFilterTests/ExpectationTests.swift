import BPFTesting
import Testing

@Suite struct ExpectationSuite {
  @Test(.kernel(">=4.18"), .requires(.programType(.xdp)), .requires(.mapType(.ringBuffer)))
  func runsWhereTheKernelHasAll() throws {
    #expect(try RunningKernel.isIn(">=4.18"))
  }

  @Test(.kernel(">=99.0")) func isSkippedOnKernelsBeforeItsRange() {
    Issue.record("ran on \(RunningKernel.release)")
  }

  @Test(.requires(.kfunc("bpf_no_such_function"))) func isSkippedWithoutItsKfunc() {
    Issue.record("ran on \(RunningKernel.release)")
  }

  @Test func aRangeThatCannotBeReadIsAnError() {
    #expect(throws: BPFError.self) { try RunningKernel.isIn("newer than 5") }
  }

  @Test func aWrongReturnIsToldAtTheCallersLine() throws {
    let run = try PortFilter.load().programs.reflect.testRun(Ether() / IPv4())
    withKnownIssue {
      expectReturn(run, .xdpDrop)
    } matching: { issue in
      issue.sourceLocation?.line == #line - 2
        && issue.comments.contains { $0.rawValue.contains("reflect returned XDP_TX (3), not XDP_DROP (1)") }
    }
  }

  @Test func aWrongPacketIsToldWithItsDifference() throws {
    let run = try PortFilter.load().programs.reflect.testRun(Ether(src: "02:00:00:00:00:01") / IPv4())
    try withKnownIssue {
      try expectUnchangedPacket(run)
    } matching: { issue in
      issue.sourceLocation?.line == #line - 2
        && issue.comments.contains { $0.rawValue.contains("Ether.dst") && $0.rawValue.contains("02:00:00:00:00:01") }
    }
    try expectPacket(run, equals: Ether(src: "02:00:00:00:00:01") / IPv4(), ignoring: ["Ether"])
  }

  @Test func aRefusedProgramIsToldWithTheVerifiersWords() async throws {
    try await expectRejected(Careless.open().object, matching: "invalid access to packet")
    try await withKnownIssue {
      await expectLoads(try Careless.open().object)
    } matching: { issue in
      issue.sourceLocation?.line == #line - 2
        && issue.comments.contains {
          $0.rawValue.contains("careless") && $0.rawValue.contains("invalid access to packet")
        }
    }
    let error = #expect(throws: BPFLoadError.self) { try Careless.load() }
    #expect(error?.program == "careless" && error?.log.reason.contains("outside of the packet") == true)
  }
}
