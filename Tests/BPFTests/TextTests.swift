import Testing

@testable import BPF

/// Bytes, characters, integers of 128 bits and structs with padding, as clang describes them.
private enum Types {
  private static func integer(_ name: String, _ size: Int, signed: Bool) -> BTFRecord {
    BTFRecord(
      name: name, size: size, kind: .integer(bits: 8 * size, offset: 0, signed: signed, char: false, bool: false))
  }

  private static func member(_ name: String, _ type: UInt32, _ byte: Int) -> BTFMember {
    BTFMember(name: name, type: type, bitOffset: 8 * byte, bitFieldSize: 0)
  }

  static let btf = BTF(records: [
    BTFRecord(name: "", size: 0, kind: .void), integer("unsigned char", 1, signed: false),
    integer("char", 1, signed: true), integer("signed char", 1, signed: true),
    integer("unsigned int", 4, signed: false), integer("__int128", 16, signed: true),
    integer("unsigned __int128", 16, signed: false), integer("unsigned long", 8, signed: false),
    // 8: unsigned char[16], 9: char[16], 10: signed char[4], 11: unsigned int[4], 12: unsigned char[8], 13: char[6]
    BTFRecord(name: "", size: 0, kind: .array(element: 1, count: 16)),
    BTFRecord(name: "", size: 0, kind: .array(element: 2, count: 16)),
    BTFRecord(name: "", size: 0, kind: .array(element: 3, count: 4)),
    BTFRecord(name: "", size: 0, kind: .array(element: 4, count: 4)),
    BTFRecord(name: "", size: 0, kind: .array(element: 1, count: 8)),
    BTFRecord(name: "", size: 0, kind: .array(element: 2, count: 6)),
    BTFRecord(name: "in6_addr", size: 16, kind: .structure([member("bytes", 8, 0)])),
    BTFRecord(name: "slot", size: 16, kind: .structure([member("group", 7, 0), member("cell", 4, 8)])),
    BTFRecord(name: "lpm6", size: 20, kind: .structure([member("prefixlen", 4, 0), member("addr", 8, 4)])),
    // 17 and 18: flexible arrays.
    BTFRecord(name: "", size: 0, kind: .array(element: 2, count: 0)),
    BTFRecord(name: "line", size: 4, kind: .structure([member("length", 4, 0), member("text", 17, 4)])),
    BTFRecord(name: "event", size: 20, kind: .structure([member("pid", 4, 0), member("args", 9, 4)])),
  ])

  static func type(_ id: UInt32) -> BTFType { BTFType(btf: btf, id: id) }
}

private func refusal(_ value: BTFValue, _ id: UInt32) -> String? {
  do throws(BTFCodecError) {
    _ = try BTFCodec.encode(value, as: Types.type(id))
    return nil
  } catch {
    return error.description
  }
}

@Suite struct TextTests {
  @Test func anAddressOfAnotherSizeIsAnErrorWithBothSizes() {
    let mapped = "\"192.0.2.77\" is an IPv4 address of 4 bytes, and unsigned char[16] takes 16"
    #expect(refusal("192.0.2.77", 8) == mapped + "; did you mean `::ffff:192.0.2.77`?")
    #expect(refusal("192.0.2.77", 14)?.contains("struct in6_addr takes 16; did you mean `::ffff:") == true)
    #expect(refusal("192.0.2.77", 11)?.contains("unsigned int[4] takes 16; did you mean `::ffff:") == true)
    #expect(refusal("::1", 4) == "\"::1\" is an IPv6 address of 16 bytes, and unsigned int takes 4")
    #expect(
      refusal("02:00:00:00:00:01", 12)?.contains("is a MAC address of 6 bytes, and unsigned char[8] takes 8") == true)
    #expect(refusal("02:00:00:00:00:01", 7)?.contains("of 6 bytes, and unsigned long takes 8") == true)
    #expect(
      refusal("10.0.0.0/8", 16)
        == "\"10.0.0.0/8\" is a prefix length and an IPv4 address, 8 bytes, and struct lpm6 takes 20; "
        + "did you mean `::ffff:10.0.0.0/104`?")
  }

  @Test func anIPv4AddressInSixteenBytesIsAskedForAsSuch() throws {
    let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff, 192, 0, 2, 77]
    for id: UInt32 in [8, 11, 14] { #expect(try BTFCodec.encode("::ffff:192.0.2.77", as: Types.type(id)) == mapped) }
    #expect(try BTFCodec.encode("::ffff:10.0.0.0/104", as: Types.type(16)).first == 104)
  }

  @Test func onlyCharIsText() throws {
    #expect(try BTFCodec.encode("192.0.2.77", as: Types.type(9)) == [UInt8]("192.0.2.77".utf8) + [0, 0, 0, 0, 0, 0])
    // What reads as an address is text there too, as it is shown.
    #expect(try BTFCodec.decode(BTFCodec.encode("::1", as: Types.type(9)), as: Types.type(9)) == "::1")
    // Where there is no room for the characters, an address of that size still has one.
    #expect(try BTFCodec.encode("02:00:00:00:00:01", as: Types.type(13)) == [2, 0, 0, 0, 0, 1])
    #expect(
      refusal("hello", 12)?.contains("has 5 bytes as text and is no address, and unsigned char[8], of 8 bytes") == true)
    #expect(refusal("ab", 10)?.contains("is no array of char") == true)
    #expect(refusal("A", 1)?.contains("is not a number") == true)
    #expect(try BTFCodec.encode("A", as: Types.type(2)) == [0x41])
    #expect(try BTFCodec.encode(["text": "hello"], as: Types.type(12)) == [UInt8]("hello".utf8) + [0, 0, 0])
    #expect(refusal(["text": "far too long"], 12)?.contains("takes 12 bytes, and unsigned char[8] holds 8") == true)
  }

  @Test func bytesWithoutATypeTakeAddressesOfTheirSizeAndNoText() throws {
    #expect(try BTFCodec.encode("10.0.0.1", size: 4) == [10, 0, 0, 1])
    #expect(try BTFCodec.encode(["text": "ab"], size: 3) == [0x61, 0x62, 0])
    for (text, size): (BTFValue, Int) in [("10.0.0.1", 16), ("hello world", 16), ("::1", 4)] {
      let error = #expect(throws: BTFCodecError.self) { try BTFCodec.encode(text, size: size) }
      #expect(error?.description.contains("\(size)") == true)
    }
  }

  @Test func nothingIsNoValue() {
    for id: UInt32 in [4, 8, 14] { #expect(refusal(.null, id)?.hasPrefix("there is no value here") == true) }
    #expect(refusal(["cell": .null], 15)?.hasPrefix("cell: there is no value here") == true)
    #expect(refusal([1, .null], 11)?.hasPrefix("[1]: there is no value here") == true)
  }
}

