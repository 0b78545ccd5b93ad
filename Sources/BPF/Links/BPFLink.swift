import CBPFShims
import CLibbpf
import Glibc

/// An attachment of a program, or of a struct_ops map, to something in the kernel. It ends with `detach()`, with the last
/// reference to the link, and with the process.
///
/// A link belongs to one thread at a time.
public final class BPFLink {
  /// What was attached, and to what, for messages: "program `on_exec` to `sched/sched_process_exec`".
  public let name: String
  /// The object must outlive what libbpf keeps of it in a link.
  private let object: BPFObject
  private var pointer: OpaquePointer?

  /// Takes over a link of libbpf's.
  init(_ pointer: OpaquePointer, name: String, object: BPFObject) {
    self.pointer = pointer
    self.name = name
    self.object = object
  }

  deinit { detach() }

  /// Whether `detach()` has not been called yet.
  public var isAttached: Bool { pointer != nil }

  /// The link's descriptor; `nil` once it is detached (`bpf_link__fd`).
  public var descriptor: Int32? {
    guard let pointer else { return nil }
    let fd = bpf_link__fd(pointer)
    return fd >= 0 ? fd : nil
  }

  /// Detaches, and closes the link's descriptors. Further calls do nothing (`bpf_link__destroy`).
  public func detach() {
    guard let link = pointer else { return }
    pointer = nil
    bpftest_log_begin()
    bpf_link__destroy(link)
    _ = bpftest_log_end()
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

  /// Makes a link by one of libbpf's functions, and an error of what it says when it can't.
  func link(
    to target: String, _ body: (OpaquePointer) -> OpaquePointer?
  ) throws(BPFError) -> BPFLink {
    let name = "program `\(self.name)` to \(target)"
    guard descriptor != nil else {
      throw BPFError(.badArgument, operation: "attaching \(name)", detail: "the program isn't loaded")
    }
    return try BPFLink.make(name, object: object) { body(pointer) }
  }
}

extension BPFLink {
  static func make(
    _ name: String, object: BPFObject, _ body: () -> OpaquePointer?
  ) throws(BPFError) -> BPFLink {
    bpftest_log_install()
    bpftest_log_begin()
    errno = 0
    let link = body()
    let code = errno
    let log = String(cString: bpftest_log_end())
    guard let link else {
      throw BPFError(.kernel, errno: code, operation: "attaching \(name)", detail: log.trimmingLibbpfPrefix)
    }
    return BPFLink(link, name: name, object: object)
  }
}
