import Packets
import Testing

@testable import Fixtures

@Suite struct CapturePacketTests {
  private func capture(_ folder: TemporaryFolder, link: LinkType = .ethernet) throws {
    let writer = try CaptureWriter(path: folder.path + "/two.pcapng")
    for port in [80, 443] {
      let bytes = try Packet(expression: "Ether()/IP()/TCP(dport=\(port))").build()
      try writer.write(CaptureFrame(bytes, linkType: link))
    }
    try writer.finish()
  }

  private func suite(_ folder: TemporaryFolder, _ packet: String) throws -> Suite {
    try Suite(
      text: "object: p.bpf.c\ntests:\n  - { name: t, packet: \(packet), expect: { return: 1 } }\n",
      path: folder.path + "/a.bpftest.yaml")
  }

  @Test func aFrameIsCountedFromOneAndFoundBesideTheFixture() throws {
    let folder = try TemporaryFolder()
    try capture(folder)
    let suite = try suite(folder, "{ pcap: two.pcapng, frame: 2 }")
    #expect(try suite.tests[0].steps[0].packet == Packet(expression: "Ether()/IP()/TCP(dport=443)").build())
  }

  @Test func whatCannotBeSentIsRefusedInWords() throws {
    let folder = try TemporaryFolder()
    try capture(folder, link: .rawIP)
    for (packet, words) in [
      ("{ pcap: two.pcapng, frame: 3 }", "`two.pcapng` has no frame 3: it has 2"),
      ("{ pcap: two.pcapng, frame: 1 }", "is neither IPv4 nor IPv6, though its link type is rawIP"),
      ("{ pcap: none.pcap }", "none.pcap"),
      ("{ pcap: a.bpftest.yaml, frame: 0 }", "`frame` must be a number from 1"),
    ] {
      let error = #expect(throws: FixtureErrors.self) { try suite(folder, packet) }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
  }
}
