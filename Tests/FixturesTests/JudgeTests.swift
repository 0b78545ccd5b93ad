import Results
import TestPlan
import Testing

@testable import Fixtures

/// What a kernel would show after one run of a step that reads nothing else.
private func ran(_ value: UInt32, data: [UInt8]? = nil, maps: [MapObservation] = []) -> Observations {
  Observations(load: .loaded, steps: [StepObservation(returnValue: value, data: data.map { Bytes($0) }, maps: maps)])
}

private func refused(_ log: String, errno: Int32 = 22, libbpf: String = "", map: String? = nil) -> Observations {
  Observations(
    load: .refused(
      Refusal(
        stage: .load, operation: "loading object `sample`", errno: errno, program: map == nil ? "pass" : nil, map: map,
        verifierLog: log, libbpfLog: libbpf)))
}

/// A rule's bytes: hits 3, port 80, low 5, high 17, name "e", cb [0, 9, 0].
private let rule = Bytes(hex: "03000000 0050 8d 6500000000000000 00 0000000000000000 0900000000000000 0000000000000000")

@Suite struct JudgeTests {
  private func judge(_ observations: Observations, release: String = "6.1.0", _ lines: String...) async throws -> Cell {
    let text = lines.map { "  " + $0 }
    let tests =
      switch text.count {
      case 1: try await Sample.plan("- name: t", text[0])
      case 2: try await Sample.plan("- name: t", text[0], text[1])
      default: try await Sample.plan("- name: t", text[0], text[1], text[2])
      }
    return try #require(tests.first).judge(observations, kernel: "k", release: release)
  }

  private func run(
    _ observations: Observations, release: String = "6.1.0", expect: String, program: String = "pass"
  ) async throws -> Cell {
    try await judge(observations, release: release, "program: \(program)", "packet: Ether()", "expect: \(expect)")
  }

  // MARK: Refusals

