import CBPFShims
import CLibbpf
import Glibc

/// Ways of attaching programs that look on.
extension BPFProgram {
  /// Whether the section says that the program runs on a function's return: `kretprobe/…`, `uretprobe/…`.
  private var isReturn: Bool { ["kretprobe", "uretprobe", "kretsyscall"].contains { section.hasPrefix($0) } }

  /// Attaches to a kernel function, `offset` bytes into it (`bpf_program__attach_kprobe_opts`).
  ///
  /// - Parameter onReturn: whether it runs when the function returns; `nil` leaves it to the section.
  /// Throws `ENOENT` or `EINVAL` where the kernel has no such function or lets nobody probe it.
  public func attach(
    kprobe function: String, offset: UInt64 = 0, onReturn: Bool? = nil, cookie: UInt64 = 0
  ) throws(BPFError) -> BPFLink {
    try link(to: "function `\(function)`") { program in
      var options = bpf_kprobe_opts()
      options.sz = optionsSize(through: \bpf_kprobe_opts.retprobe)
      options.offset = Int(clamping: offset)
      options.retprobe = onReturn ?? isReturn
      options.bpf_cookie = cookie
      return bpf_program__attach_kprobe_opts(program, function, &options)
    }
  }

  /// Attaches a kprobe.multi program to many kernel functions at once: to those named, or to all that match the only name
  /// when it has a `*` or `?` in it (`bpf_program__attach_kprobe_multi_opts`, since 5.18).
  public func attach(kprobes functions: [String], onReturn: Bool? = nil) throws(BPFError) -> BPFLink {
    let what = functions.count == 1 ? "functions `\(functions[0])`" : "\(functions.count) functions"
    return try link(to: what) { program in
      var options = bpf_kprobe_multi_opts()
      options.sz = optionsSize(through: \bpf_kprobe_multi_opts.retprobe)
      options.retprobe = onReturn ?? isReturn
      if functions.count == 1, functions[0].contains(where: { $0 == "*" || $0 == "?" }) {
        return bpf_program__attach_kprobe_multi_opts(program, functions[0], &options)
      }
      var names = functions.map { UnsafePointer(strdup($0)) }
      defer { for name in names { free(UnsafeMutablePointer(mutating: name)) } }
      return names.withUnsafeMutableBufferPointer { buffer in
        options.syms = buffer.baseAddress
        options.cnt = buffer.count
        return bpf_program__attach_kprobe_multi_opts(program, nil, &options)
      }
    }
  }

  /// Attaches to a function of an executable or shared library, in whichever process runs it
  /// (`bpf_program__attach_uprobe_opts`).
  ///
  /// - Parameters:
  ///   - symbol: the function; `nil` counts `offset` from the start of the file.
  ///   - process: the only process that is meant; -1 means all.
  public func attach(
    uprobe path: String, symbol: String?, offset: UInt64 = 0, onReturn: Bool? = nil, process: Int32 = -1
  ) throws(BPFError) -> BPFLink {
    try link(to: "`\(path)`\(symbol.map { ":`\($0)`" } ?? " + \(offset)")") { program in
      var options = bpf_uprobe_opts()
      options.sz = optionsSize(through: \bpf_uprobe_opts.func_name)
      options.retprobe = onReturn ?? isReturn
      guard let symbol else {
        return bpf_program__attach_uprobe_opts(program, process, path, Int(clamping: offset), &options)
      }
      return symbol.withCString { name in
        options.func_name = name
        return bpf_program__attach_uprobe_opts(program, process, path, Int(clamping: offset), &options)
      }
    }
  }

  /// Attaches to a static probe (USDT) of an executable or shared library (`bpf_program__attach_usdt`).
  ///
  /// The object must include `usdt.bpf.h`, since libbpf keeps the probes' arguments in a map of it.
  public func attach(
    usdt path: String, provider: String, probe: String, process: Int32 = -1
  ) throws(BPFError) -> BPFLink {
    try link(to: "static probe `\(provider):\(probe)` of `\(path)`") {
      bpf_program__attach_usdt($0, process, path, provider, probe, nil)
    }
  }

  /// Attaches to a tracepoint (`bpf_program__attach_tracepoint`).
  public func attach(tracepoint category: String, _ name: String) throws(BPFError) -> BPFLink {
    try link(to: "tracepoint `\(category)/\(name)`") { bpf_program__attach_tracepoint($0, category, name) }
  }

  /// Attaches to a tracepoint with its arguments as they are (`bpf_program__attach_raw_tracepoint`).
  public func attach(rawTracepoint name: String) throws(BPFError) -> BPFLink {
    try link(to: "raw tracepoint `\(name)`") { bpf_program__attach_raw_tracepoint($0, name) }
  }

  /// Attaches an iterator program that goes through the entries of a map (`bpf_program__attach_iter`).
  public func attach(iterating map: BPFMap) throws(BPFError) -> BPFLink {
    do {
      return try link(to: "the entries of map `\(map.name)`") { program in
        var info = bpf_iter_link_info()
        info.map.map_fd = UInt32(bitPattern: map.descriptor ?? -1)
        return withUnsafeMutablePointer(to: &info) { info in
          var options = bpf_iter_attach_opts()
          options.sz = optionsSize(through: \bpf_iter_attach_opts.link_info_len)
          options.link_info = info
          options.link_info_len = UInt32(MemoryLayout<bpf_iter_link_info>.size)
          return bpf_program__attach_iter(program, &options)
        }
      }
    } catch {
      guard error.errno == EINVAL, !map.type.hasIterator else { throw error }
      var explained = error
      explained.detail = "the kernel has no iterator over the entries of a \(map.type), only of hashes and arrays"
      throw explained
    }
  }

  /// Attaches a perf_event program to samples of the processors' software clock, so many a second and processor. It needs
  /// no hardware counters, which virtual machines seldom have.
  public func attach(cpuClock frequency: UInt64) throws(BPFError) -> BPFLink {
    let target = "the CPU clock at \(frequency) Hz"
    _ = try attachable(to: target)
    let name = "program `\(self.name)` to \(target)"
    let link = BPFLink(.libbpf([]), name: name, object: object)
    for cpu in 0..<Int32(clamping: BPFSystem.possibleCPUs) {
      let event = bpftest_perf_clock(cpu, frequency)
      // Of the possible processors, those that aren't there now.
      if event == -ENODEV { continue }
      guard event >= 0 else { throw BPFError(.kernel, errno: -event, operation: "attaching \(name)") }
      do {
        // The link takes the event over.
        link.add(try BPFLink.pointer(name) { bpf_program__attach_perf_event(pointer, event) })
      } catch {
        close(event)
        throw error
      }
    }
    return link
  }
}

extension BPFLink {
  /// Detached together with the others.
  fileprivate func add(_ link: OpaquePointer) {
    guard case .libbpf(let links) = handle else { return }
    handle = .libbpf(links + [link])
  }
}

extension BPFMapType {
  /// Whether the kernel's iterators go through its entries (kernel/bpf/map_iter.c, net/core: `bpf_iter_attach_map`).
  fileprivate var hasIterator: Bool {
    switch self {
    case .hash, .lruHash, .array, .hashOfMaps, .perCPUHash, .lruPerCPUHash, .perCPUArray, .skStorage, .sockMap,
      .sockHash:
      true
    default: false
    }
  }
}
