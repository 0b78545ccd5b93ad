/// Something to do that makes an attached program run. Programs and system calls are done by a process of its own, so that
/// programs under test can tell it by its number (`$trigger.pid`) and so that it can be killed when it hangs. What is done
/// with sockets, and the reading of iterators, is done by the executor itself.
public enum Trigger: Hashable, Sendable {
  /// Runs a program with these arguments, its own path first, and waits for its end.
  case exec(arguments: [String], standardInput: Bytes?)
  /// Opens a file and closes it. `flags` are `O_*`, `mode` are the permissions of a file that it makes.
  case open(path: String, flags: Int32, mode: UInt32)
  /// Reads a file, at most 64 KiB of it.
  case read(path: String)
  /// Writes bytes into a file that is there, and makes it where it isn't if `creates`.
  case write(path: String, bytes: Bytes, creates: Bool)
  /// Sends the triggers' process a signal. One that ends it ends the chain; the next step has a new process.
  case kill(signal: Int32)
  /// Does nothing for so many seconds.
  case sleep(seconds: Double)
  /// Any other system call, by name.
  case call(name: String, arguments: [CallArgument])
  /// Reads all that an attached iterator program prints.
  case iterate(program: String)
  /// Does something with a socket. The executor's own process does it, so that the socket stays for the next trigger.
  case socket(SocketOperation)

  /// What a fixture calls it.
  public var name: String {
    switch self {
    case .exec: "exec"
    case .open: "open"
    case .read: "read"
    case .write: "write"
    case .kill: "kill"
    case .sleep: "sleep"
    case .call: "call"
    case .iterate: "iterate"
    case .socket(let operation): operation.verb
    }
  }
}

/// An argument of a system call.
public enum CallArgument: Hashable, Sendable {
  case number(Int64)
  /// A pointer to the text, which ends with a zero byte.
  case text(String)
  /// A pointer to the bytes.
  case bytes(Bytes)
}

/// What came of a trigger.
public struct TriggerObservation: Hashable, Sendable {
  /// The positive errno of the call that failed, 0 when all went well.
  public var errno: Int32
  /// What the decisive call returned: bytes read or written, the descriptor it opened; 0 after a failure.
  public var result: Int64
  /// The exit status of a program that ended by itself.
  public var exitStatus: Int32?
  /// The signal that ended the process.
  public var signal: Int32?
  /// What was read or received, an option's value, or what a program wrote on its standard output (at most 64 KiB).
  public var output: Bytes?
  /// What a program wrote on its standard error, at most 64 KiB.
  public var errorOutput: Bytes?
  /// The `sockaddr` of a socket afterwards (getsockname(2)).
  public var local: Bytes?
  /// The `sockaddr` of a socket's other side: of a message its sender's, else getpeername(2)'s.
  public var peer: Bytes?

  public init(
    errno: Int32 = 0, result: Int64 = 0, exitStatus: Int32? = nil, signal: Int32? = nil, output: Bytes? = nil,
    errorOutput: Bytes? = nil, local: Bytes? = nil, peer: Bytes? = nil
  ) {
    self.errno = errno
    self.result = result
    self.exitStatus = exitStatus
    self.signal = signal
    self.output = output
    self.errorOutput = errorOutput
    self.local = local
    self.peer = peer
  }
}

/// A place in a section of globals, for a number that is known only when the test runs.
public struct GlobalPlace: Hashable, Sendable {
  public var section: String
  /// Bytes from the start of the section.
  public var offset: Int
  /// Bytes of the number: 1, 2, 4 or 8.
  public var size: Int

  public init(section: String, offset: Int, size: Int) {
    self.section = section
    self.offset = offset
    self.size = size
  }
}
