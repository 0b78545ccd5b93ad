import Foundation

/// A lock between processes, on a file (flock(2)). The kernel lets go of it when its holder dies.
public final class FileLock: Sendable {
  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Takes the lock if it is free. The file and its folder are created where they don't exist.
  public static func tryToTake(_ path: String) throws -> FileLock? {
    let descriptor = try openFile(path)
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return FileLock(descriptor: descriptor) }
    close(descriptor)
    return nil
  }

  /// Takes the lock and waits for it as long as it takes, blocking this thread.
  public static func take(_ path: String) throws -> FileLock {
    let descriptor = try openFile(path)
    while flock(descriptor, LOCK_EX) != 0 {
      if errno == EINTR { continue }
      let why = Command.errnoText()
      close(descriptor)
      throw InfrastructureError("can't lock \(path)", why: why)
    }
    return FileLock(descriptor: descriptor)
  }

  /// Takes the lock without blocking a thread; `waiting` is called once when somebody else holds it.
  public static func take(_ path: String, waiting: @Sendable () -> Void) async throws -> FileLock {
    var hasSaid = false
    while true {
      if let lock = try tryToTake(path) { return lock }
      if !hasSaid { waiting() }
      hasSaid = true
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private static func openFile(_ path: String) throws -> Int32 {
    try CacheFolder.create(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw InfrastructureError("can't open the lock \(path)", why: Command.errnoText()) }
    return descriptor
  }
}
