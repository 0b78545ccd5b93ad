import CLibbpf

/// Programs of type ext (`SEC("freplace/function")`), which stand in the place of a global function of another program.
extension BPFProgram {
  /// Says, before load, what it replaces: a function of a program that is loaded already, of whichever object. The C
  /// function is `bpf_program__set_attach_target`.
  ///
  /// Throws `ENOENT` or `ESRCH` where the other program's BTF has no such function.
  public func replace(_ function: String, of target: BPFProgram) throws(BPFError) {
    try replace(function, of: target.descriptor, named: target.name)
  }

  /// The same by the other program's descriptor, `nil` for one that isn't loaded.
  public func replace(_ function: String, of descriptor: Int32?, named target: String) throws(BPFError) {
    let operation = "replacing function `\(function)` of program `\(target)` by `\(name)`"
    guard let descriptor else {
      throw BPFError(.badArgument, operation: operation, detail: "`\(target)` isn't loaded")
    }
    let result = bpf_program__set_attach_target(pointer, descriptor, function)
    guard result == 0 else { throw BPFError(.kernel, errno: -result, operation: operation) }
  }

  /// Puts it in the function's place, until the link is gone (`bpf_program__attach_freplace`).
  public func attach(replacing function: String, of target: BPFProgram) throws(BPFError) -> BPFLink {
    let words = "function `\(function)` of program `\(target.name)`"
    let descriptor = try target.attachable(to: words)
    return try link(to: words) { bpf_program__attach_freplace($0, descriptor, function) }
  }
}

extension BPFObject {
  /// Has the maps and globals of the same file that is loaded already, instead of making its own
  /// (`bpf_map__reuse_fd`, before load).
  public func share(mapsOf other: BPFObject) throws(BPFError) {
    for map in mapPointers {
      let name = String(cString: bpf_map__name(map))
      guard let theirs = bpf_object__find_map_by_name(other.pointer, name) else { continue }
      let descriptor = bpf_map__fd(theirs)
      guard descriptor >= 0 else {
        // One that the other object has left out, such as a struct_ops map that nobody attaches.
        _ = bpf_map__set_autocreate(map, false)
        continue
      }
      let result = bpf_map__reuse_fd(map, descriptor)
      guard result == 0 else {
        throw BPFError(.kernel, errno: -result, operation: "sharing map `\(name)`")
      }
    }
  }
}
