import Foundation

/// One fetch of several kernels into the store; its lock is held all the while.
struct KernelFetch {
  let store: KernelStore
  /// A temporary folder inside the store, hence on the same file system.
  let workshop: String
  /// The catalog's mirror, if it names one.
  let mirror: String?
  let progress: @Sendable (String) -> Void

  /// Unpacking is bound by the processor, downloads by the network; a few at a time keep both busy.
  private static let parallel = 3

  func run(_ entries: [KernelCatalog.Entry]) async throws {
    var jobs: [@Sendable () async throws -> Void] = []
    var failures: [InfrastructureError] = []
    var packages: [(entry: KernelCatalog.Entry, suite: String, image: DebianPackage, parts: [DebianPackage])] = []
    let suites = entries.compactMap { entry -> String? in
      if case .apt(let suite, _) = entry.source { suite } else { nil }
    }
    if !suites.isEmpty {
      let archive = try await openArchive(suites)
      for entry in entries {
        guard case .apt(let suite, let pattern) = entry.source else { continue }
        guard let found = try await archive.index(of: suite).kernel(matching: pattern) else {
          failures.append(
            InfrastructureError(
              "can't resolve kernel \(entry.id)",
              why: "\(archive.mirror.base(of: suite)) has no package \(pattern) in \(suite)",
              next: "Correct the entry in the catalog, or leave this kernel out with `--kernels`."))
          continue
        }
        packages.append((entry, suite, found.image, found.parts))
      }
      try checkSpace(packages.flatMap(\.parts))
      for (entry, suite, image, parts) in packages {
        jobs.append { try await self.fetch(entry.id, suite: suite, image: image, parts: parts, from: archive) }
      }
    }
    for entry in entries {
      guard case .path(let vmlinuz, let modules) = entry.source else { continue }
      jobs.append { try await self.copy(entry.id, vmlinuz: vmlinuz, modules: modules) }
    }
    failures += await all(jobs)
    guard let first = failures.first else { return }
    guard failures.count > 1 else { throw first }
    throw InfrastructureError(
      "\(failures.count) kernels can't be had", why: failures.map(\.description).joined(separator: "\n"))
  }

  private func all(_ jobs: [@Sendable () async throws -> Void]) async -> [InfrastructureError] {
    await withTaskGroup(of: InfrastructureError?.self) { group in
      var failures: [InfrastructureError] = []
      for (index, job) in jobs.enumerated() {
        if index >= Self.parallel, let done = await group.next(), let failure = done { failures.append(failure) }
        group.addTask {
          do {
            try await job()
            return nil
          } catch let error as InfrastructureError {
            return error
          } catch {
            return InfrastructureError("can't fetch a kernel", why: "\(error)")
          }
        }
      }
      for await case let failure? in group { failures.append(failure) }
      return failures
    }
  }

  private func openArchive(_ suites: [String]) async throws -> AptArchive {
    let mirror: Mirror = if let named = self.mirror { Mirror(main: named) } else { try await Mirror.ofThisMachine() }
    progress("reading the package lists of \(Set(suites).sorted().joined(separator: ", ")) from \(mirror.main)")
    let archive = AptArchive(folder: workshop + "/apt", mirror: mirror)
    try CacheFolder.create(archive.folder)
    try await archive.update(suites: suites)
    return archive
  }

  /// Packages, their contents and the biggest unpacked kernels, all at once at the worst.
  private func checkSpace(_ packages: [DebianPackage]) throws {
    let needed = packages.reduce(Self.parallel * 128 << 20) { $0 + $1.size + $1.installedSize }
    var status = statvfs()
    guard statvfs(store.root, &status) == 0 else { return }
    let free = Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    guard free < needed else { return }
    throw InfrastructureError(
      "can't fetch \(packages.count) packages into \(store.root)",
      why: "\(megabytes(needed)) are needed there and \(megabytes(free)) are free",
      next: "Free some space, fetch fewer kernels with `--kernels`, or set XDG_CACHE_HOME to a roomier place.")
  }

  private func megabytes(_ bytes: Int) -> String { "\((bytes + 999_999) / 1_000_000) MB" }

