import Compiling
import Testing

@testable import Fixtures
@testable import Packets

/// Whatever the bytes, reading ends in a suite or in errors with their places, and never traps.
@Suite struct HostileInputTests {
  static let fixture = """
    object: sample.bpf.o
    defaults: &d { program: pass, globals: { limit: 3 } }
    tests:
      - name: one
        requires: { kernel: ">=5.10 <9", helper: bpf_loop, map_type: hash }
        maps: { rules: { 1: { hits: 2, name: "x", cb: [1, 2] } }, counts: { 0: { per_cpu: [1, 2] } } }
        packet: Ether()/IP(src="10.0.0.1")/UDP(dport=53)/Raw("abc")
        context: { ingress_ifindex: 1 }
        expect:
          return: { "<5.15": XDP_DROP, default: { in: [XDP_PASS, 3] } }
          packet: { hex: "00 01 02" }
          maps: { rules: { exactly: { 1: { hits: { ge: 2 }, low: 1, name: { matches: "^a.*z$" } } } } }
          globals: { seen: 0x10 }
      - { <<: *d, name: two, steps: [ { packet: { base64: AAEC }, expect: { return: 1 } } ] }
      - { name: three, expect: { load: { "<6": rejected, default: any }, log: "a|b", cause: core } }

    """

  private func read(_ text: String) async throws {
    let suite: Suite
    do throws(FixtureErrors) {
      suite = try Suite(text: text, path: "a.bpftest.yaml")
    } catch {
      #expect(!error.errors.isEmpty)
      #expect(error.errors.allSatisfy { $0.line >= 0 && !$0.message.isEmpty })
      return
    }
    let object = CompiledObject(bytes: try await Sample.bytes(), compiler: nil, mcpu: nil)
    do throws(FixtureErrors) {
      _ = try Planner.plan(suite, object: object)
    } catch {
      #expect(error.errors.allSatisfy { $0.line > 0 })
    }
  }

  @Test func readsTheFixtureItself() async throws {
    let suite = try Suite(text: Self.fixture, path: "a.bpftest.yaml")
    let object = CompiledObject(bytes: try await Sample.bytes(), compiler: nil, mcpu: nil)
    #expect(try Planner.plan(suite, object: object).count == 3)
  }

  @Test func mutatedFixturesNeverTrap() async throws {
    var random = SplitMix64(seed: 2)
    let original = [UInt8](Self.fixture.utf8)
    let pieces = [
      "{", "}", "[", "]", ":", ",", "\"", "'", "&d", "*d", "-", "0x", "99999999999999999999", "~", "\n", "#", "|", ">",
    ]
    for _ in 0..<1500 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...30, using: &random)))
        case 2: bytes.insert(contentsOf: [UInt8](pieces.randomElement(using: &random)?.utf8 ?? "".utf8), at: place)
        default:
          let from = Int.random(in: 0..<bytes.count, using: &random)
          bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + 20)], at: place)
        }
        if bytes.isEmpty { bytes = [0] }
      }
      try await read(String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test func oddTextsAreErrors() {
    let texts = [
      String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 50_000),
      String(repeating: "- ", count: 50_000) + "a", "\u{0}", "\u{feff}", "? [", "!!binary x", "%YAML 9.9\n---\n", "*a",
      "&a *a", "a: \"\\ud800\"", "--- a\n--- b", "object: \(String(repeating: "x", count: 1_000_000))",
    ]
    for text in texts {
      #expect(throws: FixtureErrors.self, "\(text.prefix(40))") { try Suite(text: text, path: "a.bpftest.yaml") }
    }
  }
}
