import Packets
import Results
import TestPlan
import Testing

@testable import Fixtures

/// Frames for a capture, by their port.
func writeCapture(_ folder: TemporaryFolder, _ name: String, ports: [Int], link: LinkType = .ethernet) throws {
  let writer = try CaptureWriter(path: folder.path + "/" + name)
  for (index, port) in ports.enumerated() {
    let bytes = try Packet(expression: "Ether()/IP(id=\(index))/TCP(dport=\(port))").build()
    try writer.write(CaptureFrame(bytes, linkType: link, nanoseconds: 1_000_000 + UInt64(index)))
  }
  try writer.finish()
}

@Suite struct ReplayTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeCapture(folder, "three.pcapng", ports: [80, 443, 53])
  }

  private func plan(_ expect: String, program: String = "pass", recording: Bool = false) async throws -> PlannedTest {
    let text = """
      object: sample.bpf.o
      tests:
        - name: t
          program: \(program)
          replay: three.pcapng
          expect: \(expect)

      """
    return try #require(
      try await Sample.plan(text: text, path: folder.path + "/a.bpftest.yaml", recording: recording).first)
  }

  private func complaint(replay: String, expect: String = "{ return: 1 }", more: String = "") -> String {
    let text = "object: p.bpf.o\ntests:\n  - { name: t, replay: \(replay), expect: \(expect)\(more) }\n"
    do throws(FixtureErrors) {
      _ = try Suite(text: text, path: folder.path + "/a.bpftest.yaml")
      return ""
    } catch {
      return error.description
    }
  }

  /// What a kernel shows of a program that leaves packets as they are.
  private func seen(_ test: PlannedTest, changing change: (Int, inout StepObservation) -> Void = { _, _ in })
    -> Observations
  {
    let steps = test.plan.steps.enumerated().map { index, step in
      var seen = StepObservation(returnValue: 2, data: step.data)
      change(index, &seen)
      return seen
    }
    return Observations(load: .loaded, steps: steps)
  }

  private func judge(_ test: PlannedTest, _ seen: Observations, release: String = "6.1.0") -> Cell {
    test.judge(seen, kernel: "k", release: release)
  }

  // MARK: Planning

  @Test func everyFrameIsAStepAndTheStateIsReadAfterTheLast() async throws {
    let test = try await plan("{ return: XDP_PASS, maps: { counts: { 0: 3 } }, globals: { seen: 3 } }")
    #expect(test.plan.steps.count == 3)
    #expect(test.plan.steps.map { $0.readMaps } == [[], [], ["counts"]])
    #expect(test.plan.steps.map { $0.readSections } == [[], [], [".bss"]])
    #expect(test.plan.steps[1].data?.array == (try Packet(expression: "Ether()/IP(id=1)/TCP(dport=443)").build()))
  }

  @Test func aRangeChoosesFramesByTheirNumber() throws {
    let text =
      "object: p.bpf.o\ntests:\n  - { name: t, replay: { pcap: three.pcapng, frames: 2- }, expect: { return: 1 } }"
    let suite = try Suite(text: text, path: folder.path + "/a.bpftest.yaml")
    #expect(suite.tests[0].traffic?.frames.map(\.number) == [2, 3])
  }

  @Test func whatCannotBeReplayedIsRefusedInWords() throws {
    try writeCapture(folder, "none.pcapng", ports: [])
    try writeCapture(folder, "raw.pcapng", ports: [1], link: .rawIP)
    for (replay, words) in [
      ("gone.pcapng", "gone.pcapng"), ("none.pcapng", "`none.pcapng` has no frames"),
      ("raw.pcapng", "frame 1 of `raw.pcapng` is neither IPv4 nor IPv6, though its link type is rawIP"),
      ("{ pcap: three.pcapng, frames: 2-9 }", "`three.pcapng` has no frame 9: it has 3"),
      ("{ pcap: three.pcapng, frames: 9- }", "`three.pcapng` has no frame 9: it has 3"),
      ("{ pcap: three.pcapng, frames: 3-1 }", "`frames` is a range"), ("{ frames: 1-2 }", "`replay` names no capture"),
      ("a.bpftest.yaml", "a.bpftest.yaml"),
    ] {
      let text = complaint(replay: replay)
      #expect(text.contains(words), "\(replay): \(text)")
    }
    #expect(complaint(replay: "three.pcapng", more: ", packet: Ether()").contains("`replay` or `packet`"))
    #expect(complaint(replay: "three.pcapng", expect: "{ return: 1, ignore: [IP.id] }").contains("here is neither"))
    #expect(
      complaint(replay: "three.pcapng", expect: "{ packet: unchanged, ignore: [IP.idd] }").contains(
        "did you mean id?"))
  }

  // MARK: Judging

  @Test func theFramesThatDifferAreNamedAndTheRestCounted() async throws {
    let ports = [Int](1...40)
    try writeCapture(folder, "three.pcapng", ports: ports)
    let test = try await plan("{ return: XDP_PASS }")
    #expect(judge(test, seen(test)).verdict == .passed)
    let cell = judge(test, seen(test) { if $0 % 2 == 1 { $1.returnValue = 1 } })
    #expect(cell.failures.map(\.path) == ["frame 2: return", "frame 4: return", "frame 6: return", "frames"])
    #expect(cell.failures.last?.seen == "17 more differ: 8, 10, 12, 14, 16, 18, 20, 22, 24, 26 …")
    #expect(cell.failures.first?.expected == "XDP_PASS (2)")
  }

  @Test func aRefusedFrameEndsTheReplay() async throws {
    let test = try await plan("{ return: XDP_PASS }")
    var observations = seen(test)
    observations.steps[1].refusal = Refusal(stage: .run, operation: "test run", errno: 22)
    observations.steps.removeLast()
    #expect(judge(test, observations).failures.map(\.path) == ["frame 2: run"])
    observations.steps.removeLast()
    #expect(judge(test, observations).verdict == .infra)
  }

  // MARK: Goldens

  @Test func whatIsRecordedIsWhatIsExpectedNext() async throws {
    let expect = "{ golden: g.pcapng }"
    let recording = try await plan(expect, recording: true)
    let first = seen(recording) { $1.returnValue = $0 == 2 ? 1 : 2 }
    #expect(judge(recording, first).verdict == .passed)
    let report = try recording.record(first, release: "6.1.0")
    #expect(report?.description == "recorded \(folder.path)/g.pcapng: 3 frames")

    let frames = try CaptureReader(path: folder.path + "/g.pcapng").rest()
    #expect(frames.map(\.comments) == [["XDP_PASS"], ["XDP_PASS"], ["XDP_DROP"]])
    // Times are the input's, so that recording twice makes the same file.
    #expect(frames.map(\.nanoseconds) == [1_000_000, 1_000_001, 1_000_002])

    let test = try await plan(expect)
    #expect(judge(test, first).verdict == .passed)
    let cell = judge(
      test,
      seen(test) { index, seen in
        seen.returnValue = 2
        if index == 0 { seen.data?.array[22] = 9 }
      })
    #expect(cell.failures.map(\.path) == ["frame 1: packet", "frame 3: verdict"])
    #expect(cell.failures.allSatisfy { $0.golden == folder.path + "/g.pcapng" })
    #expect(cell.failures.first?.seen.hasPrefix("IP.ttl: expected 64, seen 9") == true)
    #expect(cell.failures.first?.detail?.contains("ttl") == true)
    #expect(cell.failures.last?.expected == "XDP_DROP")
    #expect(cell.failures.last?.seen == "XDP_PASS")

    let again = try recording.record(seen(recording), release: "6.1.0")
    #expect(again?.changed == 1)
  }

  @Test func aGoldenTellsWhichFieldsOfTheContextChanged() async throws {
    let test = try await plan("{ golden: g.pcapng }", program: "mark", recording: true)
    let size = try #require(test.plan.steps.first?.contextSizeOut)
    #expect(size > 0)
    let observations = seen(test) { index, seen in
      var context = [UInt8](repeating: 0, count: size)
      context[8] = UInt8(index)  // __sk_buff.mark
      context[52] = UInt8(3 * index)  // __sk_buff.cb[1]
      context[40] = 7  // __sk_buff.ifindex, the kernel's own
      seen.returnValue = index == 2 ? 77 : 0
      seen.context = Bytes(context)
    }
    _ = try test.record(observations, release: "6.1.0")
    let frames = try CaptureReader(path: folder.path + "/g.pcapng").rest()
    #expect(frames.map(\.comments) == [["TC_ACT_OK"], ["TC_ACT_OK mark=1 cb[1]=3"], ["77 mark=2 cb[1]=6"]])
  }

  @Test func masksLetAGoldenAndAPacketDiffer() async throws {
    let recording = try await plan("{ golden: g.pcapng }", recording: true)
    _ = try recording.record(seen(recording), release: "6.1.0")
    func changed(_ test: PlannedTest) -> Observations { seen(test) { $1.data?.array[19] = 99 } }  // IP.id
    for (expect, paths) in [
      ("{ golden: g.pcapng }", ["frame 1: packet", "frame 2: packet", "frame 3: packet"]),
      ("{ golden: g.pcapng, ignore: [IP.id, IP.chksum] }", []), ("{ packet: unchanged, ignore: IP.id }", []),
      ("{ packet: unchanged, ignore: TCP }", ["frame 1: packet", "frame 2: packet", "frame 3: packet"]),
    ] {
      let test = try await plan(expect)
      #expect(judge(test, changed(test)).failures.map(\.path) == paths, "\(expect)")
    }
  }

  @Test func aGoldenMayDifferByKernel() async throws {
    let expect = "{ golden: { \"<5.15\": old.pcapng, default: new.pcapng } }"
    let recording = try await plan(expect, recording: true)
    _ = try recording.record(seen(recording) { $1.returnValue = 1 }, release: "5.10.0")
    _ = try recording.record(seen(recording), release: "6.1.0")
    let test = try await plan(expect)
    #expect(judge(test, seen(test)).verdict == .passed)
    #expect(judge(test, seen(test), release: "5.10.0").failures.first?.path == "frame 1: verdict")
  }

  @Test func aGoldenThatCannotBeComparedWithSaysHowToRecordIt() async throws {
    let words = "record it with: bpftest run \(folder.path)/a.bpftest.yaml --record"
    let expect = "{ golden: g.pcapng }"
    func check(_ what: String) {
      let text = complaint(replay: "three.pcapng", expect: expect)
      #expect(text.contains(what) && text.contains(words), "\(text)")
    }
    check("the golden `g.pcapng` isn't there")
    try writeCapture(folder, "g.pcapng", ports: [])
    check("the golden `g.pcapng` has no frames")
    try writeCapture(folder, "g.pcapng", ports: [1, 2])
    check("the golden `g.pcapng` has 2 frames, and 3 go in")
    try writeCapture(folder, "g.pcapng", ports: [1, 2, 3])
    check("frame 1 of the golden `g.pcapng` has no comment")
    try folder.write("no capture", to: "g.pcapng")
    check("not a capture")
    let text = "object: p.bpf.o\ntests:\n  - { name: t, packet: Ether(), expect: \(expect) }\n"
    #expect(errors(in: text).first?.message == "`golden` is for tests with `replay` or `packets`")
  }
}
