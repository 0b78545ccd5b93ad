import BPF
import Glibc
import TestPlan

/// Makes the attachments that a plan names.
struct Attacher {
  let loaded: LoadedObject
  let environment: TestEnvironment?

  private var object: BPFObject { loaded.object }

  func attach(_ attachment: Attachment) throws(BPFError) -> BPFLink {
    switch attachment.subject {
    case .map(let name): return try object.map(name).attach()
    case .program(let name):
      if let link = try loaded.replacing?.attach(name, in: object) { return link }
      let program = try object.program(name)
      guard let target = attachment.target else { return try program.attach() }
      return try attach(program, to: target)
    }
  }

  private func attach(_ program: BPFProgram, to target: Attachment.Target) throws(BPFError) -> BPFLink {
    // Where it goes was said before it was loaded.
    if target.name != nil, program.type == .tracing || program.type == .lsm { return try program.attach() }
    switch target {
    case .function(let name, let offset): return try program.attach(kprobe: name, offset: offset)
    case .functions(let names): return try program.attach(kprobes: names)
    case .userFunction(let path, let symbol, let offset):
      return try program.attach(uprobe: path, symbol: symbol, offset: offset)
    case .usdt(let path, let provider, let name):
      return try program.attach(usdt: path, provider: provider, probe: name)
    case .tracepoint(let category, let name): return try program.attach(tracepoint: category, name)
    case .rawTracepoint(let name): return try program.attach(rawTracepoint: name)
    case .cpuClock(let frequency): return try program.attach(cpuClock: frequency)
    case .map(let name):
      let map = try object.map(name)
      return try program.section.hasPrefix("iter") ? program.attach(iterating: map) : program.attach(to: map)
    case .cgroup(let path):
      if path == nil, let cgroup = environment?.cgroupDescriptor { return try program.attach(cgroup: cgroup) }
      return try withFile(path ?? "/sys/fs/cgroup", O_DIRECTORY) { folder throws(BPFError) in
        try program.attach(cgroup: folder)
      }
    case .networkNamespace:
      if let namespace = environment?.networkDescriptor { return try program.attach(networkNamespace: namespace) }
      return try withFile("/proc/thread-self/ns/net", 0) { namespace throws(BPFError) in
        try program.attach(networkNamespace: namespace)
      }
    case .xdp(let interface):
      return try program.attach(xdp: interface)
    case .tc(let interface, let egress):
      return try program.attach(tc: interface, egress: egress)
    case .socket(let name):
      guard let socket = environment?.sockets.descriptor(of: name) else {
        throw BPFError(.badArgument, operation: "the test's environment has no socket `\(name)`")
      }
      return try program.attach(reuseportSocket: socket)
    case .netfilter(let family, let hook, let priority):
      return try program.attach(netfilterHook: hook, family: family, priority: priority)
    }
  }

  private func withFile(
    _ path: String, _ flags: Int32, _ body: (Int32) throws(BPFError) -> BPFLink
  ) throws(BPFError) -> BPFLink {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | flags)
    guard descriptor >= 0 else { throw BPFError(.kernel, errno: errno, operation: "opening \(path)") }
    defer { close(descriptor) }
    return try body(descriptor)
  }
}

extension Attachment.Target {
  /// The function, hook or tracepoint of the kernel that it is.
  fileprivate var name: String? {
    switch self {
    case .function(let name, 0), .rawTracepoint(let name): name
    default: nil
    }
  }
}

extension TestPlan {
  /// Functions and tracepoints that attachments name, by program.
  var attachTargets: [String: String] {
    (attachments ?? []).reduce(into: [:]) { targets, attachment in
      if case .program(let program) = attachment.subject, let name = attachment.target?.name { targets[program] = name }
    }
  }
}

extension Attachment {
  /// Whether a map is what it is attached to.
  var isToMap: Bool {
    if case .map? = target { return true }
    return false
  }
}
