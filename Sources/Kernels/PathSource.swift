import Foundation

/// Kernels that lie on this machine already. They are copied, so that a rebuilt image doesn't change under a snapshot.
enum PathSource {
  /// Size and time of an image, which stand for its version.
  static func stamp(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return "\(status.st_mtim.tv_sec).\(status.st_size)"
  }

  /// Whether the store's copy still is what the entry names. What comes from an archive stays until a refresh.
  static func isCurrent(_ record: KernelRecord, _ source: KernelCatalog.Source, in folder: String) -> Bool {
    switch source {
    case .apt: record.suite != "path" && record.isWhole(in: folder)
    case .path(let vmlinuz, _): record.package == vmlinuz && record.version == stamp(vmlinuz)
    }
  }

  /// Where the configuration of an image may lie: `config-RELEASE` beside `vmlinuz-RELEASE`, or with the modules.
  static func configs(vmlinuz: String, modules: String?) -> [String] {
    let url = URL(fileURLWithPath: vmlinuz)
    let name = url.lastPathComponent
    let beside = name.hasPrefix("vmlinuz") ? "config" + name.dropFirst("vmlinuz".count) : "config"
    return [url.deletingLastPathComponent().appendingPathComponent(beside).path]
      + (modules.map { [$0 + "/config"] } ?? [])
  }
}
