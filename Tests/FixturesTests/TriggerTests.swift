import Results
import TestPlan
import Testing

@testable import Fixtures

@Suite struct TriggerTests {
  private func plan(_ lines: String...) async throws -> TestPlan {
    let tests: [PlannedTest]
    switch lines.count {
    case 1: tests = try await Sample.plan("- name: t", "  attach: [probe]", "  " + lines[0])
    default: tests = try await Sample.plan("- name: t", "  attach: [probe]", "  " + lines[0], "  " + lines[1])
    }
    return try #require(tests.first).plan
  }

  // MARK: Reading and planning

  /// What reading or planning a test complains of; its lines begin at line 4.
  private func mistakes(_ attach: String, _ lines: String...) async throws -> [FixtureError] {
    do {
      return lines.count == 1
        ? try await Sample.complaints(attach, lines[0]) : try await Sample.complaints(attach, lines[0], lines[1])
    } catch let errors as FixtureErrors {
      return errors.errors
    }
  }

  @Test(arguments: [
    ("{ exec: [/bin/echo, a, 1] }", Trigger.exec(arguments: ["/bin/echo", "a", "1"], standardInput: nil)),
    ("{ exec: cat, stdin: x }", .exec(arguments: ["cat"], standardInput: Bytes([0x78]))),
    ("{ open: /a, flags: [O_WRONLY, O_CREAT], mode: 0o600 }", .open(path: "/a", flags: 0o101, mode: 0o600)),
    ("{ read: /a }", .read(path: "/a")),
    ("{ write: /a, text: hi }", .write(path: "/a", bytes: Bytes([0x68, 0x69]), creates: true)),
    ("{ write: /a, hex: 00ff }", .write(path: "/a", bytes: Bytes([0, 0xff]), creates: true)),
    ("{ sysctl: net.ipv4.ip_forward }", .read(path: "/proc/sys/net/ipv4/ip_forward")),
    (
      "{ sysctl: net.ipv4.ip_forward, value: 1 }",
      .write(path: "/proc/sys/net/ipv4/ip_forward", bytes: Bytes([0x31]), creates: false)
    ),
    ("{ kill: SIGUSR1 }", .kill(signal: 10)), ("{ kill: 9 }", .kill(signal: 9)),
    ("{ sleep: 1m }", .sleep(seconds: 60)), ("{ sleep: 20ms }", .sleep(seconds: 0.02)),
    ("{ sleep: 1.5 }", .sleep(seconds: 1.5)),
    (
      "{ call: [mkdirat, -100, /x, { hex: 01 }] }",
      .call(name: "mkdirat", arguments: [.number(-100), .text("/x"), .bytes(Bytes([1]))])
    ),
  ])
  func everyTriggerIsRead(yaml: String, trigger: Trigger) async throws {
    let plan = try await plan("trigger: \(yaml)", "expect: { globals: { seen: 0 } }")
    #expect(plan.steps.first?.triggers == [trigger])
    #expect(plan.steps.first?.program == nil)
    #expect(plan.attachments == [PlannedAttachment(.program("probe"))])
    #expect(plan.programs.contains("probe"))
  }

  @Test func aTestWithoutTriggersCarriesNothingOfThem() async throws {
    let test = try await Sample.plan("- name: t", "  program: pass", "  packet: Ether()", "  expect: { return: 2 }")
    let plan = try #require(test.first).plan
    #expect(plan.attachments == nil && plan.files == nil && plan.processGlobals == nil)
    #expect(plan.steps.first?.triggers == nil && plan.steps.first?.waits == nil)
  }

  @Test(arguments: [
    ("{ exek: [a] }", "unknown key `exek`"), ("{ read: /a, open: /b }", "2 triggers in one"),
    ("{ open: /a, flags: O_WRONGLY }", "open(2) has no flag `O_WRONGLY`"), ("{ kill: SIGNIX }", "no signal"),
    ("{ sleep: soon }", "`sleep` is a length of time like `2s` or `100ms`, and here is `soon`"),
    ("{ call: [mmap, 0] }", "knows no system call `mmap`"),
    ("{ call: [getpid, [1]] }", "an argument is"), ("{ write: /a, hex: 0 }", "hexadecimal"), ("[]", "no triggers"),
    ("{ iterate: mark }", "`mark` is not attached"), ("{ write: /a, bytes: 00 }", "unknown key `bytes`"),
    ("{ open: /a, create: true }", "unknown key `create`"),
    ("{ exec: [a], flags: [O_NOPE] }", "`flags` belongs to `open`, and here is `exec`"),
    ("{ exec: [a], hex: zz }", "`hex` belongs to `write`, and here is `exec`"),
    ("{ read: /a, value: 7 }", "`value` belongs to `sysctl`, and here is `read`"),
    ("{ send: hello, stdin: x }", "`stdin` belongs to `exec`, and here is `send`"),
    ("{ write: /a, text: a, hex: 00 }", "`text` and `hex` don't go together"),
    ("{ send: { data: a, packet: Ether() } }", "`data` and `packet` don't go together"),
    ("{ send: { hex: 00, zeros: 4 } }", "`hex` and `zeros` don't go together"),
  ])
  func mistakesAreTold(yaml: String, words: String) async throws {
    let errors = try await mistakes("attach: [probe]", "trigger: \(yaml)", "expect: { globals: { seen: 0 } }")
    #expect(errors.contains { $0.message.contains(words) }, "\(errors)")
    #expect(errors.allSatisfy { $0.line == 5 }, "\(errors)")
  }

