/// The size of one of libbpf's option structs up to its last field, in bytes.
///
/// libbpf refuses what it doesn't know unless it is zero (`libbpf_validate_opts`). C's macros clear the padding behind the last
/// field; Swift leaves it as it is.
func optionsSize<Options, Last>(through last: KeyPath<Options, Last>) -> Int {
  (MemoryLayout<Options>.offset(of: last) ?? 0) + MemoryLayout<Last>.size
}
