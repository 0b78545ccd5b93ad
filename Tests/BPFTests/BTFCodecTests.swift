import Testing

@testable import BPF

/// Types made by hand, as clang would describe them.
private enum Sample {
  static let records: [BTFRecord] = [
    BTFRecord(name: "", size: 0, kind: .void),
    BTFRecord(
      name: "unsigned int", size: 4, kind: .integer(bits: 32, offset: 0, signed: false, char: false, bool: false)),
    BTFRecord(name: "__u32", size: 0, kind: .typedef(1)),
    BTFRecord(name: "__be32", size: 0, kind: .typedef(2)),
    BTFRecord(name: "short", size: 2, kind: .integer(bits: 16, offset: 0, signed: true, char: false, bool: false)),
    BTFRecord(name: "char", size: 1, kind: .integer(bits: 8, offset: 0, signed: true, char: true, bool: false)),
    BTFRecord(name: "", size: 0, kind: .array(element: 5, count: 8)),
    BTFRecord(
      name: "verdict", size: 4,
      kind: .enumeration([.init(name: "DROP", value: 1), .init(name: "PASS", value: 2)], signed: false)),
    BTFRecord(
      name: "rule", size: 28,
      kind: .structure([
        .init(name: "addr", type: 3, bitOffset: 0, bitFieldSize: 0),
        .init(name: "delta", type: 4, bitOffset: 32, bitFieldSize: 0),
        .init(name: "low", type: 1, bitOffset: 48, bitFieldSize: 3),
        .init(name: "high", type: 1, bitOffset: 51, bitFieldSize: 5),
        .init(name: "verdict", type: 7, bitOffset: 64, bitFieldSize: 0),
        .init(name: "name", type: 6, bitOffset: 96, bitFieldSize: 0),
        .init(name: "", type: 9, bitOffset: 160, bitFieldSize: 0),
        .init(name: "pair", type: 10, bitOffset: 192, bitFieldSize: 0),
      ])),
    BTFRecord(name: "", size: 4, kind: .union([.init(name: "mark", type: 2, bitOffset: 0, bitFieldSize: 0)])),
    BTFRecord(name: "", size: 0, kind: .array(element: 4, count: 2)),
    BTFRecord(
      name: "lpm", size: 8,
      kind: .structure([
        .init(name: "prefixlen", type: 2, bitOffset: 0, bitFieldSize: 0),
        .init(name: "addr", type: 3, bitOffset: 32, bitFieldSize: 0),
      ])),
    BTFRecord(name: "_Bool", size: 1, kind: .integer(bits: 8, offset: 0, signed: false, char: false, bool: true)),
    BTFRecord(name: "mac", size: 0, kind: .array(element: 14, count: 6)),
    BTFRecord(
      name: "unsigned char", size: 1, kind: .integer(bits: 8, offset: 0, signed: false, char: false, bool: false)),
    // 15 to 22: what is rare.
    BTFRecord(name: "float", size: 4, kind: .float),
    BTFRecord(name: "double", size: 8, kind: .float),
    BTFRecord(
      name: "level", size: 8,
      kind: .enumeration([.init(name: "LOW", value: -2), .init(name: "HIGH", value: 1 << 40)], signed: true)),
    BTFRecord(name: "int", size: 4, kind: .integer(bits: 32, offset: 0, signed: true, char: false, bool: false)),
    BTFRecord(
      name: "bits", size: 4,
      kind: .structure([
        .init(name: "drift", type: 18, bitOffset: 0, bitFieldSize: 4),
        .init(name: "verdict", type: 7, bitOffset: 4, bitFieldSize: 2),
        .init(name: "flag", type: 12, bitOffset: 6, bitFieldSize: 1),
      ])),
    BTFRecord(name: "", size: 0, kind: .array(element: 19, count: 3)),
    BTFRecord(name: "", size: 8, kind: .pointer(19)),
    BTFRecord(name: "__int128", size: 16, kind: .integer(bits: 128, offset: 0, signed: true, char: false, bool: false)),
  ]
  static let btf = BTF(records: records)
  static func type(_ id: UInt32) -> BTFType { BTFType(btf: btf, id: id) }
  static let rule = type(8)
}

@Suite struct BTFCodecTests {
  static let value = BTFValue.fields([
    .init("addr", "10.0.0.1"), .init("delta", -2), .init("low", 5), .init("high", 17), .init("verdict", "PASS"),
    .init("name", "eth0"), .init("mark", 0x0102_0304), .init("pair", .list([1, -1])),
  ])
  static let bytes: [UInt8] = [
    10, 0, 0, 1, 0xfe, 0xff, 0b1000_1101, 0, 2, 0, 0, 0, 0x65, 0x74, 0x68, 0x30, 0, 0, 0, 0, 4, 3, 2, 1, 1, 0, 0xff,
    0xff,
  ]

