import Foundation
import Testing

@testable import BPF

@Suite struct KernelSymbolsTests {
  @Test func anAddressLiesInTheFunctionThatBeginsNearestBelow() throws {
    let path = NSTemporaryDirectory() + "kallsyms-\(UUID().uuidString)"
    try """
    ffffffff81000100 T second
    ffffffff81000000 T first
    ffffffff81000180 D data
    ffffffff81000200 t third.isra.0
    ffffffffc0000000 t late\t[module]
    nonsense

    """.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let wanted: [UInt64] = [
      0xffff_ffff_8100_0000, 0xffff_ffff_8100_01ff, 0xffff_ffff_8100_0200, 0xffff_ffff_c000_0010, 0xffff_ffff_8000_0000,
    ]
    #expect(KernelSymbols.names(of: wanted, in: path) == ["first", "second", "third", "late", nil])
    let words: [UInt64] = [wanted[1], 0x1234, 0, wanted[0]]
    let stack: [UInt8] = words.flatMap { word -> [UInt8] in withUnsafeBytes(of: word) { [UInt8]($0) } }
    #expect(KernelSymbols.frames([stack, [1, 2]], in: path) == [["second", "0x1234"], []])
    #expect(KernelSymbols.names(of: [1], in: "/nowhere") == [nil])
  }
}
