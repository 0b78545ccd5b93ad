import Glibc

/// A pseudo-terminal of a given width.
final class Terminal {
  private let master: Int32
  let fd: Int32

  struct Unavailable: Error { var errno: Int32 }

  init(columns: UInt16) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    guard master >= 0 else { throw Unavailable(errno: errno) }
    // asm-generic/ioctls.h: TIOCSPTLCK = _IOW('T', 0x31, int), TIOCGPTPEER = _IO('T', 0x41).
    var locked: Int32 = 0
    guard ioctl(master, 0x4004_5431, &locked) == 0 else { throw Unavailable(errno: errno) }
    fd = ioctl(master, 0x5441, O_RDWR | O_NOCTTY)
    guard fd >= 0 else { throw Unavailable(errno: errno) }
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    guard ioctl(fd, UInt(TIOCSWINSZ), &size) == 0 else { throw Unavailable(errno: errno) }
  }

  deinit {
    close(fd)
    close(master)
  }
}
