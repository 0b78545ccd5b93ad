import Testing

@testable import TestPlan

@Suite struct CBORTests {
  static let plan = TestPlan(
    object: ObjectID(rawValue: "abc"), programs: ["xdp_firewall"], programTypes: ["x": 6], mapSizes: ["m": 1 << 20],
    globals: [GlobalWrite(section: ".rodata", offset: 4, bytes: Bytes([1, 2, 3]))],
    maps: [
      MapWrite(map: "ports", entries: [MapEntry(key: Bytes([0, 80]), value: .perCPU([Bytes([1]), Bytes([])]))]),
      MapWrite(map: "jump", entries: [MapEntry(key: Bytes([0, 0, 0, 0]), value: .program("handle_ipv4"))]),
    ],
    requirements: [.helper(name: "bpf_loop", id: 181, programType: 6), .kfunc("bpf_iter_num_new")],
    steps: [Step(program: "xdp_firewall", data: Bytes([UInt8](repeating: 7, count: 70_000)), readMaps: ["ports"])])

  @Test func aPlanComesBackAsItWentIn() throws {
    #expect(try CBOR.decode(TestPlan.self, from: CBOR.encode(Self.plan)) == Self.plan)
  }

  @Test func observationsComeBackAsTheyWentIn() throws {
    let seen = Observations(
      load: .refused(Refusal(stage: .load, operation: "load", errno: 22, program: "p", verifierLog: "0: R1=ctx()\n…")),
      steps: [StepObservation(returnValue: .max, truncatedFrom: 9000)], seconds: 0.25)
    #expect(try CBOR.decode(Observations.self, from: CBOR.encode(seen)) == seen)
  }

  @Test(arguments: [Int64.min, -256, -1, 0, 23, 24, 255, 256, 65535, 65536, 1 << 32, .max])
  func integersOfEveryWidthComeBack(value: Int64) throws {
    #expect(try CBOR.decode(Int64.self, from: CBOR.encode(value)) == value)
  }

  @Test func encodesAsTheSpecificationDoes() throws {
    // RFC 8949, appendix A.
    #expect(try CBOR.encode(1000) == [0x19, 0x03, 0xe8])
    #expect(try CBOR.encode(-1000) == [0x39, 0x03, 0xe7])
    #expect(try CBOR.encode(1.1) == [0xfb, 0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a])
    #expect(try CBOR.encode(Bytes([1, 2, 3, 4])) == [0x44, 1, 2, 3, 4])
    #expect(try CBOR.encode(["a": true]) == [0xbf, 0x61, 0x61, 0xf5, 0xff])
  }

  @Test func anyCutOrFlippedPlanIsRefusedOrDecodedButNeverTraps() throws {
    let whole = try CBOR.encode(Self.plan)
    for end in stride(from: 0, to: min(whole.count, 600), by: 1) {
      #expect(throws: DecodingError.self) { try CBOR.decode(TestPlan.self, from: [UInt8](whole[..<end])) }
    }
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var bytes = [UInt8](whole.prefix(500) + whole.suffix(60))
      bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      _ = try? CBOR.decode(TestPlan.self, from: bytes)
    }
  }

  @Test func refusesDeepNesting() {
    #expect(throws: DecodingError.self) {
      try CBOR.decode([Int].self, from: [UInt8](repeating: CBORMark.openArray, count: 100_000))
    }
  }

  @Test func anIntegerThatDoesNotFitIsAnError() throws {
    let bytes = try CBOR.encode(300)
    #expect(throws: DecodingError.self) { try CBOR.decode(UInt8.self, from: bytes) }
  }
}

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

  @Test func theChecksumIsFNV1a() {
    #expect(Frame.checksum([UInt8]("foobar".utf8)) == 0xbf9c_f968)  // draft-eastlake-fnv, appendix C
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
