import Testing

@testable import TestPlan

@Suite struct FrameTests {
  @Test func aFrameSaysItsLengthAndChecksum() throws {
    let wrapped = Frame.wrap([1, 2, 3])
    let header = try Frame.parse(header: [UInt8](wrapped.prefix(Frame.headerSize)))
    #expect(header.length == 3)
    #expect(header.checksum == Frame.checksum([1, 2, 3]))
    #expect(wrapped.count == Frame.headerSize + 3)
  }

  @Test func garbageIsNotAFrame() {
    #expect(throws: FrameError.outOfStep) { try Frame.parse(header: [UInt8](repeating: 0, count: 12)) }
    #expect(throws: FrameError.truncated(expected: 12, seen: 3)) { try Frame.parse(header: [1, 2, 3]) }
  }

  @Test(arguments: [UInt8(ascii: "T"), 0, Frame.revision + 1])
  func anAgentOfAnotherBuildIsToldApart(revision: UInt8) {
    let header = [UInt8]("BPF".utf8) + [revision] + [UInt8](repeating: 0, count: 8)
    let error = #expect(throws: FrameError.otherBuild) { try Frame.parse(header: header) }
    #expect(error?.description.contains("different builds") == true)
  }

  @Test func theChecksumIsXXH32() {
    // xxHash's own self-test (tests/sanity_test_vectors.h) of nothing, and of `xxhsum -H0` for a word.
    #expect(Frame.checksum([]) == 0x02cc_5d05)
    #expect(Frame.checksum([UInt8]("foobar".utf8)) == 0xeda3_4aaf)
  }
}

@Suite struct BytesTests {
  @Test func hexGoesBothWays() {
    #expect(Bytes([0, 0x7f, 0xff]).hex == "007fff")
    #expect(Bytes(hex: "00:7F ff\n") == Bytes([0, 0x7f, 0xff]))
    #expect(Bytes(hex: "0") == nil)
    #expect(Bytes(hex: "0g") == nil)
    #expect(Bytes(hex: "0 0") == nil)
  }
}
