import BPF
import Fixtures
import Foundation
import Kernels
import Yams

/// What `bpftest.yaml` says: a project's own defaults.
///
/// ```yaml
/// kernels: ">=5.10"                 # for matrix and verify, when the command line names none
/// catalog: kernels/catalog.yaml     # instead of the built-in one; relative to this file
/// mirror: http://deb.debian.org/debian
/// allow_splats:                     # warnings of the kernel's that fail no test, each until a day
///   - { matches: skb_warn_bad_offload, until: 2027-01-31, why: fixed in 7.4 }
/// ```
public struct Configuration: Sendable, Equatable {
  /// A kernel list, as `--kernels` takes it.
  public var kernels: String?
  /// A catalog file.
  public var catalog: String?
  /// A Debian mirror.
  public var mirror: String?
  /// Complaints of kernels about themselves that fail no test.
  public var allowedSplats: [AllowedSplat] = []

  public init(kernels: String? = nil, catalog: String? = nil, mirror: String? = nil) {
    self.kernels = kernels
    self.catalog = catalog
    self.mirror = mirror
  }

  /// The kernel catalog that counts, with the mirror to fetch from; a file that the command line names comes first.
  public func loadCatalog(_ file: String? = nil) throws -> KernelCatalog {
    var loaded = try KernelCatalog.load(file ?? catalog)
    if let mirror { loaded.mirror = mirror }
    return loaded
  }

  /// The configuration in `folder` or the nearest folder above it; the empty one when there is none.
  public static func find(from folder: String = FileManager.default.currentDirectoryPath) throws -> Configuration {
    var current = URL(fileURLWithPath: folder).standardizedFileURL
    while true {
      let file = current.appendingPathComponent("bpftest.yaml").path
      if let data = FileManager.default.contents(atPath: file) {
        return try parse(String(decoding: data, as: UTF8.self), file: file)
      }
      if current.path == "/" { return Configuration() }
      current.deleteLastPathComponent()
    }
  }

  static func parse(_ text: String, file: String) throws -> Configuration {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw ConfigurationError(file: file, line: nil, reason: "\(error)")
    }
    guard let node else { return Configuration() }
    guard let mapping = node.mapping else {
      throw ConfigurationError(file: file, line: node.mark?.line, reason: "a mapping is expected here")
    }
    var result = Configuration()
    for (key, value) in mapping {
      let line = key.mark?.line
      switch key.string ?? "" {
      case "kernels":
        if let list = value.sequence {
          result.kernels = try list.map { try scalar($0, "kernels", file) }.joined(separator: ",")
        } else {
          result.kernels = try scalar(value, "kernels", file)
        }
      case "catalog":
        let path = try scalar(value, "catalog", file)
        result.catalog =
          URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: file).deletingLastPathComponent()).path
      case "mirror": result.mirror = try scalar(value, "mirror", file)
      case "allow_splats": result.allowedSplats = try splats(value, file)
      case let unknown:
        let known = ["kernels", "catalog", "mirror", "allow_splats"]
        let hint = nearestName(to: unknown, among: known).map { "did you mean `\($0)`?" }
        throw ConfigurationError(
          file: file, line: line,
          reason: "unknown key `\(unknown)`; " + (hint ?? "known are \(known.joined(separator: ", "))"))
      }
    }
    return result
  }

  private static func splats(_ node: Node, _ file: String) throws -> [AllowedSplat] {
    func refuse(_ node: Node, _ reason: String) -> ConfigurationError {
      ConfigurationError(file: file, line: node.mark?.line, reason: reason)
    }
    let form = "`{ matches: REGEX, until: 2027-01-31, why: … }`"
    guard let items = node.sequence else { throw refuse(node, "`allow_splats` takes a list of \(form)") }
    return try items.map { item in
      guard let fields = item.mapping else { throw refuse(item, "an allowed splat is \(form)") }
      var texts: [String: String] = [:]
      for (key, value) in fields {
        let name = key.string ?? ""
        guard ["matches", "until", "why"].contains(name) else {
          throw refuse(key, "unknown key `\(name)`; an allowed splat is \(form)")
        }
        texts[name] = try scalar(value, name, file)
      }
      guard let matches = texts["matches"] else { throw refuse(item, "an allowed splat needs `matches`: \(form)") }
      guard let until = texts["until"] else {
        throw refuse(item, "an allowed splat needs a last day, `until: 2027-01-31`, so that it isn't forgotten")
      }
      guard let splat = AllowedSplat(matches: matches, until: until, why: texts["why"]) else {
        let isDay = AllowedSplat(matches: "", until: until, why: nil) != nil
        throw refuse(
          item,
          isDay ? "`matches: \(matches)` is no regular expression" : "`until: \(until)` is no day such as 2027-01-31")
      }
      return splat
    }
  }

  private static func scalar(_ node: Node, _ key: String, _ file: String) throws -> String {
    guard let text = node.scalar?.string, !text.isEmpty else {
      throw ConfigurationError(file: file, line: node.mark?.line, reason: "`\(key)` takes a word or a number")
    }
    return text
  }
}

/// A `bpftest.yaml` that can't be understood (exit code 2).
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  public var file: String
  /// From 1.
  public var line: Int?
  public var reason: String

  public var description: String {
    [file, line.map(String.init)].compactMap { $0 }.joined(separator: ":") + ": \(reason)"
  }
}
