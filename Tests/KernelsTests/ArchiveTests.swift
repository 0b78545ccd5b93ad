import Testing

@testable import Kernels

@Suite struct ArchiveTests {
  /// In ascending order by `dpkg --compare-versions`.
  @Test func versionsAreOrderedAsDpkgDoes() {
    let ordered = [
      "5.10.9-1", "5.10.10-1", "6.1.0~rc1-1", "6.1.0-1", "6.1.0-1+b1", "6.1.0-2", "6.12.9-1~deb12u1",
      "6.12.10-1~deb12u1",
      "6.12.10-1", "7.3~rc7-1~exp1", "7.3-1", "1:0.1-1",
    ]
    for (left, right) in zip(ordered, ordered.dropFirst()) {
      #expect(DebianVersion(left) < DebianVersion(right), "\(left) < \(right)")
      #expect(!(DebianVersion(right) < DebianVersion(left)), "\(right) < \(left)")
    }
    #expect(!(DebianVersion("1.01") < DebianVersion("1.1")) && !(DebianVersion("1.1") < DebianVersion("1.01")))
  }

  @Test func kernelVersionsAreOrdered() throws {
    let ordered = try ["5.10", "6.1", "6.1.192", "6.9", "6.12", "7.3-rc", "7.3"].map { try #require(KernelVersion($0)) }
    for (left, right) in zip(ordered, ordered.dropFirst()) { #expect(left < right) }
    #expect(KernelVersion("mine") == nil)
    #expect(KernelVersion("99999999999999999999") == nil)
    #expect(KernelVersion("6.1.0-56-cloud-amd64")?.numbers == [6, 1, 0])
  }

  private let list = """
    Package: linux-image-6.1.0-9-cloud-amd64
    Version: 6.1.90-1
    Depends: kmod, linux-base (>= 4.3~)
    Size: 10
    Installed-Size: 3

    Package: linux-image-6.1.0-10-cloud-amd64
    Version: 6.1.100-1
    Description: newest
     Version: of a continuation line doesn't count
    Size: 20

    Package: linux-image-7.3-cloud-amd64
    Version: 7.3~rc7-1~exp1
    Depends: dracut | initramfs-tools (>= 0.120), linux-binary-7.3-cloud-amd64 (= 7.3~rc7-1~exp1), linux-modules-7.3-cloud-amd64 (= 7.3~rc7-1~exp1), linux-base-7.3-cloud-amd64 (= 7.3~rc7-1~exp1)
    Size: 2

    Package: linux-base-7.3-cloud-amd64
    Version: 7.3~rc7-1~exp1
    Size: 1

    Package: linux-binary-7.3-cloud-amd64
    Version: 7.3~rc7-1~exp1
    Size: 100

    Package: linux-image-6.1-cloud-amd64
    Version: 6.1.200-1

    Package: bash
    Version: 5
    """

  @Test func theNewestMatchWins() throws {
    let found = try #require(PackageIndex(list).kernel(matching: "linux-image-6.1.0-*-cloud-amd64"))
    #expect(found.image.name == "linux-image-6.1.0-10-cloud-amd64")
    #expect(found.parts.map(\.name) == ["linux-image-6.1.0-10-cloud-amd64"])
    #expect(found.image.size == 20)
  }

  @Test func aSplitImageBringsThePartsTheArchiveHas() throws {
    let found = try #require(PackageIndex(list).kernel(matching: "linux-image-7.3*-cloud-amd64"))
    #expect(
      found.parts.map(\.name) == [
        "linux-image-7.3-cloud-amd64", "linux-binary-7.3-cloud-amd64", "linux-base-7.3-cloud-amd64",
      ])
  }

  @Test func nothingMatchesAPatternOfAnotherVersion() {
    #expect(PackageIndex(list).kernel(matching: "linux-image-6.2*") == nil)
    #expect(PackageIndex(list).packages["linux-image-6.1.0-9-cloud-amd64"]?.installedSize == 3072)
    #expect(PackageIndex(list).packages["bash"] == nil)
  }

  @Test(arguments: [
    ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "abcd", false), ("*", "", true), ("a", "a", true),
    ("a", "ab", false),
    ("a*b*c", "a-b-b-c", true), ("a*b*c", "a-c", false), ("ab*ba", "aba", false),
  ])
  func patternsMatchWholeNames(pattern: String, text: String, matches: Bool) {
    #expect(Glob.matches(pattern, text) == matches)
  }

  @Test func theMachinesMirrorIsUsed() {
    let mirror = Mirror(
      indexTargets: """
        Debian|bookworm-security|main|http://near.example/debian-security
        Docker|bookworm|main|http://docker.example/linux/debian
        |nodistro|main|http://node.example
        Debian|bookworm-updates|main|http://near.example/debian
        garbage
        """)
    #expect(mirror.base(of: "experimental") == "http://near.example/debian")
    #expect(mirror.base(of: "bullseye-security") == "http://near.example/debian-security")
  }

  @Test func withoutDebianTheCommonMirrorIsUsed() {
    #expect(Mirror(indexTargets: "Ubuntu|noble|main|http://archive.ubuntu.com/ubuntu") == Mirror())
    #expect(Mirror(main: "http://m.example/debian/").security == "http://m.example/debian-security")
  }
}
