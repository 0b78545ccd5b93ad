import CBPFShims
import CLibbpf
import Glibc

/// An attachment of a program, or of a struct_ops map, to something in the kernel. It ends with `detach()`, with the last
/// reference to the link, and with the process.
///
/// A link belongs to one thread at a time.
public final class BPFLink {
  /// How it is undone.
  enum Handle {
    /// Links of libbpf's: one, or one for each CPU.
    case libbpf([OpaquePointer])
    /// A descriptor of the kernel's.
    case descriptor(Int32)
    /// An attachment without a link.
    case undo(() -> Void)
  }

  /// What was attached, and to what, for messages: "program `on_exec` to `sched/sched_process_exec`".
  public let name: String
  /// The object must outlive what libbpf keeps of it in a link.
  private let object: BPFObject
  var handle: Handle?

  init(_ handle: Handle, name: String, object: BPFObject) {
    self.handle = handle
    self.name = name
    self.object = object
  }

  /// Takes over a link that bpf(2) made (`BPF_LINK_CREATE`), for ways of attaching that libbpf doesn't know.
  public convenience init(adopting descriptor: Int32, of program: BPFProgram, to target: String) {
    self.init(.descriptor(descriptor), name: "program `\(program.name)` to \(target)", object: program.object)
  }

  deinit { detach() }

  /// Whether `detach()` has not been called yet.
  public var isAttached: Bool { handle != nil }

  /// The link's descriptor; `nil` once it is detached, and where the kernel has no link for it (`bpf_link__fd`).
  public var descriptor: Int32? {
    switch handle {
    case .libbpf(let links):
      guard let first = links.first else { return nil }
      let fd = bpf_link__fd(first)
      return fd >= 0 ? fd : nil
    case .descriptor(let fd): return fd
    case .undo, nil: return nil
    }
  }

  /// Detaches, and closes the link's descriptors. Further calls do nothing (`bpf_link__destroy`).
  public func detach() {
    let handle = self.handle
    self.handle = nil
    switch handle {
    case .libbpf(let links):
      bpftest_log_begin()
      for link in links { bpf_link__destroy(link) }
      _ = bpftest_log_end()
    case .descriptor(let fd): close(fd)
    case .undo(let body): body()
    case nil: break
    }
  }

  /// Makes a link by one of libbpf's functions, and an error of what it says when it can't.
  static func make(_ name: String, object: BPFObject, _ body: () -> OpaquePointer?) throws(BPFError) -> BPFLink {
    BPFLink(.libbpf([try pointer(name, body)]), name: name, object: object)
  }

  static func pointer(_ name: String, _ body: () -> OpaquePointer?) throws(BPFError) -> OpaquePointer {
    bpftest_log_install()
    bpftest_log_begin()
    errno = 0
    let link = body()
    let code = errno
    let log = String(cString: bpftest_log_end())
    guard let link else {
      // The first warning says what went wrong; those after it, what that led to.
      let words = log.split(separator: "\n").first.map(String.init) ?? ""
      throw BPFError(.kernel, errno: code, operation: "attaching \(name)", detail: words.trimmingLibbpfPrefix)
    }
    return link
  }
}

extension BPFProgram {
  /// Attaches to what the program's section names: `kprobe/do_unlinkat`, `tp/sched/sched_process_exec`, `fentry/…`, `lsm/…`,
  /// `iter/task`, `uprobe/PATH:FUNCTION`, `usdt/PATH:PROVIDER:NAME` … The C function is `bpf_program__attach`.
  ///
  /// Throws `EOPNOTSUPP` where the section names nothing that libbpf can attach to.
  public func attach() throws(BPFError) -> BPFLink {
    try link(to: "`\(section)`") { bpf_program__attach($0) }
  }

  func link(to target: String, _ body: (OpaquePointer) -> OpaquePointer?) throws(BPFError) -> BPFLink {
    _ = try attachable(to: target)
    return try BPFLink.make("program `\(name)` to \(target)", object: object) { body(pointer) }
  }

  /// The descriptor, which only a loaded program has.
  func attachable(to target: String) throws(BPFError) -> Int32 {
    if let descriptor { return descriptor }
    throw BPFError(
      .badArgument, operation: "attaching program `\(name)` to \(target)", detail: "the program isn't loaded")
  }
}

extension BPFMap {
  /// Registers what a struct_ops map defines, such as a TCP congestion control (`bpf_map__attach_struct_ops`).
  public func attach() throws(BPFError) -> BPFLink {
    guard descriptor != nil else {
      throw BPFError(.badArgument, operation: "attaching map `\(name)`", detail: "it isn't loaded")
    }
    return try BPFLink.make("map `\(name)`", object: object) { bpf_map__attach_struct_ops(pointer) }
  }
}