  @Test func whatLibbpfSaysOfEveryRefusalIsNoReason() async throws {
    let log = """
      libbpf: Failed to bump RLIMIT_MEMLOCK (err = -1), you might need to do it explicitly!
      libbpf: Error in bpf_object__probe_loading():Operation not permitted(1). Couldn't load trivial BPF program. \
      Make sure your kernel supports BPF (CONFIG_BPF_SYSCALL=y) and/or that RLIMIT_MEMLOCK is set to big enough value.
      libbpf: failed to load object 'bpftest'
      """
    let cell = try await run(refused("", errno: 1, libbpf: log), expect: "{ return: XDP_PASS }")
    #expect(cell.verdict == .rejected && cell.cause == .permission)
    #expect(
      cell.message.hasPrefix(
        "program `pass`: EPERM (Operation not permitted); the process may not load xdp programs: it needs CAP_BPF and "
          + "CAP_NET_ADMIN, or to be root"), "\(cell.message)")
    #expect(cell.excerpt?.contains("probe_loading") == true)
  }

  @Test func aTypeThatTheKernelDoesNotHaveIsNamed() async throws {
    let log =
      "libbpf: prog 'pass': BPF program load failed: Invalid argument\nlibbpf: prog 'pass': failed to load: -22\n"
    let cell = try await judge(refused("", libbpf: log), "program: pass", "expect: { load: accepted }")
    #expect(cell.cause == .programType)
    #expect(cell.message.contains("this kernel has no xdp programs"), "\(cell.message)")
  }

  // MARK: Return values

  @Test func comparesReturnValuesByName() async throws {
    #expect(try await run(ran(1), expect: "{ return: XDP_DROP }").verdict == .passed)
    let cell = try await run(ran(2), expect: "{ return: XDP_DROP }")
    #expect(cell.verdict == .failed)
    #expect(cell.message == "return: expected XDP_DROP (1), seen XDP_PASS (2)")
    #expect(cell.failures == [Failure(path: "return", expected: "XDP_DROP (1)", seen: "XDP_PASS (2)", line: 6)])
    let unspecified = try await run(ran(.max), expect: "{ return: TC_ACT_SHOT }", program: "mark")
    #expect(unspecified.message == "return: expected TC_ACT_SHOT (2), seen TC_ACT_UNSPEC (-1)")
    #expect(try await run(ran(.max), expect: "{ return: -1 }", program: "mark").verdict == .passed)
    #expect(try await run(ran(.max), expect: "{ return: 0xffffffff }", program: "mark").verdict == .passed)
  }

  @Test(arguments: [
    ("{ in: [XDP_PASS, XDP_TX] }", true), ("{ in: [0, 1] }", false), ("{ ge: 2 }", true), ("{ gt: 2 }", false),
    ("{ le: 2, ge: 2 }", true), ("{ lt: XDP_PASS }", false), ("{ ne: XDP_DROP }", true), ("{ ne: 2 }", false),
    ("any", true),
  ])
  func matchesReturnValues(matcher: String, holds: Bool) async throws {
    #expect(try await run(ran(2), expect: "{ return: \(matcher) }").verdict == (holds ? .passed : .failed))
  }

  @Test func expectsByKernel() async throws {
    let expect = "{ return: { '<5.15': XDP_ABORTED, default: XDP_PASS } }"
    #expect(try await run(ran(0), release: "5.10.200", expect: expect).verdict == .passed)
    #expect(try await run(ran(2), release: "5.10.200", expect: expect).verdict == .failed)
    #expect(try await run(ran(2), release: "5.15.1", expect: expect).verdict == .passed)
  }

  // MARK: Packets

  @Test func comparesPackets() async throws {
    let sent = [UInt8](repeating: 0xff, count: 6) + [UInt8](repeating: 0, count: 6) + [0x90, 0]
    #expect(try await run(ran(2, data: sent), expect: "{ packet: unchanged }").verdict == .passed)
    var changed = sent
    changed[0] = 1
    let cell = try await run(ran(2, data: changed), expect: "{ packet: unchanged }")
    #expect(cell.failures.first?.path == "packet" && cell.failures.first?.expected == "unchanged")
    #expect(cell.failures.first?.detail?.contains("01:ff:ff:ff:ff:ff") == true)
    #expect(try await run(ran(2, data: changed), expect: "{ packet: any, return: 2 }").verdict == .passed)
    #expect(try await run(ran(2, data: [1, 2]), expect: "{ packet: { hex: '0102' } }").verdict == .passed)
    #expect(try await run(ran(2, data: [1, 2, 3]), expect: "{ packet: { hex: '0102' } }").verdict == .failed)
  }

  // MARK: Maps

  private func rules(_ entries: [(UInt8, Bytes?)]) -> Observations {
    ran(
      2,
      maps: [
        MapObservation(
          map: "rules",
          entries: entries.compactMap { key, value in
            value.map { MapEntry(key: Bytes([key, 0, 0, 0]), value: .bytes($0)) }
          })
      ])
  }

  @Test(arguments: [
    ("1: { hits: 3, port: 80, low: 5, high: 17, name: e, cb: [0, 9] }", nil),
    ("1: { cb: [0] }", "maps.rules[1].cb[1]: expected 0, seen 9"),
    ("1: { cb: [] }", "maps.rules[1].cb[1]: expected 0, seen 9"),
    ("1: { cb: { 1: 9 } }", nil),
    ("1: { hits: 4 }", "maps.rules[1].hits: expected 4, seen 3"),
    ("1: { low: 4 }", "maps.rules[1].low: expected 4, seen 5"),
    ("1: { high: { ge: 18 } }", "maps.rules[1].high: expected >= 18, seen 17"),
    ("1: { name: f }", "maps.rules[1].name: expected \"f\", seen \"e\""),
    ("1: { name: { matches: '^[a-d]' } }", "maps.rules[1].name: expected a match of /^[a-d]/, seen \"e\""),
    ("1: { name: { matches: '^[a-e]$' } }", nil),
    ("1: { cb: { 1: { ne: 9 } } }", "maps.rules[1].cb[1]: expected other than 9, seen 9"),
    ("1: { hits: { '<5.15': 1, default: 3 } }", nil),
    ("1: any", nil),
    ("9: any", "maps.rules[9]: expected an entry, seen none: the map has 1, 2"),
    ("absent: [9]", nil),
    (
      "absent: [2], 1: any",
      "maps.rules[2]: expected no entry, seen {hits: 3, port: 80, low: 5, high: 17, name: \"e\", cb: [0, 9, 0]}"
    ),
    (
      "exactly: { 1: { hits: 3 } }",
      "maps.rules[2]: expected no entry, seen {hits: 3, port: 80, low: 5, high: 17, name: \"e\", cb: [0, 9, 0]}"
    ),
    ("exactly: { 1: { hits: 3 }, 2: any }", nil),
  ])
  func comparesMaps(entries: String, message: String?) async throws {
    let cell = try await run(rules([(1, rule), (2, rule)]), expect: "{ maps: { rules: { \(entries) } } }")
    #expect(cell.message == message ?? "")
    #expect(cell.verdict == (message == nil ? .passed : .failed))
  }

  @Test(arguments: [
    ("1: 5", nil), ("1: 4", "maps.counts[1]: expected 4, seen 5 (by CPU: 2, 3)"), ("1: { per_cpu: [2, 3] }", nil),
    ("1: { per_cpu: [2, 4] }", "maps.counts[1].per_cpu[1]: expected 4, seen 3"),
    (
      "1: { per_cpu: [2, 3, 0] }",
      "maps.counts[1].per_cpu[2]: expected a CPU 2, seen 2 CPUs on this machine; `cpus: 3` in the test gives a micro-VM so many"
    ),
    ("1: { ge: 5 }", nil),
  ])
  func addsUpPerCPUValues(entries: String, message: String?) async throws {
    let values = [2, 3].map { Bytes([$0, 0, 0, 0, 0, 0, 0, 0]) }
    let maps = [
      MapObservation(map: "counts", entries: [MapEntry(key: Bytes([1, 0, 0, 0]), value: .perCPU(values))])
    ]
    let cell = try await run(ran(2, maps: maps), expect: "{ maps: { counts: { \(entries) } } }")
    #expect(cell.message == message ?? "")
  }

  @Test func exactlyOfAnArrayMeansZeroElsewhere() async throws {
    func plain(_ values: [UInt8]) -> Observations {
      let entries = values.enumerated().map {
        MapEntry(key: Bytes([UInt8($0), 0, 0, 0]), value: .bytes(Bytes([$1, 0, 0, 0])))
      }
      return ran(2, maps: [MapObservation(map: "plain", entries: entries)])
    }
    let expect = "{ maps: { plain: { exactly: { 1: 7 } } } }"
    #expect(try await run(plain([0, 7, 0, 0]), expect: expect).verdict == .passed)
    #expect(
      try await run(plain([0, 7, 0, 9]), expect: expect).message == "maps.plain[3]: expected zero, seen 9")
  }

  // MARK: Loading

  @Test func aRefusalIsARejection() async throws {
    let log = "0: (71) r0 = *(u8 *)(r1 +0)\ninvalid access to packet, off=0 size=1\nprocessed 2 insns\n"
    let cell = try await judge(refused(log, errno: 13), "program: pass", "expect: { load: accepted }")
    #expect(cell.verdict == .rejected && cell.cause == .verifier)
    #expect(cell.message == "program `pass`: invalid access to packet, off=0 size=1")
    #expect(cell.log == log && cell.excerpt?.contains("invalid access to packet") == true)
  }

  @Test func anExpectedRejectionPasses() async throws {
    let log = "infinite loop detected at insn 3\nprocessed 9 insns\n"
    func verdict(_ expect: String) async throws -> Verdict {
      try await judge(refused(log), "program: pass", "expect: { \(expect) }").verdict
    }
    #expect(try await verdict("load: rejected") == .passed)
    #expect(try await verdict("load: rejected, log: infinite loop") == .passed)
    #expect(try await verdict("load: rejected, log: '^infinite .* insn [0-9]$'") == .passed)
    #expect(try await verdict("load: rejected, log: back-edge") == .failed)
    #expect(try await verdict("load: rejected, cause: verifier") == .passed)
    #expect(try await verdict("load: rejected, cause: core") == .failed)
    #expect(try await verdict("load: any") == .passed)
    #expect(try await verdict("load: { '<6.1': accepted, default: rejected }") == .passed)
    #expect(try await verdict("load: { '<=6.1': accepted, default: rejected }") == .rejected)
  }

  @Test func anUnexpectedAcceptanceFails() async throws {
    let cell = try await judge(Observations(load: .loaded), "program: pass", "expect: { load: rejected }")
    #expect(cell.verdict == .failed && cell.message == "load: expected rejected, seen accepted")
  }

  @Test func lackOfPrivilegeIsNoExpectedRejection() async throws {
    let cell = try await judge(refused("", errno: 1), "program: pass", "expect: { load: rejected }")
    #expect(cell.verdict == .rejected && cell.cause == .permission)
    let meant = try await judge(refused("", errno: 1), "program: pass", "expect: { load: rejected, cause: permission }")
    #expect(meant.verdict == .passed)
  }

  @Test func whatIsMissingIsSkipped() async throws {
    let missing = Observations(load: .missing([.helper(name: "bpf_loop", id: 181, programType: 6)]))
    let cell = try await judge(missing, "program: pass", "expect: { load: accepted }")
    #expect(cell.verdict == .skipped && cell.cause == .helper && cell.message == "this kernel has no helper bpf_loop")
  }

  // MARK: Runs that are refused

  @Test func explainsARefusedRun() async throws {
    func refusal(_ errno: Int32) -> Observations {
      let refusal = Refusal(stage: .run, operation: "test run of program `pass`", errno: errno, program: "pass")
      return Observations(load: .loaded, steps: [StepObservation(refusal: refusal)])
    }
    let context = try await run(refusal(22), release: "5.10.0", expect: "{ context: { ingress_ifindex: 1 } }")
    #expect(context.verdict == .failed)
    #expect(context.failures.first?.seen == "`xdp_md` contexts need 5.15; this kernel refuses any (EINVAL)")
    let short = try await judge(
      refusal(22), "program: pass", "packet: { hex: '0102' }", "expect: { return: 1 }")
    #expect(
      short.failures.first?.seen
        == "the packet has 2 bytes, and the kernel wants a whole Ethernet header of 14 (EINVAL)")
    let cut = try await judge(
      refusal(22), "program: mark", "packet: Ether(type=0x800)/Raw('abc')", "expect: { return: 1 }")
    #expect(cut.failures.first?.seen.contains("says IPv4, and this kernel wants its whole header") == true)
    #expect(try await run(refusal(524), expect: "{ return: 1 }").message.contains("can't run xdp programs"))
  }

  @Test func aMissingStepIsTheMachinerysFault() async throws {
    #expect(try await run(Observations(load: .loaded), expect: "{ return: 1 }").verdict == .infra)
  }

  @Test func numbersStepsAndKeepsTheFirstFailures() async throws {
    let steps = (0..<50).map { _ in "{ packet: Ether(), expect: { return: 1 } }" }.joined(separator: ", ")
    let observations = Observations(
      load: .loaded, steps: (0..<50).map { StepObservation(returnValue: $0 == 0 ? 1 : 2) })
    let cell = try await judge(observations, "program: pass", "steps: [ \(steps) ]")
    #expect(cell.message == "step 2 of 50: return: expected XDP_DROP (1), seen XDP_PASS (2) (and 48 more)")
    #expect(cell.failures.count == 20)
  }
}
