import Testing

@testable import Fixtures

/// Runs that are to be refused, as fixtures have them.
@Suite struct RunExpectationTests {
  private func fixture(_ expect: String, _ more: String = "") -> String {
    "object: a.o\ntests: [ { name: t, program: p, packet: Ether(), \(more) expect: { \(expect) } } ]"
  }

  @Test(arguments: [
    ("run: refused, return: 0", "a run that is refused gives no `return`"),
    ("run: refused, packet: unchanged", "a run that is refused gives no `packet`"),
    ("errno: EINVAL, context: { mark: 1 }", "a run that is refused gives no `context`"),
    ("run: rejected", "a run is expected to be accepted or refused"),
    ("run: refused, errno: EINVL", "no errno is called `EINVL`"),
    ("run: refused, rule: '('", "is not a regular expression"),
    ("run: accepted, errno: EINVAL", "`errno` is of a run that is refused"),
    ("run: { '<5.15': refused }", "needs a `default:`"),
  ])
  func saysWhatIsWrong(expect: String, words: String) {
    let found = errors(in: fixture(expect))
    #expect(found.contains { "\($0)".contains(words) }, "\(found)")
  }

  @Test func ofManyPacketsNoneIsExpectedToBeRefused() {
    let text =
      "object: a.o\ntests: [ { name: t, packets: { generate: 2, from: Ether()/IP(), vary: [IP.src] }, expect: { run: refused } } ]"
    #expect(errors(in: text).contains { "\($0)".contains("of many packets no run is expected to be refused") })
  }

  @Test func whatNoKernelTakesMayBeTried() async throws {
    for line in [
      "program: mark, packet: Ether(), context: { len: 7 }", "program: mark",
      "program: pass, packet: Ether(), batch_size: 1000",
      "program: mark, packet: Ether(), cpu: 3",
    ] {
      let text = "object: sample.bpf.o\ntests: [ { name: t, \(line), expect: { run: refused } } ]"
      let tests = try await Sample.plan(text: text)
      #expect(tests.first?.plan.steps.first?.mayBeRefused == true, "\(line)")
    }
  }
}
