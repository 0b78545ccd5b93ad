import BPFTesting
import Glibc
import Testing

@Suite struct ExpectationSuite {
  @Test(.kernel(">=4.18"), .requires(.programType(.xdp)), .requires(.mapType(.ringBuffer)))
  func runsWhereTheKernelHasAll() throws {
    #expect(try RunningKernel.isIn(">=4.18"))
  }

  @Test(.kernel(">=99.0")) func isSkippedOnKernelsBeforeItsRange() {
    Issue.record("ran on \(RunningKernel.release)")
  }

  @Test(.requires(.programType(.netfilter)), .requires(.kfunc("bpf_dynptr_from_skb")))
  func runsWithItsKfunc() throws {
    // netfilter came with 6.4, and this kfunc too.
    #expect(try RunningKernel.isIn(">=6.4"))
  }

  @Test(.requires(.helper("bpf_ktime_get_ns", for: .xdp)), .requires(.testRun(.type(.xdp))))
  func helpersAndAbilitiesAreProbed() throws {
    // No kernel has an skb for XDP programs, or test-runs LSM programs.
    #expect(try !KernelFeature.helper("bpf_skb_load_bytes", for: .xdp).isPresent)
    #expect(try !KernelFeature.testRun(.type(.lsm)).isPresent)
    let error = #expect(throws: BPFError.self) { try KernelFeature.helper("bpf_lop", for: .xdp).isPresent }
    #expect(error?.description.contains("did you mean `bpf_loop`?") == true)
  }

  @Test(.requires(.kfunc("bpf_no_such_function"))) func isSkippedWithoutItsKfunc() {
    Issue.record("ran on \(RunningKernel.release)")
  }

  @Test func aRangeThatCannotBeReadIsAnError() {
    #expect(throws: BPFError.self) { try RunningKernel.isIn("newer than 5") }
  }

  @Test func aRunThatTheKernelRefusesIsExpectedByItsErrnoAndRule() throws {
    let program = try PortFilter.load().programs.portFilter
    try expectRefused(EINVAL, "2 bytes, and the kernel wants a whole Ethernet header") { try program.testRun([1, 2]) }
    // What no kernel takes is told before one is asked.
    try expectRefused(EINVAL, "takes no flag `run_on_cpu`") {
      try program.testRun(Ether() / IPv4(), options: RunOptions(cpu: 0))
    }
    try withKnownIssue {
      try expectRefused(EINVAL) { try program.testRun(Ether() / IPv4()) }
    } matching: { issue in
      issue.comments.contains { $0.rawValue.contains("should have been refused") }
    }
    try withKnownIssue {
      try expectRefused(EINVAL, "wire_len") { try program.testRun([1, 2]) }
    } matching: { issue in
      issue.comments.contains { $0.rawValue.contains("another reason than /wire_len/") }
    }
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

  @Test func aMapIsComparedAsAWholeAndADifferenceNamesItsPath() throws {
    let filter: PortFilter = try PortFilter.load()
    filter.maps.rules[53] = .init(hits: 3, action: .actionDrop)
    filter.maps.rules[80] = .init(hits: 1)
    let rules = filter.maps.rules.map
    try expectEntries(rules, equal: [80: ["hits": 1, "quiet": false], 53: ["action": "ACTION_DROP"]])
    try withKnownIssue {
      try expectEntries(rules, equal: [53: ["hits": 4, "action": 1], 123: ["hits": 0]])
    } matching: { issue in
      let text = issue.comments.map(\.rawValue).joined()
      return issue.sourceLocation?.line == #line - 3 && text.contains("rules[53].hits: 3, expected 4")
        && text.contains("rules[123]: missing") && text.contains("rules[80]: {") && !text.contains("rules[53].action")
    }
    // Values of all CPUs are added up, and slots of an array that hold zeros needn't be named.
    _ = try filter.programs.portFilter.testRun(Ether() / ARP())
    try expectEntries(filter.maps.totals.map, equal: [0: ["packets": 1, "bytes": 42]])
    try expectEntries(filter.maps.senders.map, equal: [:])
    #expect(throws: BPFError.self) { try expectEntries(rules, equal: [53: ["hist": 1]]) }
  }

  @Test func listsAreComparedAsWholeLists() throws {
    let lists = try Kinds.load(programs: []).maps.lists.map
    try lists.set(1, to: ["numbers": [1, 2, 3], "pairs": [["left": 4, "right": 5], ["right": 6]], "raw": [7, 8]])
    try expectEntries(
      lists, equal: [1: ["numbers": [1, 2, 3], "pairs": [["left": 4], ["right": 6]], "raw": .bytes([7, 8])]])
    for (wrong, path) in [
      (["numbers": [1, 2]], "numbers[2]: 3, expected 0"), (["numbers": []], "numbers[0]: 1, expected 0"),
      (["pairs": [["left": 4]]], "pairs[1].right: 6, expected 0"), (["raw": [7]], "raw: 0x0708, expected 0x0700"),
    ] as [(BTFValue, String)] {
      try withKnownIssue {
        try expectEntries(lists, equal: [1: wrong])
      } matching: { issue in
        issue.comments.map(\.rawValue).joined().contains("lists[1].\(path)")
      }
    }
    // As `set` takes them: what isn't given is zero.
    try lists.set(1, to: ["numbers": [1]])
    try expectEntries(lists, equal: [1: ["numbers": [1], "pairs": [], "raw": [0]]])
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
