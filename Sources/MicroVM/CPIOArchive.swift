/// Writes an initramfs: a cpio archive in the "newc" format (the kernel's
/// Documentation/driver-api/early-userspace/buffer-format.rst).
public struct CPIOArchive {
  private var bytes: [UInt8] = []
  private var inode: UInt32 = 0

  public init() {}

  // File types of stat(2), `st_mode`.
  private static let directory: UInt32 = 0o040000
  private static let regular: UInt32 = 0o100000
  private static let characterDevice: UInt32 = 0o020000

  /// Adds a folder; those above it must be there already.
  public mutating func addDirectory(_ path: String) {
    append(path, mode: Self.directory | 0o755)
  }

  /// Adds a file with its permissions.
  public mutating func addFile(_ path: String, contents: [UInt8], mode: UInt32 = 0o644) {
    append(path, mode: Self.regular | mode, contents: contents)
  }

  /// Adds a device node.
  public mutating func addCharacterDevice(_ path: String, major: UInt32, minor: UInt32) {
    append(path, mode: Self.characterDevice | 0o600, device: (major, minor))
  }

  /// Ends the archive and hands it out.
  public consuming func finish() -> [UInt8] {
    append("TRAILER!!!", mode: 0)
    return bytes
  }

  private mutating func append(
    _ path: String, mode: UInt32, contents: [UInt8] = [], device: (major: UInt32, minor: UInt32) = (0, 0)
  ) {
    inode += 1
    let name = [UInt8](path.utf8) + [0]
    bytes.reserveCapacity(bytes.count + contents.count + name.count + 128)
    bytes.append(contentsOf: "070701".utf8)
    // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
    let fields: [UInt32] = [
      inode, mode, 0, 0, 1, 0, UInt32(contents.count), 0, 0, device.major, device.minor, UInt32(name.count), 0,
    ]
    for field in fields { appendHex(field) }
    bytes.append(contentsOf: name)
    pad()
    bytes.append(contentsOf: contents)
    pad()
  }

  private mutating func appendHex(_ value: UInt32) {
    let digits = [UInt8]("0123456789ABCDEF".utf8)
    for shift in stride(from: 28, through: 0, by: -4) { bytes.append(digits[Int(value >> UInt32(shift)) & 15]) }
  }

  /// Names and contents end on a multiple of four bytes.
  private mutating func pad() {
    while bytes.count % 4 != 0 { bytes.append(0) }
  }
}
