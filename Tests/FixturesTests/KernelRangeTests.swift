import BPF
import Testing

@testable import Fixtures

@Suite struct KernelRangeTests {
  @Test(arguments: [
    (">=5.15", "5.15.0-91-generic", true), (">=5.15", "5.14.21", false), (">=5.15", "6.1.0-56-cloud-amd64", true),
    ("<6.1", "6.1.38", false), ("<6.1", "5.19.17", true), ("==6.1", "6.1.38", true), ("==6.1", "6.12.1", false),
    ("==6.1.38", "6.1.38", true), ("==6.1.38", "6.1.39", false), ("<=6.1", "6.1.200", true), (">6.1", "6.1.200", false),
    ("!=6.1", "6.1.1", false), (">=5.10 <6.1", "5.10.0", true), (">=5.10, <6.1", "6.1", false),
    ("> 6", "7.0-rc1", true),
    (">=7.3", "7.3-rc5+deb14-cloud-amd64", true), ("<5", "5.0", false),
  ])
  func comparesAsManyNumbersAsGiven(range: String, release: String, expected: Bool) throws {
    #expect(try #require(KernelRange(range)).contains(KernelRelease(release)) == expected)
  }

  @Test(arguments: ["", "5.15", ">=", ">=x", ">=5..1", ">=5.1.2.3", ">=5.15foo", "=>5", "~5.1", ">=5.15<6"])
  func refusesWhatIsNoRange(text: String) {
    #expect(KernelRange(text) == nil)
  }

  @Test func takesTheFirstRangeThatFits() {
    let choice = PerKernel(
      cases: [("<5.15", "a"), ("<6.1", "b")].compactMap { range, value in KernelRange(range).map { ($0, value) } },
      fallback: "c")
    #expect(["5.10", "5.15", "6.1"].map { choice.value(on: KernelRelease($0)) } == ["a", "b", "c"])
  }
}

@Suite struct YAMLNodeTests {
  @Test(
    arguments: [
      ("12", 12), ("-1", -1), ("+7", 7), ("0x1F", 31), ("-0x10", -16), ("0b101", 5), ("0o17", 15),
      ("340282366920938463463374607431768211456", nil), ("1.5", nil), ("10.0.0.1", nil), ("0x", nil), ("--1", nil),
      ("0x-1", nil), ("00:11:22:33:44:55", nil), ("1_000", nil),
    ] as [(String, Int128?)])
  func readsIntegers(text: String, expected: Int128?) {
    #expect(YAMLNode.integer(text) == expected)
  }

  @Test func keepsQuotedScalarsText() {
    let node = { YAMLNode(content: .scalar($0, plain: $1), position: .start) }
    #expect(node("443", true).scalar == .integer(443))
    #expect(node("443", false).scalar == .text("443"))
    #expect(node("true", true).scalar == .bool(true))
    #expect(node("no", true).scalar == .text("no"))
    #expect(node("~", true).isNull && !node("", false).isNull)
  }
}
