/// Whether an object's programs can write lines with `bpf_printk`.
public enum PrintkCalls {
  /// `bpf_trace_printk` and `bpf_trace_vprintk` (enum bpf_func_id in linux/bpf.h).
  private static let helpers: Set<UInt32> = [6, 177]

  /// True when any code of the object, be it in a function that all programs share, calls one of the helpers.
  public static func occur(in object: [UInt8]) -> Bool {
    guard let elf = ELFView(object) else { return false }
    return object.withUnsafeBytes { bytes in
      // SHF_EXECINSTR of SHT_PROGBITS.
      elf.sections.contains { section in
        guard section.flags & 4 != 0, section.type == 1 else { return false }
        return stride(from: section.offset, to: section.offset + section.size - 7, by: 8).contains { at in
          // A call (0x85) of a helper has no source register.
          bytes[at] == 0x85 && bytes[at + 1] >> 4 == 0
            && helpers.contains(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self)))
        }
      }
    }
  }
}