  @Test(arguments: ["output: { ge: 5 }", "stderr: { lt: 5 }", "local: { gt: 1 }", "peer: { matches: a, le: 1 }"])
  func aTextIsNotOrdered(expected: String) async throws {
    let errors = try await mistakes("attach: [probe]", "trigger: { exec: [a] }", "expect: { trigger: { \(expected) } }")
    #expect(errors.count == 1, "\(errors)")
    #expect(errors.first?.message.hasSuffix("is a bound for numbers, and this is a text") == true, "\(errors)")
    #expect(errors.first?.line == 6)
  }

  @Test func mistakesOfAttachingAreTold() async throws {
    let trigger = "trigger: { exec: [a] }"
    let expect = "expect: { globals: { seen: 0 } }"
    func message(_ attach: String) async throws -> String {
      try await mistakes("attach: \(attach)", trigger, expect).map(\.description).joined(separator: " ")
    }
    #expect(try await message("[prob]").contains("did you mean `probe`?"))
    #expect(try await message("[{ to: cgroup }]").contains("an attachment names a `program`"))
    #expect(try await message("[{ program: probe, to: { functoin: x } }]").contains("unknown key `functoin`"))
    #expect(try await message("[{ program: probe, to: { offset: 1 } }]").contains("doesn't say what to attach to"))
    #expect(try await message("[{ program: probe, to: { tracepoint: sched } }]").contains("has a category"))
    #expect(try await message("[{ program: probe, to: { tc: lo, xdp: v0, path: /x } }]").contains("3 targets in one"))
    let half = try await message("[{ program: probe, to: { path: /x, probe: q } }]")
    #expect(half.contains("a `probe` has a `provider`, too"))
    let other = try await message("[{ program: probe, to: { xdp: v0, direction: egress } }]")
    #expect(other.contains("`direction` belongs to `tc`, and here is `xdp`"))
    let both = try await message("[{ program: probe, to: { path: /x, symbol: f, provider: p, probe: q } }]")
    #expect(both.contains("`symbol` and `probe` don't go together"))
    let nothing = try await Sample.complaints("program: probe", trigger, expect)
    #expect(nothing.first?.message == "nothing is attached that could be triggered")
    let returned = try await Sample.complaints("attach: [probe]", trigger, "expect: { return: 0 }")
    #expect(returned.first?.message == "nobody sees what an attached program returns")
  }

  @Test(arguments: [
    ("{ function: f, offset: 4 }", PlannedAttachment.Target.function(name: "f", offset: 4)),
    ("{ functions: [a, b] }", .functions(["a", "b"])), ("{ functions: vfs_* }", .functions(["vfs_*"])),
    ("{ path: /bin/x, symbol: main }", .userFunction(path: "/bin/x", symbol: "main", offset: 0)),
    ("{ path: /bin/x, offset: 16 }", .userFunction(path: "/bin/x", symbol: nil, offset: 16)),
    ("{ path: /bin/x, provider: p, probe: q }", .usdt(path: "/bin/x", provider: "p", name: "q")),
    ("{ tracepoint: sched/x }", .tracepoint(category: "sched", name: "x")),
    ("{ raw_tracepoint: x }", .rawTracepoint("x")), ("{ cpu_clock: 99 }", .cpuClock(frequency: 99)),
    ("cgroup", .cgroup(path: nil)), ("netns", .networkNamespace), ("{ xdp: v0 }", .xdp(interface: "v0")),
    ("{ tc: v0, direction: egress }", .tc(interface: "v0", egress: true)), ("{ map: rules }", .map("rules")),
  ])
  func everyTargetIsRead(yaml: String, target: PlannedAttachment.Target) async throws {
    let tests = try await Sample.plan(
      "- name: t", "  attach: [{ program: probe, to: \(yaml) }]", "  trigger: { exec: [a] }",
      "  expect: { globals: { seen: 0 } }")
    #expect(tests.first?.plan.attachments == [PlannedAttachment(.program("probe"), to: target)])
  }

