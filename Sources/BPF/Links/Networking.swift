import CBPFShims
import CLibbpf
import Glibc

/// Ways of attaching programs that decide about traffic, sockets and the processes of a cgroup.
extension BPFProgram {
  /// Attaches to a cgroup, by a descriptor of its folder (`bpf_program__attach_cgroup`).
  public func attach(cgroup folder: Int32) throws(BPFError) -> BPFLink {
    try link(to: "the cgroup") { bpf_program__attach_cgroup($0, folder) }
  }

  /// Attaches a sk_lookup or flow_dissector program to a network namespace, by its descriptor
  /// (`bpf_program__attach_netns`).
  public func attach(networkNamespace namespace: Int32) throws(BPFError) -> BPFLink {
    try link(to: "the network namespace") { bpf_program__attach_netns($0, namespace) }
  }

  /// Attaches an XDP program to an interface of the calling thread's network namespace (`bpf_program__attach_xdp`).
  public func attach(xdp interface: String) throws(BPFError) -> BPFLink {
    let index = try index(of: interface)
    return try link(to: "interface `\(interface)`") { bpf_program__attach_xdp($0, index) }
  }

  /// Attaches a tc program to the ingress or egress side of an interface of the calling thread's network namespace: as a
  /// link where the kernel has those (tcx, Linux 6.6), else as a filter of a clsact queueing discipline (`bpf_tc_attach`).
  /// Detaching is to be done in the same namespace.
  public func attach(tc interface: String, egress: Bool) throws(BPFError) -> BPFLink {
    let target = "\(egress ? "egress" : "ingress") of interface `\(interface)`"
    let program = try attachable(to: target)
    var hook = bpf_tc_hook()
    hook.sz = optionsSize(through: \bpf_tc_hook.parent)
    hook.ifindex = try index(of: interface)
    // BPF_TCX_INGRESS and BPF_TCX_EGRESS of linux/bpf.h since 6.6; an older kernel knows neither, and says EINVAL.
    let tcx = bpf_link_create(program, hook.ifindex, bpf_attach_type(rawValue: egress ? 47 : 46), nil)
    if tcx >= 0 { return BPFLink(adopting: tcx, of: self, to: target) }
    hook.attach_point = egress ? BPF_TC_EGRESS : BPF_TC_INGRESS
    var options = bpf_tc_opts()
    options.sz = optionsSize(through: \bpf_tc_opts.priority)
    options.prog_fd = program
    bpftest_log_install()
    bpftest_log_begin()
    let created = bpf_tc_hook_create(&hook)
    let attached = created == 0 || created == -EEXIST ? bpf_tc_attach(&hook, &options) : 0
    let log = String(cString: bpftest_log_end()).trimmingLibbpfPrefix
    guard created == 0 || created == -EEXIST else {
      throw BPFError(
        .kernel, errno: -created, operation: "making a clsact discipline on interface `\(interface)`", detail: log)
    }
    guard attached == 0 else {
      throw BPFError(
        .kernel, errno: -attached, operation: "attaching program `\(name)` to \(target)", detail: log)
    }
    return BPFLink(
      .undo {
        var hook = hook
        var filter = bpf_tc_opts()
        filter.sz = optionsSize(through: \bpf_tc_opts.priority)
        filter.handle = options.handle
        filter.priority = options.priority
        _ = bpf_tc_detach(&hook, &filter)
      }, name: "program `\(name)` to \(target)", object: object)
  }

  /// Attaches a sk_skb or sk_msg program to a sock map or sock hash (`bpf_prog_attach`).
  public func attach(to map: BPFMap) throws(BPFError) -> BPFLink {
    let target = "map `\(map.name)`"
    let program = try attachable(to: target)
    guard let descriptor = map.descriptor else {
      throw BPFError(.badArgument, operation: "attaching program `\(name)` to \(target)", detail: "it isn't loaded")
    }
    let type = bpf_program__expected_attach_type(pointer)
    let result = bpf_prog_attach(program, descriptor, type, 0)
    guard result == 0 else {
      throw BPFError(.kernel, errno: -result, operation: "attaching program `\(name)` to \(target)")
    }
    return BPFLink(
      .undo { _ = bpf_prog_detach2(program, descriptor, type) }, name: "program `\(name)` to \(target)", object: object)
  }

  private func index(of interface: String) throws(BPFError) -> Int32 {
    let index = if_nametoindex(interface)
    guard index != 0 else {
      throw BPFError(.kernel, errno: errno, operation: "looking for interface `\(interface)`")
    }
    return Int32(clamping: index)
  }
}
