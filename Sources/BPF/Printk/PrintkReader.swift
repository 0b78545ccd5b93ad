import Glibc

/// Reads the lines that programs write with `bpf_printk` (the event `bpf_trace:bpf_trace_printk`, since 5.9).
///
/// In a machine of our own that is everything in the kernel's one buffer. On a machine that others use too, it is a buffer
/// of our own (an instance of tracefs), so that nobody's reading takes lines from anybody else, and it holds only what ran
/// in the thread that begins, or in a process that it has started since: lines of the machine's other BPF programs, and of
/// the same program run by somebody else, aren't the test's.
public final class PrintkReader {
  private let tracefs: Tracefs
  /// The instance's name, `nil` for the kernel's one buffer.
  private let instance: String?
  private var pipe: Int32 = -1
  private var holdsPipe = true
  /// The thread whose lines come in.
  private var heard = ""

  /// Bytes that are read of one test's step; a program that writes more is in a loop.
  private static let most = 1 << 20

  /// - Parameter ownsMachine: whether nobody else's programs run here.
  /// Throws where there is no tracefs to be had.
  public init(ownsMachine: Bool) throws(BPFError) {
    tracefs = try Tracefs.open()
    guard !ownsMachine else {
      instance = nil
      // Until somebody asks for more it is a page or two.
      tracefs.write("512", to: "buffer_size_kb")
      return
    }
    Self.removeAbandoned(in: tracefs)
    // Threads that run tests side by side have one each.
    var number = 0
    while mkdirat(tracefs.folder, "instances/\(Self.prefix)\(getpid())-\(number)", 0o700) != 0 {
      let reason = errno
      guard reason == EEXIST, number < 1000 else {
        tracefs.close()
        throw Tracefs.failure(reason)
      }
      number += 1
    }
    let name = "\(Self.prefix)\(getpid())-\(number)"
    instance = name
    // Events of a process that is started count where those of the one that starts it do.
    tracefs.write("1", to: "instances/\(name)/options/event-fork")
    guard tracefs.write("1", to: "instances/\(name)/events/bpf_trace/bpf_trace_printk/enable") else {
      throw BPFError(
        .kernel, errno: ENOENT, operation: "reading what programs write with bpf_printk",
        detail: "this kernel has no event for it (since 5.9)")
    }
  }

  deinit {
    end()
    if let instance { unlinkat(tracefs.folder, "instances/\(instance)", AT_REMOVEDIR) }
    tracefs.close()
  }

  /// From now on lines are those of the calling thread.
  ///
  /// - Parameter sharesPipe: whether others may read the same buffer meanwhile, as a program may that a test starts.
  public func begin(sharesPipe: Bool) {
    holdsPipe = !sharesPipe
    _ = read()
    // Changing the filter takes the kernel a tenth of a second.
    let caller = Self.thread
    guard let instance, caller.isEmpty || caller != heard else { return }
    // The filter takes the kernel's own number of the thread, which a container doesn't tell; the buffer does.
    guard tracefs.write("bpftest", to: "instances/\(instance)/trace_marker"),
      let thread = PrintkLines.writer(of: "tracing_mark_write: bpftest", in: read())
    else { return }
    if tracefs.write("\(thread)", to: "instances/\(instance)/set_event_pid") { heard = caller }
    // While the old filter goes and the new one comes, which takes milliseconds, everybody's lines come in.
    _ = read()
  }

  /// The lines since it began, or since they were asked for last.
  public func lines() -> [String] { PrintkLines.messages(in: read()) }

  /// Nothing more is read until it begins again.
  public func end() {
    if pipe >= 0 { close(pipe) }
    pipe = -1
  }

  private func read() -> [UInt8] {
    if pipe < 0 {
      let path = instance.map { "instances/\($0)/trace_pipe" } ?? "trace_pipe"
      pipe = openat(tracefs.folder, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    }
    guard pipe >= 0 else { return [] }
    defer { if !holdsPipe { end() } }
    var all: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 16 << 10)
    while all.count < Self.most {
      let count = Glibc.read(pipe, &part, part.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      all += part[..<count]
    }
    return all
  }

  /// What /proc calls the calling thread: `12/task/13`.
  private static var thread: String {
    var name = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self", &name, name.count)
    return count > 0 ? String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
  }

  /// Numbers of processes are those of this namespace.
  private static let prefix: String = {
    var status = stat()
    return "bpftest-\(stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0)-"
  }()

  /// Instances of processes that ended without removing them.
  private static func removeAbandoned(in tracefs: Tracefs) {
    let folder = openat(tracefs.folder, "instances", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0, let entries = fdopendir(folder) else { return }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix), let owner = Int32(name.dropFirst(prefix.count).prefix { $0 != "-" }),
        kill(owner, 0) != 0, errno == ESRCH
      else { continue }
      unlinkat(tracefs.folder, "instances/\(name)", AT_REMOVEDIR)
    }
  }
}
