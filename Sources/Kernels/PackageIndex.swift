/// A package as an archive's `Packages` file lists it.
struct DebianPackage: Hashable {
  var name: String
  var version: String
  /// The names of packages it depends on, versions and alternatives left out.
  var depends: [String]
  /// The `.deb`, in bytes.
  var size: Int
  /// Unpacked, in bytes.
  var installedSize: Int
}

/// The kernel packages of one suite.
struct PackageIndex {
  private(set) var packages: [String: DebianPackage] = [:]

  /// Reads a `Packages` file (deb822 stanzas) and keeps the newest version of each `linux-*` package.
  init(_ text: String) {
    var fields: [Substring: Substring] = [:]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty {
        keep(fields)
        fields.removeAll(keepingCapacity: true)
      } else if line.first != " ", line.first != "\t", let colon = line.firstIndex(of: ":") {
        fields[line[..<colon]] = line[line.index(after: colon)...]
      }
    }
    keep(fields)
  }

  private mutating func keep(_ fields: [Substring: Substring]) {
    guard let name = fields["Package"]?.trimmed, name.hasPrefix("linux-"), let version = fields["Version"]?.trimmed
    else { return }
    if let known = packages[name], DebianVersion(known.version) >= DebianVersion(version) { return }
    let depends = (fields["Depends"] ?? "").split(separator: ",").compactMap { clause in
      clause.split(whereSeparator: { $0 == " " || $0 == "|" || $0 == "(" }).first.map(String.init)
    }
    packages[name] = DebianPackage(
      name: name, version: version, depends: depends, size: Int(fields["Size"]?.trimmed ?? "") ?? 0,
      installedSize: (Int(fields["Installed-Size"]?.trimmed ?? "") ?? 0) &* 1024)
  }

  /// The newest package whose name matches a pattern, and what else its kernel is made of.
  ///
  /// Since 6.19 the image is an empty shell over `linux-binary-*` (the image proper), `linux-modules-*` and `linux-base-*`,
  /// which has the configuration. A mirror may have dropped the modules and the configuration of an older upload; such a
  /// kernel still boots, for it has virtio built in.
  func kernel(matching pattern: String) -> (image: DebianPackage, parts: [DebianPackage])? {
    let matches = packages.values.filter { Glob.matches(pattern, $0.name) }
    guard let image = matches.max(by: { DebianVersion($0.version) < DebianVersion($1.version) }) else { return nil }
    let release = image.name.dropFirst("linux-image-".count)
    var parts = [image]
    for name in ["linux-binary-\(release)", "linux-modules-\(release)", "linux-base-\(release)"]
    where image.depends.contains(name) {
      if let part = packages[name] { parts.append(part) }
    }
    return (image, parts)
  }
}

/// Shell patterns with `*`, which is all that package patterns need.
enum Glob {
  static func matches(_ pattern: String, _ text: String) -> Bool {
    let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false).map { Array($0.utf8) }
    var rest = Array(text.utf8)[...]
    for (index, piece) in pieces.enumerated() {
      if index == 0 {
        guard rest.starts(with: piece) else { return false }
        rest = rest.dropFirst(piece.count)
      } else if index == pieces.count - 1 {
        return rest.count >= piece.count && rest.suffix(piece.count).elementsEqual(piece)
      } else {
        while !rest.starts(with: piece) {
          if rest.isEmpty { return false }
          rest = rest.dropFirst()
        }
        rest = rest.dropFirst(piece.count)
      }
    }
    return rest.isEmpty
  }
}
