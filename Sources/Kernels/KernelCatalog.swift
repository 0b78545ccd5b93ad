import Foundation
import Yams

/// Which kernels there are, and where to get them.
public struct KernelCatalog: Sendable {
  /// One kernel of the catalog.
  public struct Entry: Sendable, Hashable {
    /// What `--kernels` takes: `6.1`, `7.3-rc`, or a name of one's own.
    public var id: String
    /// A long-term kernel, selected by `lts`.
    public var lts: Bool
    /// Where it comes from.
    public var source: Source

    /// The version that leads the id; `nil` for a name of one's own, which no range selects.
    public var version: KernelVersion? { KernelVersion(id) }
  }

  /// Where a kernel comes from.
  public enum Source: Sendable, Hashable {
    /// The newest package of a Debian suite whose name matches a shell pattern.
    case apt(suite: String, package: String)
    /// An image, and maybe its modules' folder, on this machine.
    case path(vmlinuz: String, modules: String?)
  }

  /// In ascending order of version; names of one's own last.
  public private(set) var entries: [Entry]
  /// The Debian mirror to use (`http://deb.debian.org/debian`); `nil` for the one that the machine's apt uses.
  public var mirror: String?

  /// Reads a catalog file, or the default one when there is none. Throws `CatalogError`.
  public static func load(_ file: String? = nil) throws -> KernelCatalog {
    guard let file else { return try parse(DefaultCatalog.text, file: "kernels/catalog.yaml") }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw CatalogError(file: file, reason: "can't read the kernel catalog; does the file exist?")
    }
    return try parse(String(decoding: data, as: UTF8.self), file: file)
  }

  static func parse(_ text: String, file: String) throws -> KernelCatalog {
    try CatalogReader(file: file).read(text)
  }

  init(entries: [Entry], mirror: String?) {
    self.mirror = mirror
    self.entries = entries.enumerated().sorted { left, right in
      switch (left.element.version, right.element.version) {
      case (let a?, let b?): a == b ? left.offset < right.offset : a < b
      case (nil, nil): left.offset < right.offset
      case (let a, _): a != nil
      }
    }.map(\.element)
  }
}

/// Turns YAML into a catalog, and every mistake into a line number.
struct CatalogReader {
  let file: String

  func read(_ text: String) throws -> KernelCatalog {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw CatalogError(file: file, reason: "not YAML: \(error)")
    }
    guard let root else { throw CatalogError(file: file, reason: "the catalog is empty; it wants `kernels:`") }
    let fields = try mapping(root, keys: ["kernels", "mirror"], what: "the catalog")
    guard let list = fields["kernels"], let sequence = list.sequence else {
      throw wrong(fields["kernels"] ?? root, "`kernels:` wants a list of kernels")
    }
    var entries: [KernelCatalog.Entry] = []
    for node in sequence {
      let entry = try entry(node)
      guard !entries.contains(where: { $0.id == entry.id }) else {
        throw wrong(node, "kernel `\(entry.id)` is listed twice")
      }
      entries.append(entry)
    }
    return KernelCatalog(entries: entries, mirror: try fields["mirror"].map { try string($0, "mirror") })
  }

  private func entry(_ node: Node) throws -> KernelCatalog.Entry {
    let fields = try mapping(node, keys: ["id", "lts", "apt", "path"], what: "a kernel")
    guard let idNode = fields["id"] else { throw wrong(node, "this kernel has no `id`") }
    let id = try string(idNode, "id")
    guard KernelSelection.isIdentifier(id) else {
      throw wrong(
        idNode, "`\(id)` can't be an id: use letters, digits, `.`, `_` and `-`, and not `all`, `lts` or `host`")
    }
    var lts = false
    if let node = fields["lts"] {
      guard let value = node.bool else { throw wrong(node, "`lts` wants true or false") }
      lts = value
    }
    switch (fields["apt"], fields["path"]) {
    case (let apt?, nil):
      let parts = try mapping(apt, keys: ["suite", "package"], what: "`apt`")
      guard let suite = parts["suite"], let package = parts["package"] else {
        throw wrong(apt, "`apt` wants a `suite` and a `package` pattern")
      }
      return .init(
        id: id, lts: lts, source: .apt(suite: try string(suite, "suite"), package: try string(package, "package")))
    case (nil, let path?):
      let parts = try mapping(path, keys: ["vmlinuz", "modules"], what: "`path`")
      guard let vmlinuz = parts["vmlinuz"] else { throw wrong(path, "`path` wants a `vmlinuz`") }
      return .init(
        id: id, lts: lts,
        source: .path(
          vmlinuz: try string(vmlinuz, "vmlinuz"), modules: try parts["modules"].map { try string($0, "modules") }))
    default:
      throw wrong(node, "kernel `\(id)` wants one source: `apt` or `path`")
    }
  }

  private func mapping(_ node: Node, keys: [String], what: String) throws -> [String: Node] {
    guard let mapping = node.mapping else { throw wrong(node, "\(what) wants keys and values") }
    var fields: [String: Node] = [:]
    for (key, value) in mapping {
      let name = key.string ?? ""
      guard keys.contains(name) else {
        throw wrong(key, "\(what) has no key `\(name)`; it has " + keys.map { "`\($0)`" }.joined(separator: ", "))
      }
      guard fields.updateValue(value, forKey: name) == nil else { throw wrong(key, "`\(name)` is given twice") }
    }
    return fields
  }

  private func string(_ node: Node, _ what: String) throws -> String {
    guard let value = node.scalar?.string, !value.isEmpty else { throw wrong(node, "`\(what)` wants a text") }
    return value
  }

  private func wrong(_ node: Node, _ reason: String) -> CatalogError {
    CatalogError(file: file, line: node.mark?.line, reason: reason)
  }
}
