import CBPFShims

/// The types that an object's CO-RE relocations are resolved against, where libbpf finds them
/// (`bpf_object_open_opts.btf_custom_path`).
final class TargetTypes {
  let path: String
  private let bytes: UnsafeMutableRawBufferPointer
  /// The same as a file, where libbpf wants one.
  private let file: MemoryImage?

  init(_ btf: [UInt8]) throws(BPFError) {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: btf.count, alignment: 8)
    bytes.copyBytes(from: btf)
    var name = [CChar](repeating: 0, count: 64)
    let isKnown = bpftest_memory_btf_path(&name, bytes.baseAddress, bytes.count) != 0
    do {
      file = isKnown ? nil : try MemoryImage(btf, name: "btf")
    } catch {
      bytes.deallocate()
      throw error
    }
    self.bytes = bytes
    path = file?.path ?? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { bytes.deallocate() }
}
