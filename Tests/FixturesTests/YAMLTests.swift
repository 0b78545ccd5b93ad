import Foundation
import Testing
import Yams

@testable import Fixtures

/// Our nodes beside those of Yams, and what is wrong with a text where it is wrong.
@Suite struct YAMLTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private static let texts: [String] = [
    "a: 1\nb: [x, 'y z', \"t\\tab\", ~, null]\n",
    "- &one { a: 1, b: [2, 3] }\n- *one\n- &two [*one, *one]\n- { <<: *one, c: *two, a: 0 }\n",
    "base: &base\n  x: 1\n  y: { z: 2 }\nmore: &more { w: 3, x: 7 }\nall:\n  <<: [*base, *more]\n  y: 5\n",
    "text: |\n  first\n    second\n\nfolded: >-\n  one\n  two\n'quoted key': \"ü → 🐝\"\nü: [ä, 🐝, after]\n",
    "? [complex, key]\n: value\n? { a: 1 }\n: [ ]\n0x10: !!str 5\n-1: -0b11\nempty: {}\nnone:\n",
    "--- # a comment\nkey: value # another\n...\n",
  ]

  /// A tree in a line: places, kinds and texts.
  private static func shape(_ node: YAMLNode) -> String {
    let place = "\(node.position.line):\(node.position.column)"
    return switch node.content {
    case .scalar(let text, let plain): "\(place)\(plain ? "=" : "~")\(text)"
    case .list(let items): "\(place)[\(items.map(shape).joined(separator: " "))]"
    case .mapping(let entries):
      "\(place){\(entries.map { shape($0.key) + ":" + shape($0.value) }.joined(separator: " "))}"
    }
  }

  private static func shape(_ node: Node) -> String {
    let place = "\(node.mark?.line ?? 0):\(node.mark?.column ?? 0)"
    switch node {
    case .scalar(let scalar): return "\(place)\(scalar.style == .plain ? "=" : "~")\(scalar.string)"
    case .sequence(let items): return "\(place)[\(items.map(shape).joined(separator: " "))]"
    case .mapping(let mapping):
      var entries = mapping.filter { $0.key.string != "<<" }.map { ($0.key, $0.value) }
      for (key, value) in mapping where key.string == "<<" {
        for base in value.sequence.map(Array.init) ?? [value] {
          for (key, value) in base.mapping ?? [:] where !entries.contains(where: { $0.0.string == key.string }) {
            entries.append((key, value))
          }
        }
      }
      return "\(place){\(entries.map { shape($0.0) + ":" + shape($0.1) }.joined(separator: " "))}"
    case .alias: return "alias"
    }
  }

  @Test func textsReadAsYamsReadsThem() throws {
    for text in Self.texts {
      let complaints = Complaints(path: "t")
      let node = try #require(YAMLParser.parse(text, complaints), "\(complaints.errors)")
      #expect(Self.shape(node) == Self.shape(try #require(try compose(yaml: text))), "\(text)")
    }
  }

  @Test func everyFixtureReadsAsYamsReadsIt() throws {
    var count = 0
    for folder in ["fixtures", "Tests/IntegrationTests/Verdicts"] {
      for name in try FileManager.default.subpathsOfDirectory(atPath: "\(Self.root)/\(folder)")
      where name.hasSuffix(".bpftest.yaml") {
        let text = try String(contentsOfFile: "\(Self.root)/\(folder)/\(name)", encoding: .utf8)
        let complaints = Complaints(path: name)
        let node = YAMLParser.parse(text, complaints)
        let theirs = try? compose(yaml: text)
        #expect(node.map { Self.shape($0) } == theirs.map { Self.shape($0) }, "\(name)")
        count += 1
      }
    }
    #expect(count > 20)
  }

  @Test(arguments: [
    ("a: 1\nb: 2\na: 3\n", "3:1", "`a` stands twice in one mapping: first in line 1"),
    ("x:\n  - { k: 1, j: 2, k: 3 }\n", "2:19", "`k` stands twice"),
    ("[a, b]: 1\n[a, b]: 2\n", "2:1", "`[a, b]` stands twice"),
    ("a: [1, 2\nb: 3\n", "2:2", "not YAML: "),
    ("a:\n\t- b\n", "2:1", "not YAML: found character that cannot start any token"),
    ("a: *nothing\n", "1:4", "found undefined alias `nothing`"),
    ("a: &a [*a]\n", "1:8", "found undefined alias `a`"),
    ("a: 1\n---\nb: 2\n", "2:1", "a second document begins here"),
    ("a: \"open\n", "2:1", "not YAML: found unexpected end of stream"),
    (String(repeating: "[", count: 102), "1:102", "nested too deeply"),
  ])
  func mistakesHaveTheirPlace(_ text: String, _ place: String, _ words: String) throws {
    let complaints = Complaints(path: "t")
    #expect(YAMLParser.parse(text, complaints).map { $0.label } == nil)
    let error = try #require(complaints.errors.first)
    #expect("\(error.line):\(error.column)" == place, "\(error)")
    #expect(error.message.contains(words), "\(error)")
  }

  /// Keys by the thousand, of which two far from each other agree.
  @Test func keysThatStandTwiceAreFoundAmongMany() throws {
    let text = (0..<5000).map { "\($0): x\n" }.joined() + "17: y\n"
    let complaints = Complaints(path: "t")
    #expect(YAMLParser.parse(text, complaints).map { $0.label } == nil)
    #expect(complaints.errors.first?.line == 5001)
    #expect(complaints.errors.first?.message == "`17` stands twice in one mapping: first in line 18")
  }
}
