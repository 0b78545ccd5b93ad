import BPFTesting
import Testing

/// A skeleton whose names are hard on Swift.
@Suite struct NamesSuite {
  @Test func wordsOfSwiftAreNamesOfMembers() throws {
    let any: Any2 = try Any2.load()
    #expect(try any.programs.`init`.testRun(Ether() / IPv4()).returnValue == .xdpPass)
    any.globals.`await` = Any2.Any3(await: 1, self_: 2, self_2: 3, self_3: 4, init: 5, some: 6, hash: 7)
    #expect(try any.programs.`init`.testRun(Ether() / IPv4()).returnValue == .xdpDrop)
    let value = try any.object.globals["await"].value
    #expect(
      value == ["await": 1, "self": 2, "Self": 3, "self_": 4, "init": 5, "some": 6, "hash": 7])
  }

  @Test func gapsTakeNoMembersName() throws {
    let any: Any2 = try Any2.load()
    any.maps.self_[0] = Any2.Gaps(a: 1, padding0: 2, padding1: [3, 4, 5], memory2: 6)
    #expect(try any.maps.self_.map[0] == ["a": 1, "padding0": 2, "padding_1": .bytes([3, 4, 5]), "memory": 6])
  }

  @Test func bitFieldsOfEnumsHaveASign() throws {
    let any: Any2 = try Any2.load()
    #expect(any.globals.diary.now == -1 && any.globals.diary.before == 1 && any.globals.diary.day == 7)
    any.globals.diary.before = -1
    #expect(try any.object.globals["diary"].value == ["now": "MOOD_BAD", "before": "MOOD_BAD", "day": 7])
  }

  @Test func pointersToStructsAreGlobalsToo() throws {
    let any: Any2 = try Any2.load()
    _ = try any.programs.`init`.testRun(Ether() / IPv4())
    #expect(any.globals.saved == 0x1234 && any.globals.kept == 0)
  }
}