  @Test func encodesEveryKindOfMember() throws {
    #expect(try BTFCodec.encode(Self.value, as: Sample.rule) == Self.bytes)
  }

  @Test func decodesWhatItEncodes() throws {
    let decoded = try BTFCodec.decode(Self.bytes, as: Sample.rule)
    #expect(
      decoded
        == .fields([
          .init("addr", 0x0a00_0001), .init("delta", -2), .init("low", 5), .init("high", 17),
          .init("verdict", "PASS"), .init("name", "eth0"), .init("mark", 0x0102_0304), .init("pair", .list([1, -1])),
        ]))
    #expect(try BTFCodec.encode(decoded, as: Sample.rule) == Self.bytes)
  }

  @Test func rendersAddressesInTheirNotation() {
    #expect(BTFCodec.render(Self.bytes, as: Sample.rule).hasPrefix("{addr: 167772161 (10.0.0.1), delta: -2, low: 5"))
    #expect(BTFCodec.render([1, 2, 3, 4, 5, 0xff], as: Sample.type(13)) == "01:02:03:04:05:ff")
  }

  @Test func networkOrderIsTheHarnessesAffair() throws {
    #expect(try BTFCodec.encode(0x0a00_0001, as: Sample.type(3)) == [10, 0, 0, 1])
    #expect(try BTFCodec.encode("10.0.0.1", as: Sample.type(2)) == [10, 0, 0, 1])
  }

  @Test func aPrefixFillsAnLPMKey() throws {
    #expect(try BTFCodec.encode("10.0.0.0/8", as: Sample.type(11)) == [8, 0, 0, 0, 10, 0, 0, 0])
    #expect(throws: BTFCodecError.self) { try BTFCodec.encode("10.0.0.0/33", as: Sample.type(11)) }
  }

  @Test func aMACFillsSixBytes() throws {
    #expect(try BTFCodec.encode("02:00:00:00:00:01", as: Sample.type(13)) == [2, 0, 0, 0, 0, 1])
  }

  @Test func floatsAreNumbers() throws {
    #expect(try BTFCodec.encode("0.5", as: Sample.type(15)) == [0, 0, 0, 0x3f])
    #expect(try BTFCodec.encode(-2, as: Sample.type(16)) == [0, 0, 0, 0, 0, 0, 0, 0xc0])
    #expect(try BTFCodec.decode([0, 0, 0, 0x3f], as: Sample.type(15)) == .float(0.5))
    #expect(throws: BTFCodecError.self) { try BTFCodec.encode("much", as: Sample.type(16)) }
  }

  @Test func wideEnumsGoByTheirNames() throws {
    let low: [UInt8] = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
    #expect(try BTFCodec.encode("LOW", as: Sample.type(17)) == low)
    #expect(try BTFCodec.decode(low, as: Sample.type(17)) == "LOW")
    #expect(try BTFCodec.decode([0, 0, 0, 0, 0, 1, 0, 0], as: Sample.type(17)) == "HIGH")
  }

  @Test func bitFieldsHaveSignsNamesAndTruth() throws {
    let value = BTFValue.fields([.init("drift", -8), .init("verdict", "PASS"), .init("flag", true)])
    #expect(try BTFCodec.encode(value, as: Sample.type(19)) == [0b0110_1000, 0, 0, 0])
    #expect(try BTFCodec.decode([0b0110_1000, 0, 0, 0], as: Sample.type(19)) == value)
    let error = #expect(throws: BTFCodecError.self) {
      try BTFCodec.encode(.fields([.init("drift", 8)]), as: Sample.type(19))
    }
    #expect(error?.description == "drift: 8 doesn't fit a bit-field of 4 bits, which holds -8 to 7")
  }

  @Test func elementsStandByTheirIndices() throws {
    let third = BTFValue.fields([.init("2", .fields([.init("drift", 1)]))])
    #expect(try BTFCodec.encode(third, as: Sample.type(20)) == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])
    let error = #expect(throws: BTFCodecError.self) {
      try BTFCodec.encode(.fields([.init("2", .fields([.init("drift", 9)]))]), as: Sample.type(20))
    }
    #expect(error?.path == ["[2]", "drift"])
    #expect(throws: BTFCodecError.self) { try BTFCodec.encode(.fields([.init("3", 1)]), as: Sample.type(20)) }
  }

  @Test func pointersAndVeryWideIntegers() throws {
    #expect(try BTFCodec.encode("0xffff888000000001", as: Sample.type(21)) == [1, 0, 0, 0, 0x80, 0x88, 0xff, 0xff])
    #expect(try BTFCodec.decode(try BTFCodec.encode(-5, as: Sample.type(22)), as: Sample.type(22)) == -5)
  }

  @Test func whatDoesNotFitIsNamedWithItsPathAndRange() {
    let error = #expect(throws: BTFCodecError.self) {
      try BTFCodec.encode(.fields([.init("pair", .list([1, 40_000]))]), as: Sample.rule)
    }
    #expect(error?.description == "pair[1]: 40000 doesn't fit short, which holds -32768 to 32767")
    #expect(throws: BTFCodecError.self) { try BTFCodec.encode(.fields([.init("low", 8)]), as: Sample.rule) }
    #expect(throws: BTFCodecError.self) { try BTFCodec.encode(2, as: Sample.type(12)) }
    #expect(throws: BTFCodecError.self) {
      try BTFCodec.encode(.fields([.init("name", "far too long")]), as: Sample.rule)
    }
    #expect(throws: BTFCodecError.self) { try BTFCodec.encode(.integer(.max), as: Sample.type(1)) }
  }

  @Test func anUnknownMemberOrEnumeratorSuggestsTheNearest() {
    let member = #expect(throws: BTFCodecError.self) {
      try BTFCodec.encode(.fields([.init("verdcit", 1)]), as: Sample.rule)
    }
    #expect(member?.suggestion == "verdict")
    let enumerator = #expect(throws: BTFCodecError.self) { try BTFCodec.encode("PAS", as: Sample.type(7)) }
    #expect(enumerator?.suggestion == "PASS")
  }

  @Test func tooFewBytesAreAnErrorAndNotATrap() {
    #expect(throws: BTFCodecError.self) { try BTFCodec.decode([1, 2, 3], as: Sample.rule) }
    #expect(throws: BTFCodecError.self) { try BTFCodec.decode(Self.bytes, as: Sample.rule, at: 1) }
  }

  @Test func aCycleInDamagedTypesEnds() {
    let loop = BTF(records: [
      BTFRecord(name: "", size: 0, kind: .void), BTFRecord(name: "a", size: 0, kind: .typedef(2)),
      BTFRecord(name: "b", size: 0, kind: .typedef(1)),
      BTFRecord(name: "", size: 0, kind: .array(element: 3, count: 4)),
    ])
    #expect(loop.type(1)?.size == 0)
    #expect(loop.type(3)?.size == 0)
    #expect(throws: BTFCodecError.self) { try BTFCodec.encode(1, as: BTFType(btf: loop, id: 1)) }
  }
}

