import CLibbpf

extension BPFObject {
  /// Leaves out the struct_ops maps of an object none of whose struct_ops programs is to be loaded.
  ///
  /// libbpf looks up their types in the kernel's BTF, which it has loaded only where a program needs it: otherwise it
  /// crashes (`bpf_object__init_kern_struct_ops_maps` and `obj_needs_vmlinux_btf` of libbpf 1.1). It looks at the type
  /// alone, so they become arrays, which are never created.
  func leaveOutUnusedStructOps() {
    guard hasMap(of: .structOps), !programs.contains(where: { $0.autoload && $0.type == .structOps }) else { return }
    for map in maps where map.type == .structOps {
      _ = bpf_map__set_type(map.pointer, bpf_map_type(rawValue: BPFMapType.array.rawValue))
      _ = bpf_map__set_autocreate(map.pointer, false)
    }
  }
}
