import BPFTesting
import Testing

@Suite struct PrintkSuite {
  let object: BPFObject

  init() async throws {
    object = try await BPFObject(compiling: "BPF/talk.bpf.c")
    try await object.load()
  }

  @Test func aRunTellsWhatItsProgramWrote() throws {
    let talk = try object.programs["talk"]
    #expect(try talk.testRun(Ether() / IPv4()).printk == ["packet of 34 bytes"])
    #expect(try talk.testRun(Ether() / IPv4() / UDP()).printk == ["packet of 42 bytes"])
  }

  @Test func linesOfManyRunsAreHeardTogether() throws {
    let lines = try object.printk {
      for _ in 0..<3 {
        let run = try object.programs["talk"].testRun(Ether() / IPv4())
        #expect(run.printk == [])
      }
    }
    #expect(lines == Array(repeating: "packet of 34 bytes", count: 3))
  }

  @Test func aFailureSaysThemToo() throws {
    let run = try object.programs["talk"].testRun(Ether() / IPv4())
    withKnownIssue {
      expectReturn(run, .xdpDrop)
    } matching: { issue in
      issue.comments.contains { $0.rawValue.contains("bpf_printk:\npacket of 34 bytes") }
    }
  }
}
