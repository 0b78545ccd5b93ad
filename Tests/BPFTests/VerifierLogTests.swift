import Testing

@testable import BPF

@Suite struct VerifierLogTests {
  /// As 6.18 wrote it.
  static let old = """
    0: R1=ctx() R10=fp0
    ; void *data = (void *)(long)ctx->data; @ x.bpf.c:10
    0: (61) r2 = *(u32 *)(r1 +0)          ; R1=ctx() R2=pkt(r=0)
    1: (b7) r3 = 0
    ; return *(int *)data; @ x.bpf.c:13
    2: (61) r0 = *(u32 *)(r2 +0)
    invalid access to packet, off=0 size=4, R2(id=0,off=0,r=0)
    R2 offset is outside of the packet
    processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0

    """

  static let new = """
    0: R1=ctx() R10=fp0
    1: (61) r0 = *(u32 *)(r1 +0)
    Verification failed: invalid packet access
      Reason:
        R2 offset is outside of the packet
      At:
        x.bpf.c:13: return *(int *)data;
      Suggestion:
        compare the pointer with data_end first
    processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0

    """

  @Test func theComplaintIsTheLastLineBeforeTheStatistics() {
    #expect(VerifierLog(Self.old).reason == "R2 offset is outside of the packet")
  }

  @Test func theExcerptBeginsAtTheSourceLine() {
    #expect(
      VerifierLog(Self.old).excerpt() == """
        … 4 lines omitted
        ; return *(int *)data; @ x.bpf.c:13
        2: (61) r0 = *(u32 *)(r2 +0)
        invalid access to packet, off=0 size=4, R2(id=0,off=0,r=0)
        R2 offset is outside of the packet
        """)
  }

  @Test func theNewShapeIsShownAsItsBlock() {
    let log = VerifierLog(Self.new)
    #expect(log.reason == "R2 offset is outside of the packet")
    #expect(log.excerpt().hasPrefix("… 2 lines omitted\nVerification failed: invalid packet access\n"))
    #expect(log.excerpt().hasSuffix("compare the pointer with data_end first"))
  }

  @Test func anEmptyLogHasNoReason() {
    #expect(VerifierLog("").reason == "")
    #expect(VerifierLog("\n\n").excerpt() == "")
  }

  @Test func aLongLogIsCutToItsEnd() {
    let log = VerifierLog((0..<1000).map { "\($0): (b7) r0 = 0" }.joined(separator: "\n"))
    #expect(log.excerpt(limit: 5).split(separator: "\n").count <= 6)
    #expect(log.reason == "999: (b7) r0 = 0")
  }
}
