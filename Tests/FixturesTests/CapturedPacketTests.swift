import Packets
import Testing

@testable import Fixtures

/// Captures whose frames have no Ethernet header, or aren't whole.
@Suite struct CapturedPacketTests {
  private let folder: TemporaryFolder
  private let ip: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    ip = try Packet(expression: "IP()/UDP()").build()
    let sender: [UInt8] = [2, 0, 0, 0, 0, 9]
    try write("raw.pcapng", [(ip, .rawIP, nil), (try Packet(expression: "IPv6()/UDP()").build(), .rawIP, nil)])
    try write(
      "any.pcapng",
      [
        ([0, 1, 0, 1, 0, 6] + sender + [0, 0, 8, 0] + ip, .linuxCooked, nil),
        ([8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6] + sender + [0, 0] + ip, .linuxCooked2, nil),
      ])
    try write("odd.pcapng", [([0, 4, 0, 1, 0, 6] + sender + [0, 0, 0, 4, 1, 2], .linuxCooked, nil)])
    try write("cut.pcapng", [(ip, .ethernet, 1500), (ip, .ethernet, 1500), (ip, .ethernet, nil)])
    try write("short.pcapng", [(ip, .ethernet, 1500)])
  }

  private func write(_ name: String, _ frames: [([UInt8], LinkType, Int?)]) throws {
    let writer = try CaptureWriter(path: folder.path + "/" + name)
    for (bytes, link, length) in frames {
      try writer.write(CaptureFrame(bytes, linkType: link, originalLength: length))
    }
    try writer.finish()
  }

  private func suite(_ input: String, expect: String = "{ return: 1 }") throws -> Suite {
    try Suite(
      text: "object: p.bpf.o\ntests:\n  - { name: t, \(input), expect: \(expect) }\n",
      path: folder.path + "/a.bpftest.yaml")
  }

  private func errors(_ input: String) -> [String] {
    do throws(FixtureErrors) {
      _ = try Suite(
        text: "object: p.bpf.o\ntests:\n  - { name: t, \(input), expect: { return: 1 } }\n",
        path: folder.path + "/a.bpftest.yaml")
      return []
    } catch {
      return error.errors.map { $0.message + ($0.hint.map { " (\($0))" } ?? "") }
    }
  }

  @Test func headersAreMadeUpWhereACaptureHasNone() throws {
    let zeros = [UInt8](repeating: 0, count: 12)
    let raw = try #require(try suite("replay: raw.pcapng").tests[0].traffic)
    #expect(raw.frames.map { Array($0.bytes.prefix(14)) } == [zeros + [8, 0], zeros + [0x86, 0xdd]])
    #expect(raw.frames[0].bytes.dropFirst(14).elementsEqual(ip))
    let any = try #require(try suite("replay: any.pcapng").tests[0].traffic)
    let from: [UInt8] = [2, 0, 0, 0, 0, 9, 8, 0]
    #expect(any.frames[0].bytes == [UInt8](repeating: 0xff, count: 6) + from + ip)
    #expect(any.frames[1].bytes == [UInt8](repeating: 0, count: 6) + from + ip)
    #expect(any.bare?.value == "frame 1 of `any.pcapng` has no Ethernet header, which XDP programs see")
    let given = try suite(
      "packet: { pcap: raw.pcapng, frame: 1, ether: { dst: \"02:00:00:00:00:01\", src: \"02:00:00:00:00:02\" } }")
    let step = given.tests[0].steps[0]
    #expect(step.packet == [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0] + ip)
    #expect(step.bare == nil)
  }

  @Test func anXDPProgramIsGivenNoHeaderThatNobodyWrote() async throws {
    func plan(_ input: String, program: String) async throws {
      _ = try await Sample.plan(
        text: "object: sample.bpf.o\ntests:\n  - { name: t, program: \(program), \(input), expect: { return: 1 } }\n",
        path: folder.path + "/a.bpftest.yaml")
    }
    for input in ["replay: raw.pcapng", "packet: { pcap: raw.pcapng, frame: 2 }"] {
      try await plan(input, program: "mark")
      let error = await #expect(throws: FixtureErrors.self) { try await plan(input, program: "pass") }
      #expect(error?.description.contains("has no Ethernet header, which XDP programs see") == true)
      #expect(error?.description.contains("ether: {") == true)
    }
    try await plan("replay: { pcap: raw.pcapng, ether: { src: \"02:00:00:00:00:01\" } }", program: "pass")
  }

  @Test func framesThatWereCutAreLeftOutAndCounted() throws {
    let traffic = try #require(try suite("replay: cut.pcapng").tests[0].traffic)
    #expect(traffic.frames.map(\.number) == [3])
    #expect(traffic.cut == 2)
    let run = try #require(try suite("replay: { pcap: cut.pcapng, truncated: run }").tests[0].traffic)
    #expect(run.frames.map(\.number) == [1, 2, 3])
    #expect(run.cut == 0)
    #expect(try suite("packet: { pcap: cut.pcapng, truncated: run }").tests[0].steps[0].packet == ip)
  }

  @Test func whatCannotBeReadIsToldOnceAndNothingAfterIt() {
    for (input, words) in [
      ("replay: short.pcapng", "all that would be replayed of `short.pcapng` was cut short"),
      ("packet: { pcap: short.pcapng }", "was cut short when it was captured: 28 of 1500 bytes"),
      ("replay: odd.pcapng", "has the protocol 4, which is no EtherType"),
      ("replay: { pcap: raw.pcapng, ether: { dst: x } }", "`dst` is a MAC address"),
      ("replay: { pcap: raw.pcapng, truncated: cut }", "`truncated` is run or skip"),
      ("packet: { hex: 00, ether: {} }", "`ether` is for a packet of a `pcap`"),
      ("packets: { generate: 5, from: Ether()/IP(), vary: [IP.sorc] }", "IP has no field sorc"),
    ] {
      let all = errors(input)
      #expect(all.count == 1 && all[0].contains(words), "\(input): \(all)")
    }
    // Of an expected packet nobody knows which program sees it.
    #expect(throws: FixtureErrors.self) { try suite("packet: Ether()", expect: "{ packet: { pcap: raw.pcapng } }") }
  }
}
