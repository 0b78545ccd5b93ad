import Testing

@testable import BPF
@testable import Skeletons

/// Types as clang would describe them, by hand: id 0 is `void`, and each record's id is its place.
private func table(_ records: [BTFRecord]) -> BTF {
  BTF(records: [BTFRecord(name: "", size: 0, kind: .void)] + records)
}

private func integer(_ name: String, _ size: Int, signed: Bool = false, bool: Bool = false) -> BTFRecord {
  BTFRecord(name: name, size: size, kind: .integer(bits: size * 8, offset: 0, signed: signed, char: false, bool: bool))
}

private func member(_ name: String, _ type: UInt32, at byte: Int, bit: Int = 0, bits: Int = 0) -> BTFMember {
  BTFMember(name: name, type: type, bitOffset: byte * 8 + bit, bitFieldSize: bits)
}

private func structure(_ name: String, _ size: Int, _ members: [BTFMember]) -> BTFRecord {
  BTFRecord(name: name, size: size, kind: .structure(members))
}

/// What is declared for the type of that id, each declaration a text.
private func declared(_ btf: BTF, _ id: UInt32) throws -> (type: SwiftType, declarations: [String]) {
  var table = TypeTable(skeleton: "Example")
  let type = table.type(of: try #require(btf.type(id)), hint: "hint")
  return (type, table.declarations.map { $0.joined(separator: "\n") })
}

@Suite struct TypeTableTests {
  @Test func aPlainStructHasStoredMembersAndItsPadding() throws {
    let btf = table([
      integer("__u64", 8), integer("__u8", 1), BTFRecord(name: "__be16", size: 0, kind: .typedef(4)),
      integer("short", 2),
      structure("flow_rule", 24, [member("is_on", 2, at: 0), member("hits", 1, at: 8), member("dst_port", 3, at: 16)]),
    ])
    let (type, declarations) = try declared(btf, 5)
    #expect(type == SwiftType(name: "FlowRule", size: 24, alignment: 8, zero: "FlowRule()"))
    #expect(
      declarations == [
        """
        /// `struct flow_rule`, 24 bytes.
        public struct FlowRule: BitwiseCopyable, Hashable, Sendable {
          /// `__u8 is_on` at byte 0.
          public var isOn: UInt8
          private var padding0: BPFTesting.FixedArray<7, UInt8> = BPFTesting.FixedArray(repeating: 0)
          /// `__u64 hits` at byte 8.
          public var hits: UInt64
          /// `__be16 dst_port` at byte 16.
          public var dstPort: BPFTesting.NetworkOrder<UInt16>
          private var padding1: BPFTesting.FixedArray<6, UInt8> = BPFTesting.FixedArray(repeating: 0)
          public init(isOn: UInt8 = 0, hits: UInt64 = 0, dstPort: BPFTesting.NetworkOrder<UInt16> = 0) {
            self.isOn = isOn
            self.hits = hits
            self.dstPort = dstPort
          }
        }
        """
      ])
  }

  @Test func packedMembersAndBitFieldsAreComputed() throws {
    let btf = table([
      integer("__u8", 1), integer("__u32", 4), integer("int", 4, signed: true),
      structure(
        "odd", 7, [member("kind", 1, at: 0), member("value", 2, at: 1), member("flag", 3, at: 5, bit: 2, bits: 3)]),
    ])
    let (type, declarations) = try declared(btf, 4)
    #expect(type.size == 7 && type.alignment == 1)
    let text = try #require(declarations.first)
    #expect(text.contains("private var memory: BPFTesting.FixedArray<7, UInt8>"))
    #expect(text.contains("public var value: UInt32 {\n    get { BPFTesting.Layout.load(from: memory, at: 1) }"))
    #expect(
      text.contains("public var flag: Int64 {\n    get { BPFTesting.Layout.loadBits(from: memory, at: 42, count: 3) }"))
    #expect(text.contains("public init(kind: UInt8 = 0, value: UInt32 = 0, flag: Int64 = 0)"))
  }

  @Test func bitFieldsOfEnumsHaveTheirSign() throws {
    let btf = table([
      BTFRecord(name: "mood", size: 4, kind: .enumeration([BTFEnumerator(name: "BAD", value: -1)], signed: true)),
      BTFRecord(name: "kind", size: 4, kind: .enumeration([BTFEnumerator(name: "ANY", value: 1)], signed: false)),
      structure("entry", 4, [member("mood", 1, at: 0, bits: 3), member("kind", 2, at: 0, bit: 3, bits: 3)]),
    ])
    let text = try #require(try declared(btf, 3).declarations.first)
    #expect(text.contains("public var mood: Int64 {") && text.contains("public var kind: UInt64 {"))
  }

  @Test func gapsHaveNamesThatNoMemberHas() throws {
    let btf = table([
      integer("__u8", 1), integer("__u32", 4),
      structure("gaps", 12, [member("a", 1, at: 0), member("padding0", 2, at: 4), member("padding_02", 1, at: 8)]),
    ])
    let text = try #require(try declared(btf, 3).declarations.first)
    #expect(text.contains("private var padding03: BPFTesting.FixedArray<3, UInt8>"))
    #expect(text.contains("public var padding0: UInt32") && text.contains("public var padding02: UInt8"))
    #expect(text.contains("private var padding1: BPFTesting.FixedArray<3, UInt8>"))
  }

  @Test func membersOfAnonymousUnionsBelongToTheStruct() throws {
    let btf = table([
      integer("__u32", 4), BTFRecord(name: "", size: 0, kind: .array(element: 3, count: 4)), integer("__u8", 1),
      BTFRecord(name: "", size: 4, kind: .union([member("v4", 1, at: 0), member("bytes", 2, at: 0)])),
      structure("peer", 8, [member("id", 1, at: 0), member("", 4, at: 4)]),
    ])
    let text = try #require(try declared(btf, 5).declarations.first)
    #expect(text.contains("public var v4: UInt32 {\n    get { BPFTesting.Layout.load(from: memory, at: 4) }"))
    #expect(text.contains("public var bytes: BPFTesting.FixedArray<4, UInt8> {"))
    // Which member of a union is meant can't be said by leaving others out.
    #expect(text.contains("public init() {}"))
  }

  @Test func aNestedStructIsDeclaredOnceAndFirstComeFirst() throws {
    let btf = table([
      integer("__u16", 2), structure("inner", 2, [member("x", 1, at: 0)]),
      BTFRecord(name: "", size: 0, kind: .array(element: 2, count: 3)),
      structure("outer", 8, [member("one", 2, at: 0), member("many", 3, at: 2)]),
    ])
    let (type, declarations) = try declared(btf, 4)
    #expect(type.alignment == 2)
    #expect(declarations.count == 2)
    #expect(declarations[0].contains("public var many: BPFTesting.FixedArray<3, Inner>"))
  }

  @Test func enumsKeepValuesWithoutAName() throws {
    let names = [
      BTFEnumerator(name: "MODE_OFF", value: 0), BTFEnumerator(name: "MODE_DEFAULT", value: -1),
      BTFEnumerator(name: "mode_off", value: 2),
    ]
    let btf = table([BTFRecord(name: "mode", size: 4, kind: .enumeration(names, signed: true))])
    let (type, declarations) = try declared(btf, 1)
    #expect(type.name == "Mode" && type.zero == "Mode(rawValue: 0)")
    #expect(declarations[0].contains("public var rawValue: Int32"))
    #expect(declarations[0].contains("public static let modeDefault = Mode(rawValue: -1)"))
    #expect(declarations[0].contains("public static let modeOff2 = Mode(rawValue: 2)"))
  }

  @Test func namesThatSwiftUsesAreKeptApart() throws {
    let btf = table([
      integer("__u32", 4), structure("maps", 4, [member("default", 1, at: 0)]), integer("_Bool", 1, bool: true),
    ])
    let (type, declarations) = try declared(btf, 2)
    #expect(type.name == "Maps2")
    #expect(declarations[0].contains("public var `default`: UInt32"))
    let any = table([integer("__u32", 4), structure("any", 4, [member("x", 1, at: 0)])])
    #expect(try declared(any, 2).type.name == "Any2")
    #expect(try declared(btf, 3).type.name == "BPFTesting.CBoolean")
  }

  /// No type may reach outside of its memory or go round in circles, whatever the BTF says.
  @Test func damagedTypesAreBytes() throws {
    let circular = table([structure("loop", 8, [member("again", 1, at: 0)])])
    #expect(try declared(circular, 1).declarations[0].contains("public var again: BPFTesting.FixedArray<8, UInt8>"))

    let outside = table([
      integer("__u64", 8), structure("short", 4, [member("far", 1, at: 0), member("x", 1, at: 1 << 40)]),
    ])
    let text = try declared(outside, 2).declarations[0]
    #expect(!text.contains("far") && text.contains("FixedArray<4, UInt8>"))

    let big = table([integer("__u64", 8), BTFRecord(name: "", size: 0, kind: .array(element: 1, count: 1 << 40))])
    #expect(try declared(big, 2).declarations.isEmpty)
  }
}

@Suite struct SwiftNamesTests {
  @Test(arguments: [
    ("blocked_ports", "blockedPorts"), ("ACTION_DROP", "actionDrop"), ("in", "`in`"), ("_x", "x"), ("__", "unnamed"),
    ("dstPort", "dstPort"), ("2fast", "_2fast"), ("await", "`await`"), ("self", "self_"), ("SELF", "self_"),
    ("self_", "self_"),
  ]) func properties(_ name: String, _ expected: String) {
    #expect(SwiftNames.property(name) == expected)
  }

  @Test(arguments: [
    ("xdp_firewall", "XDPFirewall"), ("flow_key", "FlowKey"), ("tcp_stats", "TCPStats"), ("bpf2bpf", "Bpf2bpf"),
  ]) func types(_ name: String, _ expected: String) {
    #expect(SwiftNames.type(name) == expected)
  }
}

@Suite struct EmbeddingTests {
  /// The examples of RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy"),
  ]) func base64(_ text: String, _ expected: String) {
    #expect(Skeleton.base64([UInt8](text.utf8)) == expected)
  }
}
