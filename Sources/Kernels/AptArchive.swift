import Foundation

/// Debian's archive through apt itself, so that signatures are checked, with a state of our own: the machine's apt
/// is only asked which mirror it uses. Needs no root.
struct AptArchive {
  /// Holds the configuration, the lists and the cache.
  let folder: String
  let mirror: Mirror
  /// Debian's own keyring, as its package installs it.
  static let keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

  private var configuration: String { folder + "/apt.conf" }

  /// Writes the private configuration and fetches the indexes of these suites, all in one go.
  func update(suites: [String]) async throws {
    let manager = FileManager.default
    for part in ["lists/partial", "cache/archives/partial"] {
      try manager.createDirectory(atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
    }
    guard manager.fileExists(atPath: Self.keyring) else {
      throw InfrastructureError(
        "can't check Debian's signatures", why: "\(Self.keyring) is missing",
        next: "Install it: apt-get install debian-archive-keyring")
    }
    let sources = Set(suites).sorted().map { suite in
      "deb [arch=amd64 signed-by=\(Self.keyring)] \(mirror.base(of: suite)) \(suite) main\n"
    }
    try write(sources.joined(), to: "sources.list")
    try write("", to: "status")
    // The machine's proxies, credentials and certificates stay in force; its sources, pins and hooks don't.
    try write(
      """
      #clear APT::Update::Pre-Invoke;
      #clear APT::Update::Post-Invoke;
      #clear APT::Update::Post-Invoke-Success;
      Dir::State "\(folder)";
      Dir::State::lists "\(folder)/lists";
      Dir::State::status "\(folder)/status";
      Dir::Cache "\(folder)/cache";
      Dir::Cache::pkgcache "";
      Dir::Cache::srcpkgcache "";
      Dir::Etc::sourcelist "\(folder)/sources.list";
      Dir::Etc::sourceparts "/dev/null";
      Dir::Etc::preferences "/dev/null";
      Dir::Etc::preferencesparts "/dev/null";
      APT::Architecture "amd64";
      APT::Architectures { "amd64"; };
      APT::Sandbox::User "";
      Acquire::Languages "none";
      Acquire::Retries "2";

      """, to: "apt.conf")
    let outcome = try await apt(["--error-on=any", "update"])
    guard outcome.status == 0 else {
      throw unreachable("can't read the package lists of \(Set(suites).sorted().joined(separator: ", "))", outcome)
    }
  }

  /// The kernel packages of a suite, from the list that `update` fetched.
  func index(of suite: String) async throws -> PackageIndex {
    let targets = try await apt(
      ["indextargets", "--format", "$(FILENAME)", "Created-By: Packages", "Release: \(suite)"])
    guard let file = targets.output.split(separator: "\n").first else {
      throw InfrastructureError(
        "can't find the package list of \(suite)", why: "apt has none: \(targets.complaint)",
        next: "Does the mirror \(mirror.base(of: suite)) carry this suite?")
    }
    let list = try await Command.run("/usr/lib/apt/apt-helper", ["cat-file", String(file)], package: "apt")
    guard list.status == 0 else {
      throw InfrastructureError("can't read the package list \(file)", why: list.complaint)
    }
    return PackageIndex(list.output)
  }

  /// Downloads packages into a folder, checked against the signed index.
  func download(_ packages: [DebianPackage], into target: String) async throws {
    let names = packages.map { "\($0.name)=\($0.version)" }
    let outcome = try await apt(["download"] + names, in: target)
    guard outcome.status == 0 else { throw unreachable("can't download \(names.joined(separator: ", "))", outcome) }
  }

  private func unreachable(_ what: String, _ outcome: Command.Outcome) -> InfrastructureError {
    InfrastructureError(
      what, why: outcome.complaint,
      next: "Is the network up, and is \(mirror.main) reachable? Name another mirror with `mirror:` in the catalog, "
        + "or put a kernel in by hand with a `path:` entry.")
  }

  private func apt(_ arguments: [String], in target: String? = nil) async throws -> Command.Outcome {
    try await Command.run("apt-get", ["-q", "-c", configuration] + arguments, in: target, package: "apt")
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }
}
