import Foundation

/// Where bpftest keeps what it can make again: `$XDG_CACHE_HOME/bpftest`, or `~/.cache/bpftest`.
public enum CacheFolder {
  /// The path of one part of the cache: `kernels`, `snapshots`. Nothing is created.
  public static func path(_ part: String) -> String {
    let environment = ProcessInfo.processInfo.environment
    // XDG base directory specification: a relative path is to be ignored.
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return "\(base)/bpftest/\(part)" }
    return "\(environment["HOME"] ?? NSHomeDirectory())/.cache/bpftest/\(part)"
  }

  /// Creates a folder of the cache. Throws `InfrastructureError`.
  public static func create(_ folder: String) throws(InfrastructureError) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw InfrastructureError(
        "can't create the folder \(folder)", why: "\(error.localizedDescription)",
        next: "Set XDG_CACHE_HOME to a folder that you can write to.")
    }
  }
}
