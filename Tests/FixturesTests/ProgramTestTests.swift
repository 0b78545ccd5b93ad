import Testing

@testable import Fixtures

/// Results that programs write themselves (Protocol Buffers), and suites of such programs.
@Suite struct ProgramTestTests {
  @Test func readsPartsAndLogs() {
    // A part "a" with status 102 and a log with two arguments, and a log "end" behind it.
    let log: [UInt8] =
      [0x0a, 11] + Array("n %d, %llx\0".utf8) + [0x11, 5, 0, 0, 0, 1, 0, 0, 0] + [0x11, 255, 0, 0, 0, 0, 0, 0, 0]
    let part: [UInt8] = [0x0a, 2, 0x61, 0, 0x10, 102, 0x1a, UInt8(log.count)] + log
    // A length of two bytes, as the macros reserve them.
    let bytes = [0x0a, UInt8(part.count) | 0x80, 0] + part + [0x12, 6, 0x0a, 4] + Array("end\0".utf8)
    let result = ProgramTestResult(bytes + [UInt8](repeating: 0, count: 100))
    #expect(result.parts.map(\.name) == ["a"] && result.parts.map(\.status) == [102])
    #expect(result.parts.first?.log == ["n 5, ff"])
    #expect(result.log == ["end"] && !result.isBroken)
  }

  @Test func aLogOfMoreThan127BytesHasItsLengthInOneByteNevertheless() {
    // As the macros write it: the log's length, its format's key and length, the format.
    let format = Array(String(repeating: "w", count: 119).utf8) + [0]
    let log = [0x0a, UInt8(format.count)] + format + [0x11, 1, 0, 0, 0, 0, 0, 0, 0]
    let result = ProgramTestResult([0x12, UInt8(log.count)] + log + [0x12, 4, 0x0a, 2, 0x61, 0])
    #expect(log.count == 131 && result.log.count == 2 && result.log.last == "a" && !result.isBroken)
  }

  @Test(
    arguments: [
      [0x0a], [0x0a, 5, 1], [0x07], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0x11, 1, 2],
    ] as [[UInt8]])
  func whatIsCutOrNoMessageIsNoted(bytes: [UInt8]) {
    #expect(ProgramTestResult(bytes).isBroken)
  }

  @Test func formatsAsPrintkDoes() {
    #expect(ProgramTestResult.format("%d %i %u %x", [UInt64(bitPattern: -1), 2, 3, 255]) == "-1 2 3 ff")
    #expect(
      ProgramTestResult.format("%ld %lu %llx 100%%", [UInt64(bitPattern: -1), .max, 1 << 40])
        == "-1 18446744073709551615 10000000000 100%")
    #expect(ProgramTestResult.format("%d and %s", [1]) == "1 and %s")
    #expect(ProgramTestResult.format("%d %d", [1]) == "1 %d (no argument)")
    #expect(ProgramTestResult.format("at the end %", []) == "at the end %")
  }

  @Test func aSuiteOfProgramsNeedsNoTestsOfItsOwn() throws {
    #expect(errors(in: "object: a.o\nsuite: cilium").isEmpty)
    #expect(errors(in: "object: a.o\nsuite: cilum").contains { "\($0)".contains("did you mean `cilium`?") })
    #expect(
      errors(in: "object: a.o\nsuite: cilium\ndefaults: { requires: { kernal: '>=5.15' } }").contains {
        "\($0)".contains("`kernel`")
      })
  }

  @Test func anObjectWithoutSuchProgramsIsAnError() async throws {
    await #expect { try await Sample.plan(text: "object: sample.bpf.o\nsuite: cilium") } throws: { error in
      "\(error)".contains("no program is in a section like `tc/test/NAME/check`")
    }
  }
}