@Suite struct BTFParserTests {
  @Test func damagedBlobsThrow() throws {
    let kernel = try #require(readFile("/sys/kernel/btf/vmlinux"))
    let btf = try BTF(parsing: kernel)
    #expect(btf.structure("task_struct")?.member("pid") != nil)
    for end in [0, 10, 23, 24, 100, 4000, kernel.count / 2, kernel.count - 1] {
      #expect(throws: BPFError.self) { try BTF(parsing: [UInt8](kernel[..<end])) }
    }
  }

  @Test func anAnonymousMemberIsReachedByItsInnerName() throws {
    #expect(Sample.rule.member("mark")?.bitOffset == 160)
    #expect(Sample.rule.memberNames.contains("mark"))
  }
}

@Suite struct NearestNameTests {
  @Test(arguments: [("blocked_prots", "blocked_ports"), ("XDP_PAS", "XDP_PASS"), ("Return", "return")])
  func aSlipIsForgiven(wrong: String, right: String) {
    #expect(nearestName(to: wrong, among: ["blocked_ports", "XDP_PASS", "XDP_DROP", "return"]) == right)
  }

  @Test func nothingNearIsNothing() {
    #expect(nearestName(to: "zebra", among: ["blocked_ports", "return"]) == nil)
  }
}

@Suite struct ELFCheckTests {
  @Test(arguments: [
    ([UInt8](), "empty"), ([UInt8]("#!/bin/sh".utf8), "not an ELF file"),
    ([0x7f, 0x45, 0x4c, 0x46, 2, 1], "truncated"),
  ])
  func whatIsNoObjectIsRefusedInWords(bytes: [UInt8], words: String) {
    let error = #expect(throws: BPFError.self) { try BPFObject(bytes: bytes, name: "x") }
    #expect(error?.description.contains(words) == true)
  }

  @Test func aProgramForThisMachineIsNoBPFObject() throws {
    let shell = try #require(readFile("/bin/sh"))
    let error = #expect(throws: BPFError.self) { try BPFObject(bytes: shell, name: "sh") }
    #expect(error?.detail.contains("not for BPF") == true)
  }
}
