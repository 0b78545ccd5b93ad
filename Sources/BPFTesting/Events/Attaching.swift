import BPF

/// Ways of attaching programs whose section doesn't say to what. Throw the kernel's refusal.
extension BPFProgram {
  /// Attaches the program to what its section names: `kprobe/do_unlinkat`, `tp/sched/sched_process_exec` …
  ///
  /// The C function is `bpf_program__attach`.
  public func attach() throws -> BPFLink { try attached { try $0.attach() } }

  /// Says, before load, which function a program of type ext (`SEC("freplace/…")`) replaces: one of a program that is loaded
  /// already, from another object or from the same file opened before. `attach()` then puts it there.
  public func replace(_ function: String, of target: BPFProgram) throws {
    let descriptor = try target.withCore("replacing a function") { $0.descriptor }
    let name = target.name
    try withCore("replacing a function") { try $0.replace(function, of: descriptor, named: name) }
  }

  /// Attaches to a kernel function, or to its return; `nil` leaves that to the section.
  public func attach(kprobe function: String, offset: UInt64 = 0, onReturn: Bool? = nil) throws -> BPFLink {
    try attached { try $0.attach(kprobe: function, offset: offset, onReturn: onReturn) }
  }

  /// Attaches a kprobe.multi program to many kernel functions: those named, or all that match one pattern with `*` or `?`.
  public func attach(kprobes functions: [String], onReturn: Bool? = nil) throws -> BPFLink {
    try attached { try $0.attach(kprobes: functions, onReturn: onReturn) }
  }

  /// Attaches to a function of an executable or library, of all processes or of one.
  public func attach(
    uprobe path: String, symbol: String?, offset: UInt64 = 0, onReturn: Bool? = nil, process: Int32 = -1
  ) throws -> BPFLink {
    try attached { try $0.attach(uprobe: path, symbol: symbol, offset: offset, onReturn: onReturn, process: process) }
  }

  /// Attaches to a static probe (USDT) of an executable or library.
  public func attach(usdt path: String, provider: String, probe: String, process: Int32 = -1) throws -> BPFLink {
    try attached { try $0.attach(usdt: path, provider: provider, probe: probe, process: process) }
  }

  /// Attaches to a tracepoint: `attach(tracepoint: "sched", "sched_process_exec")`.
  public func attach(tracepoint category: String, _ name: String) throws -> BPFLink {
    try attached { try $0.attach(tracepoint: category, name) }
  }

  /// Attaches to a tracepoint with its arguments as they are.
  public func attach(rawTracepoint name: String) throws -> BPFLink {
    try attached { try $0.attach(rawTracepoint: name) }
  }

  /// Attaches to the processors' clock, so many samples a second and processor.
  public func attach(cpuClock frequency: UInt64) throws -> BPFLink {
    try attached { try $0.attach(cpuClock: frequency) }
  }

  /// Attaches to a cgroup, by a descriptor of its folder.
  public func attach(cgroup folder: Int32) throws -> BPFLink { try attached { try $0.attach(cgroup: folder) } }

  /// Attaches a sk_lookup or flow_dissector program to a network namespace, by its descriptor.
  public func attach(networkNamespace namespace: Int32) throws -> BPFLink {
    try attached { try $0.attach(networkNamespace: namespace) }
  }

  /// Attaches an XDP program to an interface.
  public func attach(xdp interface: String) throws -> BPFLink { try attached { try $0.attach(xdp: interface) } }

  /// Attaches a tc program to one side of an interface.
  public func attach(tc interface: String, egress: Bool) throws -> BPFLink {
    try attached { try $0.attach(tc: interface, egress: egress) }
  }

  /// Attaches an sk_reuseport program to the sockets that share this one's port.
  public func attach(reuseportSocket socket: Int32) throws -> BPFLink {
    try attached { try $0.attach(reuseportSocket: socket) }
  }

  /// Attaches a netfilter program: `hook` is `NF_INET_*`, `family` 2 (IPv4) or 10 (IPv6).
  public func attach(netfilterHook hook: UInt32, family: UInt32, priority: Int32) throws -> BPFLink {
    try attached { try $0.attach(netfilterHook: hook, family: family, priority: priority) }
  }

  /// Attaches a sk_skb or sk_msg program to a sock map of the same object.
  public func attach(to map: BPFMap) throws -> BPFLink {
    try checkOwn(map)
    return try attached { program in try program.attach(to: program.object.map(map.name)) }
  }

  /// Attaches an iterator over the entries of a map of the same object.
  public func attach(iterating map: BPFMap) throws -> BPFLink {
    try checkOwn(map)
    return try attached { program in try program.attach(iterating: program.object.map(map.name)) }
  }

  /// A map of another object can't be reached while this one has its turn, and its namesake here is not what was meant.
  private func checkOwn(_ map: BPFMap) throws {
    guard map.object === object else {
      throw BPFError(
        .badArgument, operation: "attaching program `\(name)` to map `\(map.name)`",
        detail: "map `\(map.name)` belongs to another object")
    }
  }

  private func attached(_ body: (BPF.BPFProgram) throws -> BPF.BPFLink) throws -> BPFLink {
    BPFLink(try withCore("attaching") { HeldLink(link: try body($0)) })
  }
}

extension BPFMap {
  /// Registers what a struct_ops map defines, such as a TCP congestion control.
  public func attach() throws -> BPFLink {
    BPFLink(try withCore("attaching") { HeldLink(link: try $0.attach()) })
  }
}