  @Test func theProcessIsToldToGlobals() async throws {
    let tests = try await Sample.plan(
      "- name: t", "  attach: [probe]", "  globals: { limit: $trigger.pid }", "  steps:",
      "    - { globals: { seen: $trigger.pid }, trigger: { exec: [a] }, expect: { globals: { seen: $trigger.pid } } }")
    let plan = try #require(tests.first).plan
    #expect(plan.globals.isEmpty)
    #expect(plan.processGlobals?.map(\.section) == [".rodata"])
    #expect(plan.steps.first?.processGlobals?.map(\.section) == [".bss"])
    let wrong = try await Sample.complaints(
      "attach: [probe]", "globals: { box: $trigger.pid }", "trigger: { exec: [a] }", "expect: { globals: { seen: 0 } }")
    #expect(wrong.first?.message.hasPrefix("the number of a process takes 32 bits") == true)
  }

  @Test(arguments: [
    ("{ globals: { seen: 3 } }", Wait.Comparison.equal, Int64(3), 2.0),
    ("{ globals: { seen: { gt: 3 } }, within: 100ms }", .atLeast, 4, 0.1),
    ("{ globals: { seen: { lt: 3 } }, within: 5 }", .atMost, 2, 5),
    ("{ globals: { box: { hits: { ne: 1 } } } }", .different, 1, 2),
    ("{ maps: { rules: { 7: { hits: { ge: 9 } } } } }", .atLeast, 9, 2),
    ("{ globals: { seen: 3 }, within: 1m }", .equal, 3, 60),
  ])
  func waitsAreRead(yaml: String, comparison: Wait.Comparison, bound: Int64, seconds: Double) async throws {
    let wait = try #require(try await plan("trigger: { exec: [a] }", "wait: \(yaml)").steps.first?.waits?.first)
    #expect(wait.comparison == comparison && wait.bound == bound && wait.seconds == seconds)
  }

  @Test func theProcessOfNoTriggerIsNotToldToGlobals() async throws {
    let words = "there is no `trigger` here whose process could have a number"
    let run = try await Sample.complaints(
      "program: pass", "globals: { seen: $trigger.pid }", "packet: Ether()", "expect: { return: 2 }")
    #expect(run.map(\.message) == [words])
    #expect(run.first?.line == 5)
    let step = try await Sample.complaints(
      "attach: [probe]", "steps: [ { globals: { seen: $trigger.pid }, wait: { globals: { seen: 1 } } } ]")
    #expect(step.map(\.message) == [words])
  }

  @Test(arguments: ["{ globals: [seen, 99] }", "{ globals: { seen: 1 }, maps: 3 }"])
  func aWaitForSomethingElseThanAMappingIsRefused(yaml: String) async throws {
    let errors = try await Sample.complaints("attach: [probe]", "trigger: { exec: [a] }", "wait: \(yaml)")
    #expect(errors.count == 1 && errors[0].message.contains("of `wait` must be a mapping from names"), "\(errors)")
  }

  @Test func aWaitReadsNumbersAsAnExpectationDoes() async throws {
    func wait(_ yaml: String) async throws -> Wait? {
      try await plan("trigger: { exec: [a] }", "wait: \(yaml)").steps.first?.waits?.first
    }
    let port = try #require(try await wait("{ globals: { box: { port: 443 } } }"))
    #expect(port.isBigEndian && !port.isSigned && port.bound == 443)
    let seen = try #require(try await wait("{ globals: { seen: { lt: -3 } } }"))
    #expect(!seen.isBigEndian && seen.isSigned && seen.bound == -4)
    let sum = try #require(try await wait("{ maps: { counts: { 1: { le: 0xffffffffffffffff } } } }"))
    #expect(!sum.isBigEndian && !sum.isSigned && sum.bound == -1)
    let never = try await Sample.complaints(
      "attach: [probe]", "trigger: { exec: [a] }", "wait: { maps: { counts: { 1: { lt: 0 } } } }")
    #expect(never.map(\.message) == ["counts[1] is __u64, and never comes near {lt: 0}"])
    // The edges of what a fixture can say.
    for bound in ["gt: 170141183460469231731687303715884105727", "lt: -170141183460469231731687303715884105728"] {
      let errors = try await Sample.complaints(
        "attach: [probe]", "trigger: { exec: [a] }", "wait: { maps: { counts: { 1: { \(bound) } } } }")
      #expect(errors.count == 1 && errors[0].message.contains("__u64"), "\(errors)")
    }
    #expect(never.first?.line == 6)
  }

