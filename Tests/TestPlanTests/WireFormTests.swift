import Testing

@testable import TestPlan

/// The forms of single values, as `WireValue` lists them.
@Suite struct WireFormTests {
  private func fault<Value: WireValue>(_ type: Value.Type, _ bytes: [UInt8]) -> WireFault? {
    #expect(throws: WireFault.self) { try WireReader.read(type, from: bytes) }
  }

  @Test func valuesHaveTheFormsThatAreWrittenDown() {
    #expect(WireWriter.payload(of: true) == [1])
    #expect(WireWriter.payload(of: 300 as UInt32) == [0xac, 0x02])  // Protocol Buffers, "Base 128 Varints"
    #expect(WireWriter.payload(of: [0, -1, 1, -2, 2_147_483_647]) == [5, 0, 1, 2, 3, 0xfe, 0xff, 0xff, 0xff, 0x0f])
    #expect(WireWriter.payload(of: 1.1) == [0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xf1, 0x3f])
    #expect(WireWriter.payload(of: Bytes([1, 2, 3, 4])) == [4, 1, 2, 3, 4])
    #expect(WireWriter.payload(of: "ä") == [2, 0xc3, 0xa4])
    #expect(WireWriter.payload(of: nil as UInt8?) == [0])
    #expect(WireWriter.payload(of: 7 as UInt8?) == [1, 7])
    #expect(WireWriter.payload(of: ["b": 2, "a": 1] as [String: UInt32]) == [2, 1, 0x61, 1, 1, 0x62, 2])
  }

  @Test(arguments: [Int64.min, .min + 1, -1 << 32, -256, -65, -64, -1, 0, 1, 63, 64, 255, 1 << 32, .max - 1, .max])
  func integersOfEveryWidthComeBack(value: Int64) throws {
    #expect(try again(value) == value)
    #expect(try again(Int(value)) == Int(value))
    #expect(try again(UInt64(bitPattern: value)) == UInt64(bitPattern: value))
    #expect(try again(UInt32(truncatingIfNeeded: value)) == UInt32(truncatingIfNeeded: value))
    #expect(try again(Int32(truncatingIfNeeded: value)) == Int32(truncatingIfNeeded: value))
    #expect(try again(UInt8(truncatingIfNeeded: value)) == UInt8(truncatingIfNeeded: value))
  }

  @Test(arguments: [0, -0.0, 1.5, .infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
  func doublesComeBack(value: Double) throws {
    #expect(try again(value).bitPattern == value.bitPattern)
  }

  @Test func anIntegerThatDoesNotFitIsAnError() throws {
    #expect(fault(UInt8.self, [0x80, 0x02]) == WireFault(problem: .doesNotFit, offset: 0))
    #expect(fault(UInt32.self, WireWriter.payload(of: 1 << 32 as UInt64))?.problem == .doesNotFit)
    #expect(fault(Int32.self, WireWriter.payload(of: Int64(Int32.min) - 1))?.problem == .doesNotFit)
    // 64 bits take ten bytes, the last of which has one.
    let most = [UInt8](repeating: 0xff, count: 9)
    #expect(try WireReader.read(UInt64.self, from: most + [1]) == .max)
    #expect(fault(UInt64.self, most + [2]) == WireFault(problem: .doesNotFit, offset: 9))
    #expect(fault(UInt64.self, most + [0x80, 0]) == WireFault(problem: .doesNotFit, offset: 9))
  }

  @Test func whatIsCutShortIsAnError() {
    #expect(fault(UInt8.self, []) == WireFault(problem: .endsTooEarly, offset: 0))
    #expect(fault(UInt32.self, [0x80, 0x80]) == WireFault(problem: .endsTooEarly, offset: 2))
    #expect(fault(Double.self, [1, 2, 3, 4, 5, 6, 7])?.problem == .endsTooEarly)
    #expect(fault(String.self, [3, 0x61, 0x62]) == WireFault(problem: .tooMany(3), offset: 0))
    let endless = WireWriter.payload(of: UInt64.max)
    #expect(fault([Bytes].self, endless) == WireFault(problem: .tooMany(.max), offset: 0))
    #expect(fault(Bytes.self, endless) == WireFault(problem: .tooMany(.max), offset: 0))
  }

  @Test func whatIsTooLongIsAnError() {
    #expect(fault(UInt8.self, [1, 2, 3]) == WireFault(problem: .tooLong(2), offset: 1))
  }

  @Test func whatIsNeitherTrueNorFalseIsAnError() {
    #expect(fault([Bool].self, [2, 1, 2]) == WireFault(problem: .notABoolean(2), offset: 2))
    #expect(fault(UInt8?.self, [7, 1]) == WireFault(problem: .notABoolean(7), offset: 0))
  }

  @Test func aCaseThatIsUnknownIsAnError() {
    #expect(fault(CallArgument.self, [9]) == WireFault(problem: .unknownCase(9, of: "CallArgument"), offset: 0))
    #expect(fault(HostMessage.self, [255])?.description.contains("no case 255 of HostMessage") == true)
  }

  @Test func aKeyThatComesTwiceIsAnError() {
    #expect(fault([String: UInt32].self, [2, 1, 0x61, 1, 1, 0x61, 2]) == WireFault(problem: .repeatsAKey, offset: 7))
  }

  @Test func theFirstFaultIsTheOneThatIsTold() {
    #expect(fault([UInt8].self, [3, 1, 0xff, 0x7f, 1]) == WireFault(problem: .doesNotFit, offset: 2))
  }

  @Test func mapsInMapsComeBackToADepthAndNoFurther() throws {
    func nested(_ depth: Int) -> MapValue {
      depth == 0
        ? .bytes(Bytes([1])) : .contents(InnerMap(entries: [MapEntry(key: Bytes(), value: nested(depth - 1))]))
    }
    let deep = nested(WireReader.maximumDepth)
    #expect(try again(deep) == deep)
    #expect(fault(MapValue.self, WireWriter.payload(of: nested(WireReader.maximumDepth + 1)))?.problem == .tooDeep)
    // The same again and again: the tag, one entry, no key.
    let endless = (0..<100_000).flatMap { _ in [4, 1, 0] as [UInt8] }
    #expect(fault(MapValue.self, endless)?.problem == .tooDeep)
  }

  @Test func textThatIsNotUTF8IsRepaired() throws {
    #expect(try WireReader.read(String.self, from: [3, 0x61, 0xff, 0x62]) == "a\u{fffd}b")
  }
}
