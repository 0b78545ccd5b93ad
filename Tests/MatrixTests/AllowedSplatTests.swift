import Fixtures
import Testing

@testable import Matrix

@Suite struct AllowedSplatTests {
  private func parse(_ text: String) throws -> Configuration { try Configuration.parse(text, file: "bpftest.yaml") }

  @Test func readsAllowedSplats() throws {
    let splats = try parse(
      "kernels: \">=6.1\"\nallow_splats:\n  - { matches: bad_offload, until: 2027-01-31, why: fixed in 7.4 }\n"
    ).allowedSplats
    #expect(splats.map(\.matches) == ["bad_offload"] && splats.map(\.until) == ["2027-01-31"])
    #expect(splats.first?.isOver(on: "2027-01-31") == false && splats.first?.isOver(on: "2027-02-01") == true)
  }

  @Test(arguments: [
    ("allow_splats: [ { matches: x } ]", "needs a last day"),
    ("allow_splats: [ { until: 2027-01-31 } ]", "needs `matches`"),
    ("allow_splats: [ { matches: x, until: soon } ]", "`until: soon` is no day"),
    ("allow_splats: [ { matches: \"(\", until: 2027-01-31 } ]", "is no regular expression"),
    ("allow_splats: [ { matches: x, till: 2027-01-31 } ]", "unknown key `till`"),
    ("allow_splats: { matches: x }", "takes a list"), ("allow_splat: []", "did you mean `allow_splats`?"),
  ])
  func refuses(text: String, words: String) {
    let error = #expect(throws: ConfigurationError.self) { try parse(text) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }
}