  private func fetch(
    _ id: String, suite: String, image: DebianPackage, parts: [DebianPackage], from archive: AptArchive
  ) async throws {
    let release = String(image.name.dropFirst("linux-image-".count))
    if let known = try store.records().first(where: { $0.record.id == id }), known.record.package == image.name,
      known.record.version == image.version, known.record.isWhole(in: known.folder)
    {
      progress("\(id): \(release) is the newest, and here")
      return
    }
    let folder = "\(workshop)/\(id)"
    let downloads = folder + "/packages"
    let unpacked = folder + "/unpacked"
    try CacheFolder.create(downloads)
    try CacheFolder.create(unpacked)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    progress("\(id): downloading \(image.name) \(image.version) (\(megabytes(parts.reduce(0) { $0 + $1.size })))")
    try await archive.download(parts, into: downloads)
    progress("\(id): unpacking")
    for file in try FileManager.default.contentsOfDirectory(atPath: downloads) where file.hasSuffix(".deb") {
      let outcome = try await Command.run("dpkg-deb", ["-x", "\(downloads)/\(file)", unpacked], package: "dpkg")
      guard outcome.status == 0 else { throw InfrastructureError("can't unpack \(file)", why: outcome.complaint) }
    }
    // Debian moved both to /usr with 7.x.
    let images = ["boot/vmlinuz-\(release)", "usr/lib/modules/\(release)/vmlinuz", "lib/modules/\(release)/vmlinuz"]
    let modules = ["lib/modules/\(release)", "usr/lib/modules/\(release)"]
    guard let vmlinuz = existing(images, in: unpacked) else {
      throw InfrastructureError("can't use kernel \(id)", why: "there is no kernel image in \(image.name)")
    }
    let configs = ["boot/config-\(release)", "usr/lib/modules/\(release)/config", "lib/modules/\(release)/config"]
    try await assemble(
      KernelRecord(
        id: id, release: release, arch: "x86_64", package: image.name, version: image.version, suite: suite,
        hasModules: false, parts: parts.map(\.name)),
      vmlinuz: vmlinuz, modules: existing(modules.map { $0 + "/kernel" }, in: unpacked),
      config: existing(configs, in: unpacked), move: true)
  }

  private func copy(_ id: String, vmlinuz: String, modules: String?) async throws {
    guard let stamp = PathSource.stamp(vmlinuz) else {
      throw InfrastructureError(
        "can't read kernel \(id)", why: "\(vmlinuz): \(Command.errnoText())",
        next: "Correct `vmlinuz` in the catalog's entry, or its permissions.")
    }
    let drivers = modules.map { $0 + "/kernel" }
    if let drivers, !FileManager.default.fileExists(atPath: drivers) {
      throw InfrastructureError(
        "can't read the modules of kernel \(id)", why: "there is no folder \(drivers)",
        next: "`modules` wants a folder such as /lib/modules/RELEASE.")
    }
    progress("\(id): copying \(vmlinuz)")
    let release = try KernelImage(path: vmlinuz).release
    try await assemble(
      KernelRecord(
        id: id, release: release, arch: "x86_64", package: vmlinuz, version: stamp, suite: "path", hasModules: false),
      vmlinuz: vmlinuz, modules: drivers,
      config: PathSource.configs(vmlinuz: vmlinuz, modules: modules)
        .first { FileManager.default.fileExists(atPath: $0) }, move: false)
  }

  private func existing(_ candidates: [String], in folder: String) -> String? {
    candidates.map { "\(folder)/\($0)" }.first { FileManager.default.fileExists(atPath: $0) }
  }

  /// Lays out the store's folder of one kernel and hands it over.
  private func assemble(
    _ draft: KernelRecord, vmlinuz: String, modules: String?, config: String?, move: Bool
  ) async throws {
    var record = draft
    record.hasModules = modules != nil
    let folder = "\(workshop)/\(record.id)-done"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try CacheFolder.create(folder + "/btf")
    let manager = FileManager.default
    func put(_ source: String, _ target: String) throws {
      if move {
        try manager.moveItem(atPath: source, toPath: target)
      } else {
        try manager.copyItem(atPath: source, toPath: target)
      }
    }
    try put(vmlinuz, folder + "/vmlinuz")
    if let config { try put(config, folder + "/config") }
    if let modules {
      try CacheFolder.create(folder + "/modules")
      try put(modules, folder + "/modules/kernel")
    }
    let btf = try await KernelImage(path: folder + "/vmlinuz").btf(scratch: folder)
    try Data(btf).write(to: URL(fileURLWithPath: folder + "/btf/vmlinux"))
    try store.install(folder, record: record)
    progress("\(record.id): ready (\(record.release)" + (record.hasModules ? ")" : ", without modules)"))
  }
}
