import Foundation
import Kernels

/// Machines that have been booted once and stand still: `<root>/<kernel>-<key>/{ram.img,state.bin}`.
///
/// A snapshot is made in a temporary folder and renamed; it is never changed afterwards.
struct Snapshots {
  let root: String

  /// A snapshot on disk.
  struct Snapshot {
    var folder: String
    /// The guest's memory, mapped privately by clones.
    var memory: String { folder + "/ram.img" }
    /// The state of the devices, QEMU's migration stream.
    var state: String { folder + "/state.bin" }
  }

  /// The hash of everything that goes into a snapshot: 16 hexadecimal digits.
  static func key(_ ingredients: [String]) -> String { String(ContentHash.of(ingredients).prefix(16)) }

  private func name(_ kernel: Kernel, _ key: String) -> String { "\(kernel.id)-\(key)" }

  /// The snapshot of that key if there is one. Marks it as used.
  func find(_ kernel: Kernel, key: String) -> Snapshot? {
    let snapshot = Snapshot(folder: "\(root)/\(name(kernel, key))")
    guard access(snapshot.state, R_OK) == 0, access(snapshot.memory, R_OK) == 0 else { return nil }
    utimes(snapshot.folder, nil)
    return snapshot
  }

  /// Holds off other processes and threads that want to make the same snapshot; blocks until it is our turn.
  func lock(_ kernel: Kernel, key: String) throws -> FileLock {
    try FileLock.take("\(root)/.\(name(kernel, key)).lock")
  }

  /// A folder to make a snapshot in.
  func begin() throws -> Snapshot {
    let snapshot = Snapshot(folder: "\(root)/.tmp-\(getpid())-\(UInt32.random(in: 0 ... .max))")
    Cleanup.shared.add(path: snapshot.folder)
    try CacheFolder.create(snapshot.folder)
    return snapshot
  }

  /// Puts a finished snapshot in its place, and drops those that nobody will miss.
  func keep(_ snapshot: Snapshot, _ kernel: Kernel, key: String) throws(InfrastructureError) -> Snapshot {
    let target = Snapshot(folder: "\(root)/\(name(kernel, key))")
    try? FileManager.default.removeItem(atPath: target.folder)
    guard rename(snapshot.folder, target.folder) == 0 else {
      throw InfrastructureError("can't keep the snapshot of \(kernel.id)", why: String(cString: strerror(errno)))
    }
    Cleanup.shared.forget(path: snapshot.folder)
    prune(kernel)
    return target
  }

  func drop(_ snapshot: Snapshot) { Cleanup.shared.remove(path: snapshot.folder) }

  /// Keeps the four snapshots of a kernel that were used last, so that ways of running and sizes don't evict each other, and
  /// removes what processes left that were killed while they made one. A clone that runs keeps its own file open.
  private func prune(_ kernel: Kernel) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    for name in names where name.hasPrefix(".tmp-") {
      guard let pid = pid_t(name.split(separator: "-").dropFirst().first ?? ""), kill(pid, 0) != 0, errno == ESRCH
      else { continue }
      try? FileManager.default.removeItem(atPath: "\(root)/\(name)")
    }
    // A key has 16 digits, so that ids that begin alike aren't mixed up.
    let own = names.filter { $0.hasPrefix(kernel.id + "-") && $0.utf8.count == kernel.id.utf8.count + 17 }
    let dated = own.map { name -> (path: String, used: Int) in
      var status = stat()
      let known = stat("\(root)/\(name)", &status) == 0
      return ("\(root)/\(name)", known ? status.st_mtim.tv_sec : 0)
    }
    for old in dated.sorted(by: { $0.used > $1.used }).dropFirst(4) {
      try? FileManager.default.removeItem(atPath: old.path)
      if let slash = old.path.lastIndex(of: "/") {
        // Whoever holds the lock of a snapshot that is gone makes it anew, and renaming keeps two makers apart.
        unlink("\(root)/.\(old.path[old.path.index(after: slash)...]).lock")
      }
    }
  }

  /// Whether a guest's memory fits. A full disk would kill QEMU in the middle of a boot (SIGBUS).
  func hasRoom(for size: Int) -> Bool {
    try? CacheFolder.create(root)
    var status = statvfs()
    guard statvfs(root, &status) == 0 else { return true }
    return UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
      > UInt64(max(0, size)) << 20
  }
}
