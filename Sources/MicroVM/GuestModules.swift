import Foundation
import Kernels

/// The drivers that the guest's channel and the tests' network devices need, where a kernel doesn't have them built in.
struct GuestModules {
  /// In the order in which they must be loaded.
  var files: [(name: String, contents: [UInt8])] = []

  /// Virtio over PCI, and the console driver, which the channel's port belongs to; virtual devices; and what tc programs
  /// are attached with (`clsact`, `cls_bpf`).
  static let wanted = ["virtio_pci", "virtio_console", "veth", "dummy", "sch_ingress", "cls_bpf"]

  /// Collects the wanted modules and what they depend on. What isn't among the modules is taken to be built in.
  init(of kernel: Kernel, wanted: [String] = Self.wanted) throws {
    guard let folder = kernel.modules else { return }
    var paths: [String: String] = [:]
    for case let path as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
      let file = path.split(separator: "/").last ?? ""
      let parts = file.split(separator: ".")
      guard parts.count >= 2, parts[1] == "ko" else { continue }
      paths[Self.canonical(parts[0])] = "\(folder)/\(path)"
    }
    var seen: Set<String> = []
    for name in wanted { try add(name, paths, &seen) }
  }

  private mutating func add(_ name: String, _ paths: [String: String], _ seen: inout Set<String>) throws {
    guard seen.insert(name).inserted, let path = paths[name] else { return }
    let contents = try Self.unpacked(path)
    for dependency in Self.dependencies(contents) { try add(dependency, paths, &seen) }
    files.append((name, contents))
  }

  /// A module's file may be spelt with dashes where its name has underscores.
  private static func canonical(_ name: some StringProtocol) -> String {
    String(name.map { $0 == "-" ? "_" : $0 })
  }

  /// What the `depends=` line of a module's `.modinfo` section names.
  static func dependencies(_ module: [UInt8]) -> [String] {
    let key = [UInt8]("depends=".utf8)
    // Strings in .modinfo end with a zero, and so does whatever lies before one.
    for line in module.split(separator: 0) where line.starts(with: key) {
      let list = String(decoding: line.dropFirst(key.count), as: UTF8.self)
      return list.split(separator: ",").map(canonical)
    }
    return []
  }

  /// busybox's insmod wants plain ELF files; newer distributions pack theirs.
  private static func unpacked(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw InfrastructureError("can't read the module \(path)", why: String(cString: strerror(errno)))
    }
    let contents = [UInt8](data)
    let tools = [".xz": "xz", ".zst": "zstd", ".gz": "gzip"]
    guard let tool = tools.first(where: { path.hasSuffix($0.key) })?.value else { return contents }
    return try Tool.filter(tool, ["-dc"], input: contents, what: "can't unpack the module \(path)")
  }
}