@Suite struct WideIntegerTests {
  @Test func theBoundsOf128BitsAreWrittenAndRead() throws {
    let least = [UInt8](repeating: 0, count: 15) + [0x80]
    #expect(try BTFCodec.encode(.integer(.min), as: Types.type(5)) == least)
    #expect(try BTFCodec.decode(least, as: Types.type(5)) == .integer(.min))
    let most = [UInt8](repeating: 0xff, count: 15) + [0x7f]
    #expect(try BTFCodec.encode(.integer(.max), as: Types.type(5)) == most)
    #expect(try BTFCodec.encode("0x7fffffffffffffffffffffffffffffff", as: Types.type(5)) == most)
  }

  @Test func unsignedOnesHaveNoSign() throws {
    let ones = [UInt8](repeating: 0xff, count: 16)
    #expect(try BTFCodec.encode("0xffffffffffffffffffffffffffffffff", as: Types.type(6)) == ones)
    #expect(try BTFCodec.encode("340282366920938463463374607431768211455", as: Types.type(6)) == ones)
    #expect(try BTFCodec.decode(ones, as: Types.type(6)) == .unsigned(.max))
    #expect(try BTFCodec.encode(.unsigned(.max), as: Types.type(6)) == ones)
    #expect(
      BTFCodec.render(ones, as: Types.type(6))
        == "340282366920938463463374607431768211455 (0xffffffffffffffffffffffffffffffff)")
    #expect(BTFCodec.render(ones, as: Types.type(5)) == "-1")
  }

  @Test func whatNoSuchIntegerHoldsIsRefused() {
    #expect(refusal("0xffffffffffffffffffffffffffffffff", 5)?.contains("doesn't fit __int128") == true)
    #expect(refusal(-1, 6)?.contains("which holds 0 to 340282366920938463463374607431768211455") == true)
    #expect(refusal("0xffffffffffffffffffffffffffffffff", 4)?.contains("doesn't fit unsigned int") == true)
  }
}

@Suite struct HiddenDifferenceTests {
  @Test func bytesOfPaddingThatDifferAreNamed() {
    let clean: [UInt8] = [7, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]
    var dirty = clean
    dirty.replaceSubrange(12..<14, with: [0xea, 0x1d])
    #expect(
      BTFCodec.hiddenDifference(of: dirty, from: clean, as: Types.type(15))
        == "bytes 12–13 are ea1d there, not 0000: padding of struct slot, which the kernel compares in a key as all else"
    )
    #expect(BTFCodec.hiddenDifference(of: clean, from: clean, as: Types.type(15)) == nil)
    var other = clean
    other[8] = 4
    #expect(BTFCodec.hiddenDifference(of: other, from: clean, as: Types.type(15)) == nil)
  }
}

@Suite struct RecordCodecTests {
  @Test func recordsAreAsLongAsTheyWereSent() throws {
    let line = try BTFCodec.encodeRecord(["length": 5, "text": "hello"], as: Types.type(18))
    #expect(line == [5, 0, 0, 0] + [UInt8]("hello".utf8))
    #expect(try BTFCodec.decodeRecord(line, as: Types.type(18)) == ["length": 5, "text": "hello"])
    #expect(BTFCodec.renderRecord(line, as: Types.type(18)) == "{length: 5, text: \"hello\"}")
    let short: [UInt8] = [7, 0, 0, 0, 0x6c, 0x73, 0, 0x2d]
    #expect(try BTFCodec.decodeRecord(short, as: Types.type(19)) == ["pid": 7, "args": .bytes([0x6c, 0x73, 0, 0x2d])])
    #expect(BTFCodec.renderRecord(short, as: Types.type(19)).contains("cut short after 8 of 20 bytes"))
    #expect(try BTFCodec.decodeRecord([7, 0], as: Types.type(19)) == .fields([]))
  }

  @Test func aPaddedRecordHasARangeOfLengths() {
    #expect(RecordLength.possible(ofBytes: 28, isPadded: true) == 21...28)
    #expect(RecordLength.possible(ofBytes: 28, isPadded: false) == 28...28)
    #expect(RecordLength.possible(ofBytes: 4, isPadded: true) == 0...4)
    #expect(RecordLength.words(13...20) == "13 to 20 bytes")
  }
}
