import Glibc

/// Names that triggers may use for numbers.
enum OpenFlags {
  /// Of open(2).
  static let flags: [String: Int32] = [
    "O_RDONLY": O_RDONLY, "O_WRONLY": O_WRONLY, "O_RDWR": O_RDWR, "O_CREAT": O_CREAT, "O_EXCL": O_EXCL,
    "O_TRUNC": O_TRUNC, "O_APPEND": O_APPEND, "O_NONBLOCK": O_NONBLOCK, "O_DIRECTORY": O_DIRECTORY,
    "O_NOFOLLOW": O_NOFOLLOW, "O_SYNC": O_SYNC,
  ]

  /// Of signal(7), without `SIG`.
  static let signals: [String: Int32] = [
    "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "ILL": SIGILL, "ABRT": SIGABRT, "FPE": SIGFPE, "KILL": SIGKILL,
    "SEGV": SIGSEGV, "PIPE": SIGPIPE, "ALRM": SIGALRM, "TERM": SIGTERM, "USR1": SIGUSR1, "USR2": SIGUSR2,
    "CHLD": SIGCHLD, "CONT": SIGCONT, "STOP": SIGSTOP, "WINCH": SIGWINCH, "URG": SIGURG,
  ]
}
