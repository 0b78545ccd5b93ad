/// Where Debian's archives are: the machine's own mirror, or the one everybody can reach.
struct Mirror: Hashable {
  /// Without a slash at its end: `http://deb.debian.org/debian`.
  var main = "http://deb.debian.org/debian"
  var security = "http://deb.debian.org/debian-security"

  /// The archive's base for a suite.
  func base(of suite: String) -> String { suite.hasSuffix("-security") ? security : main }

  init() {}

  /// A mirror named by its main archive; the security archive lies beside it, as it does on deb.debian.org.
  init(main: String) {
    var main = main
    while main.hasSuffix("/") { main.removeLast() }
    self.main = main
    self.security = main + "-security"
  }

  /// The `$(ORIGIN)`, `$(RELEASE)`, `$(COMPONENT)` and `$(SITE)` of apt's index targets, which `parse` reads.
  static let format = "$(ORIGIN)|$(RELEASE)|$(COMPONENT)|$(SITE)"

  /// Takes what `apt-get indextargets` says of Debian's own archives, and keeps the default where it says nothing.
  ///
  /// Before the first `apt-get update` no origin is known; then a Debian code name and the component `main` have to do.
  init(indexTargets: String) {
    let names = [
      "bullseye", "bookworm", "trixie", "forky", "duke", "sid", "stable", "oldstable", "testing", "unstable",
    ]
    var foundMain = false
    var foundSecurity = false
    for line in indexTargets.split(separator: "\n") {
      let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 4, fields[2] == "main", fields[0] == "Debian" || fields[0].isEmpty else { continue }
      let parts = fields[1].split(separator: "-")
      guard let name = parts.first, names.contains(String(name)), !fields[3].isEmpty else { continue }
      if parts.last == "security" {
        if !foundSecurity { security = fields[3] }
        foundSecurity = true
      } else if parts.count == 1 || parts.last == "updates" || parts.last == "backports" {
        if !foundMain { main = fields[3] }
        foundMain = true
      }
    }
  }

  /// The mirror of this machine's apt. Machines whose apt knows no Debian (Ubuntu, say) get the default.
  static func ofThisMachine() async throws -> Mirror {
    let targets = try await Command.run(
      "apt-get", ["indextargets", "--format", format, "Created-By: Packages"], package: "apt")
    return targets.status == 0 ? Mirror(indexTargets: targets.output) : Mirror()
  }
}