  @Test(arguments: [
    "{ within: 1s }", "{ globals: { seen: many } }", "{ globals: { box: { name: 1 } } }", "{ globals: { box: 1 } }",
    "{ globals: { seen: { matches: a } } }", "3",
  ])
  func waitsForWhatIsNoNumberAreRefused(yaml: String) async throws {
    let errors = try await Sample.complaints("attach: [probe]", "trigger: { exec: [a] }", "wait: \(yaml)")
    #expect(!errors.isEmpty)
  }

  // MARK: Judging

  private func judge(_ seen: StepObservation, _ lines: String...) async throws -> Cell {
    let all = ["- name: t", "  attach: [probe]"] + lines.map { "  " + $0 }
    let tests =
      all.count == 4
      ? try await Sample.plan(all[0], all[1], all[2], all[3]) : try await Sample.plan(all[0], all[1], all[2])
    return try #require(tests.first).judge(
      Observations(load: .loaded, steps: [seen]), kernel: "k", release: "6.1.0")
  }

  private func triggered(_ results: TriggerObservation..., process: Int32? = nil) -> StepObservation {
    var seen = StepObservation(
      sections: [SectionObservation(section: ".bss", bytes: Bytes([5, 0, 0, 0, 0, 0, 0, 0]))])
    seen.triggers = results
    seen.process = process
    return seen
  }

  @Test func aTriggerMustGoWellUnlessTheFixtureSaysOtherwise() async throws {
    let failing = triggered(TriggerObservation(errno: 1))
    let surprised = try await judge(failing, "trigger: { open: /a }", "expect: { globals: { seen: any } }")
    #expect(surprised.verdict == .failed)
    #expect(surprised.message == "trigger.errno: expected 0 (`open` done), seen EPERM (Operation not permitted)")
    let expected = try await judge(failing, "trigger: { open: /a }", "expect: { trigger: { errno: EPERM } }")
    #expect(expected.verdict == .passed)
    let allowed = try await judge(
      triggered(TriggerObservation()), "trigger: { open: /a }", "expect: { trigger: { errno: EPERM } }")
    #expect(allowed.message == "trigger.errno: expected EPERM (Operation not permitted), seen 0 (`open` done)")
  }

  @Test func whatFailsAsExpectedIsJudgedAllTheSame() async throws {
    // A receive that was over before all that was wanted had come.
    let partial = triggered(TriggerObservation(errno: 110, result: 3, output: Bytes("abc".utf8)))
    let cell = try await judge(
      partial, "trigger: { read: /a }", "expect: { trigger: { errno: ETIMEDOUT, output: xyz, result: 99 } }")
    #expect(cell.failures.map(\.path) == ["trigger.result", "trigger.output"])
    let right = "expect: { trigger: { errno: ETIMEDOUT, output: abc, result: 3 } }"
    #expect(try await judge(partial, "trigger: { read: /a }", right).verdict == .passed)
    // What wasn't expected to fail is told once.
    let surprised = try await judge(partial, "trigger: { read: /a }", "expect: { trigger: { output: abcdef } }")
    #expect(surprised.failures.map(\.path) == ["trigger.errno"])
  }

  @Test func aProgramThatNeverBeganHasNoExitStatusAndNoOutput() async throws {
    let never = triggered(TriggerObservation(errno: 2))
    let exec = "trigger: { exec: [/nonexistent] }"
    let cell = try await judge(
      never, exec, "expect: { trigger: { errno: any, exit: 0, signal: { ge: 0 }, output: \"\", stderr: any } }")
    #expect(cell.failures.map(\.path) == ["trigger.exit", "trigger.signal", "trigger.output"])
    #expect(cell.failures.allSatisfy { $0.seen == "no program was run" })
    #expect(try await judge(never, exec, "expect: { trigger: { errno: ENOENT } }").verdict == .passed)
    #expect(try await judge(never, exec, "expect: { trigger: { exit: 0 } }").failures.map(\.path) == ["trigger.errno"])
  }

  @Test func anExitStatusMustBeZeroUnlessTheFixtureSaysOtherwise() async throws {
    let ended = triggered(TriggerObservation(exitStatus: 2, errorOutput: Bytes(Array("no\n".utf8))))
    let cell = try await judge(ended, "trigger: { exec: a }", "expect: { globals: { seen: any } }")
    #expect(cell.failures.map(\.path) == ["trigger.exit"])
    #expect(cell.failures.first?.detail == "stderr: no\n")
    #expect(try await judge(ended, "trigger: { exec: a }", "expect: { trigger: { exit: 2 } }").verdict == .passed)
    let killed = triggered(TriggerObservation(signal: 9))
    let dead = try await judge(killed, "trigger: { exec: a }", "expect: { trigger: { exit: 0 } }")
    #expect(dead.failures.map(\.path) == ["trigger.signal"])
    #expect(
      try await judge(killed, "trigger: { exec: a }", "expect: { trigger: { signal: SIGKILL } }").verdict == .passed)
  }

  @Test func aMappingSpeaksOfTheLastTriggerAndAListOfEach() async throws {
    let two = triggered(TriggerObservation(), TriggerObservation(errno: 2))
    let chain = "trigger: [{ open: /a }, { open: /b }]"
    #expect(try await judge(two, chain, "expect: { trigger: { errno: ENOENT } }").verdict == .passed)
    #expect(try await judge(two, chain, "expect: { trigger: [{}, { errno: ENOENT }] }").verdict == .passed)
    let wrong = try await judge(two, chain, "expect: { trigger: [{ errno: ENOENT }] }")
    #expect(wrong.failures.map(\.path) == ["trigger[0].errno", "trigger[1].errno"])
  }

  @Test func outputIsComparedAsText() async throws {
    let said = triggered(TriggerObservation(exitStatus: 0, output: Bytes(Array("hello\n".utf8))))
    #expect(
      try await judge(said, "trigger: { exec: a }", "expect: { trigger: { output: \"hello\\n\" } }").verdict == .passed)
    let pattern = try await judge(
      said, "trigger: { exec: a }", "expect: { trigger: { output: { matches: \"^bye\" } } }")
    #expect(pattern.message == "trigger.output: expected a match of /^bye/, seen \"hello\\n\"")
  }

  @Test func whatIsAwaitedInVainFailsInWords() async throws {
    var seen = triggered(TriggerObservation(exitStatus: 0))
    seen.waits = [WaitObservation(number: 5, isMet: false)]
    let cell = try await judge(seen, "trigger: { exec: a }", "wait: { globals: { seen: { ge: 6 } }, within: 2s }")
    #expect(cell.verdict == .failed)
    #expect(cell.failures.first?.seen == "waited 2 s for `seen` ≥ 6; it is 5")
    seen.waits = [WaitObservation(number: 6, isMet: true)]
    #expect(try await judge(seen, "trigger: { exec: a }", "wait: { globals: { seen: { ge: 6 } } }").verdict == .passed)
  }

  @Test func theProcessMayBeExpected() async throws {
    let expect = "expect: { globals: { seen: $trigger.pid } }"
    let same = triggered(TriggerObservation(exitStatus: 0), process: 5)
    #expect(try await judge(same, "trigger: { exec: a }", expect).verdict == .passed)
    let other = try await judge(
      triggered(TriggerObservation(exitStatus: 0), process: 6), "trigger: { exec: a }", expect)
    #expect(other.message == "globals.seen: expected 6, the triggers' process, seen 5")
  }

  @Test func aRefusedAttachmentIsARejectionWithItsCause() async throws {
    let refusal = Refusal(stage: .attach, operation: "attaching program `probe` to `kprobe/x`", errno: 2)
    let observations = Observations(load: .refused(refusal))
    let tests = try await Sample.plan(
      "- { name: a, attach: [probe], trigger: { exec: a }, expect: { globals: { seen: 0 } } }",
      "- { name: b, attach: [probe], trigger: { exec: a }, expect: { attach: refused, cause: attach-target } }",
      "- { name: c, attach: [probe], trigger: { exec: a }, expect: { attach: refused, cause: permission } }")
    let cells = tests.map { $0.judge(observations, kernel: "k", release: "6.1") }
    #expect(cells.map(\.verdict) == [.rejected, .passed, .failed])
    #expect(cells[0].cause == .attachTarget)
    #expect(cells[0].message.hasSuffix("the kernel has nothing of that name to attach to"))
    let accepted = tests[1].judge(
      Observations(load: .loaded, steps: [triggered(TriggerObservation(exitStatus: 0))]), kernel: "k", release: "6.1")
    #expect(accepted.message == "attach: expected refused, seen accepted")
    var locked = refusal
    locked.errno = 1
    #expect(
      tests[0].judge(Observations(load: .refused(locked)), kernel: "k", release: "6.1").message.contains("micro-VM"))
  }
}
