import Testing

@testable import BPF

/// BTF blobs made by hand: what libbpf would stumble over is found first.
@Suite struct BTFCheckTests {
  /// A blob of these words of types, and the strings `\0a\0`.
  private static func blob(_ words: [UInt32], strings: [UInt8] = [0, 0x61, 0]) -> [UInt8] {
    let types = words.flatMap { word in withUnsafeBytes(of: word) { [UInt8]($0) } }
    let header = [24, 0, UInt32(types.count), UInt32(types.count), UInt32(strings.count)]
    return [0x9f, 0xeb, 1, 0] + header.flatMap { word in withUnsafeBytes(of: word) { [UInt8]($0) } } + types + strings
  }

  private static func complaint(_ words: [UInt32], strings: [UInt8] = [0, 0x61, 0]) -> String {
    BTFCheck.complaint(blob(words, strings: strings)[...]) ?? "none"
  }

  private static func info(_ kind: UInt32, _ count: UInt32 = 0) -> UInt32 { kind << 24 | count }
  /// `int a`, type 1 of the blobs here.
  private static let int: [UInt32] = [1, info(1), 4, 32]

  @Test func whatIsWholeIsLetPass() {
    #expect(Self.complaint(Self.int) == "none")
    // A list's node: struct a { struct a *a; }.
    #expect(Self.complaint(Self.int + [1, Self.info(4, 1), 8, 1, 3, 0] + [0, Self.info(2), 2]) == "none")
  }

  @Test(
    arguments: [
      ([1, 2 << 24, 9], "refers to type 9, and there are 2"),
      ([1, 8 << 24, 1], "contains itself"),
      ([1, 8 << 24, 2] + [1, 10 << 24, 1], "contains itself"),
      ([1, 4 << 24 | 1, 4, 1, 1, 0], "contains itself"),
      ([0, 3 << 24, 0, 1, 1, 4], "contains itself"),
      ([7, 2 << 24, 0], "has a name outside the strings"),
      ([1, 4 << 24 | 1, 4, 7, 0, 0], "member with a name outside the strings"),
      ([1, 4 << 24 | 3, 4, 1, 0, 0], "cut short"),
      ([1, 30 << 24, 0], "unknown kind"),
      ([1, 1 << 24, 17, 32], "integer of 17 bytes"),
      ([1, 12 << 24, 0], "of the wrong kind"),
      ([1, 14 << 24, 1, 0], "of the wrong kind"),
      ([1, 15 << 24 | 1, 4, 0, 0, 4], "of the wrong kind"),
      ([1, 2 << 24], "cut short"),
    ] as [([UInt32], String)])
  func whatIsDamagedIsNamed(_ words: [UInt32], _ complaint: String) {
    #expect(Self.complaint(words).contains(complaint), "\(Self.complaint(words))")
  }

  /// libbpf's dumper would follow these for ever; a list's node it leaves off at its name.
  @Test(
    arguments: [
      ([0, 2 << 24, 1], true),
      ([0, 2 << 24, 2] + [0, 10 << 24, 1], true),
      ([1, 8 << 24, 2] + [0, 2 << 24, 1], true),
      ([0, 2 << 24, 2] + [0, 13 << 24 | 1, 0, 1, 1], true),
      ([0, 2 << 24, 2] + [0, 13 << 24, 1], true),
      ([0, 4 << 24 | 1, 8, 1, 2, 0] + [0, 2 << 24, 1], true),
      ([1, 4 << 24 | 1, 8, 1, 2, 0] + [0, 2 << 24, 1], false),
      ([1, 4 << 24 | 1, 8, 1, 2, 0] + [0, 2 << 24, 3] + [0, 13 << 24 | 1, 0, 1, 2], true),
      ([1, 4 << 24 | 1, 8, 1, 2, 0] + [0, 2 << 24, 3] + [0, 13 << 24 | 1, 0, 1, 1], false),
    ] as [([UInt32], Bool)])
  func whatLeadsToItselfIsNotWritten(_ words: [UInt32], _ refused: Bool) throws {
    #expect(Self.complaint(words) == "none")
    let blob = Self.blob(words)
    #expect((BTFCheck.complaintBeforeDumping(blob[...]) ?? "").contains("leads to itself") == refused)
    if refused {
      #expect(throws: BPFError.self) { try KernelHeader.text(of: blob) }
    } else {
      #expect(try KernelHeader.text(of: blob).isEmpty == false)
    }
  }

  @Test(arguments: [(900, "none"), (1100, "too many others"), (20_000, "too many others")])
  func typesBehindTypesAreCounted(_ count: Int, _ complaint: String) throws {
    for isForwards in [true, false] {
      // Typedefs of typedefs, and pointers to pointers.
      func chain(_ kind: UInt32, _ name: UInt32) -> [UInt32] {
        (0..<count).flatMap { index in
          [name, Self.info(kind), UInt32(isForwards ? (index + 1 < count ? index + 2 : 0) : index)]
        }
      }
      #expect(Self.complaint(chain(8, 1)).contains(complaint))
      let pointers = Self.blob(chain(2, 0))
      #expect(BTFCheck.complaint(pointers[...]) == nil)
      #expect((BTFCheck.complaintBeforeDumping(pointers[...]) ?? "none").contains(complaint))
      if complaint == "none" { #expect(try KernelHeader.text(of: pointers).isEmpty == false) }
    }
  }

  @Test func headersAndStringsMustFit() {
    #expect(Self.complaint(Self.int, strings: [0, 0x61]) != "none", "the last string doesn't end")
    #expect(Self.complaint(Self.int, strings: [0x61, 0]) != "none", "the first string isn't empty")
    #expect(Self.complaint(Self.int, strings: []) != "none")
    let blob = Self.blob(Self.int)
    for length in 0..<blob.count { #expect(BTFCheck.complaint(blob[..<length]) != nil) }
    for place in blob.indices {
      for value: UInt8 in [0x7f, 0xff] {
        var damaged = blob
        damaged[place] = value
        // Whatever it says, it says it without reading outside.
        _ = BTFCheck.complaint(damaged[...])
      }
    }
  }
}
