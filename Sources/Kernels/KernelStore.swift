import Foundation

/// The kernels on this machine: `<root>/<id>/<release>/{vmlinuz,modules/,btf/vmlinux,kernel.json}`.
///
/// A kernel is made in a temporary folder and renamed into place under a lock, so that two processes never meet half of
/// one, and what is in place is never changed.
public struct KernelStore: Sendable {
  /// The store's folder.
  public let root: String

  /// The store at a folder, `$XDG_CACHE_HOME/bpftest/kernels` when none is given.
  public init(root: String? = nil) {
    self.root = root ?? CacheFolder.path("kernels")
  }

  private static let temporaryPrefix = ".tmp-"
  private var lockPath: String { root + "/.lock" }

  /// The kernels that are there, the newest release of each id, in ascending order of version.
  public func installed() throws -> [Kernel] {
    try records().map { $0.record.kernel(in: $0.folder) }
  }

  func records() throws -> [(record: KernelRecord, folder: String)] {
    var newest: [String: (record: KernelRecord, folder: String)] = [:]
    for id in names(in: root) where !id.hasPrefix(".") {
      for release in names(in: "\(root)/\(id)") {
        let folder = "\(root)/\(id)/\(release)"
        guard let data = FileManager.default.contents(atPath: folder + "/kernel.json"),
          let record = try? JSONDecoder().decode(KernelRecord.self, from: data),
          record.id == id, record.release == release
        else { continue }
        if let known = newest[id], DebianVersion(known.record.version) >= DebianVersion(record.version) { continue }
        newest[id] = (record, folder)
      }
    }
    return newest.values.sorted { left, right in
      switch (KernelVersion(left.record.id), KernelVersion(right.record.id)) {
      case (let a?, let b?): a < b
      case (nil, nil): left.record.id < right.record.id
      case (let a, _): a != nil
      }
    }
  }

  /// Makes sure that these kernels are in the store, and returns them in the order asked for.
  ///
  /// Kernels that are there already cost nothing and no network is touched for them, unless `refresh` asks for newer ones.
  /// When some can't be had the others are fetched all the same, and then one error names them all.
  /// - Parameter progress: called with a line for people, from any thread.
  /// - Throws: `CatalogError` for an id that the catalog doesn't have, otherwise `InfrastructureError`.
  public func fetch(
    _ ids: [String], catalog: KernelCatalog, refresh: Bool = false, progress: @escaping @Sendable (String) -> Void
  ) async throws -> [Kernel] {
    let entries = try ids.flatMap { try catalog.select($0) }
    if try missing(entries, refresh: refresh).isEmpty { return try kernels(of: entries) }
    try CacheFolder.create(root)
    let lock = try await FileLock.take(lockPath) { progress("waiting for another bpftest that is fetching kernels") }
    defer { withExtendedLifetime(lock) {} }
    for name in names(in: root) where name.hasPrefix(Self.temporaryPrefix) {
      // Left by a process that was killed: whoever made it held the lock that is ours now.
      try? FileManager.default.removeItem(atPath: "\(root)/\(name)")
    }
    let wanted = try missing(entries, refresh: refresh)
    if !wanted.isEmpty {
      let workshop = "\(root)/\(Self.temporaryPrefix)\(getpid())"
      try CacheFolder.create(workshop)
      Cleanup.shared.add(path: workshop)
      defer { Cleanup.shared.remove(path: workshop) }
      try await KernelFetch(store: self, workshop: workshop, mirror: catalog.mirror, progress: progress).run(wanted)
    }
    return try kernels(of: entries)
  }

  /// Removes a kernel, all its releases. Throws `CatalogError` when there is no such kernel in the store.
  public func remove(_ id: String) throws {
    guard KernelSelection.isIdentifier(id), names(in: root).contains(id) else {
      let known = try installed().map(\.id)
      throw CatalogError(
        reason: "no kernel `\(id)` in the store"
          + (known.isEmpty ? "; it is empty" : "; it has " + known.joined(separator: ", ")))
    }
    let lock = try FileLock.take(lockPath)
    defer { withExtendedLifetime(lock) {} }
    // Renamed first, so that nobody sees half of it.
    let grave = "\(root)/\(Self.temporaryPrefix)\(getpid())-\(id)"
    guard rename("\(root)/\(id)", grave) == 0 else {
      throw InfrastructureError("can't remove kernel \(id)", why: Command.errnoText())
    }
    try FileManager.default.removeItem(atPath: grave)
  }

  /// Puts a finished folder in its place. The lock must be held.
  func install(_ folder: String, record: KernelRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(record).write(to: URL(fileURLWithPath: folder + "/kernel.json"))
    let target = "\(root)/\(record.id)/\(record.release)"
    try CacheFolder.create("\(root)/\(record.id)")
    try? FileManager.default.removeItem(atPath: target)
    guard rename(folder, target) == 0 else {
      throw InfrastructureError("can't put kernel \(record.id) in its place, \(target)", why: Command.errnoText())
    }
  }

  private func missing(_ entries: [KernelCatalog.Entry], refresh: Bool) throws -> [KernelCatalog.Entry] {
    if refresh { return entries }
    let known = try records()
    return entries.filter { entry in
      !known.contains { $0.record.id == entry.id && PathSource.isCurrent($0.record, entry.source, in: $0.folder) }
    }
  }

  private func kernels(of entries: [KernelCatalog.Entry]) throws -> [Kernel] {
    let known = try installed()
    return try entries.map { entry in
      guard let kernel = known.first(where: { $0.id == entry.id }) else {
        throw InfrastructureError(
          "kernel \(entry.id) has vanished from the store", why: "\(root) was changed meanwhile")
      }
      return kernel
    }
  }

  private func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }
}
