import CBPFShims
import CLibbpf
import Glibc

/// Links object files to one, through libbpf's static linker (`bpf_linker__new` and what follows).
public enum ObjectLinker {
  /// An object and the programs that call its functions as one.
  ///
  /// Throws `BPFError.Code.badObject` with what libbpf says when they don't fit each other, or aren't objects.
  public static func link(_ object: [UInt8], with programs: [UInt8], name: String) throws(BPFError) -> [UInt8] {
    _ = try BPFObject(bytes: object, name: name)
    if let why = LinkCheck.complaint(object) {
      throw BPFError(.badObject, operation: "linking `\(name)`", detail: "it is damaged: \(why)")
    }
    // The linker opens files by path, and writes its own over the path it is given.
    let out = try MemoryImage([], name: "linked")
    var files: [MemoryImage] = []
    for object in [object, programs] {
      files.append(try MemoryImage(DebugSections.strip(object, isPassedOver), name: "object"))
    }
    bpftest_log_install()
    bpftest_log_begin()
    var code: Int32 = 0
    if let linker = bpf_linker__new(out.path, nil) {
      for file in files where code == 0 { code = -bpf_linker__add_file(linker, file.path, nil) }
      if code == 0 { code = -bpf_linker__finalize(linker) }
      bpf_linker__free(linker)
    } else {
      code = Glibc.errno
    }
    let log = String(cString: bpftest_log_end())
    guard code == 0, let bytes = out.contents else {
      throw BPFError(.badObject, errno: code, operation: "linking `\(name)`", detail: log.trimmingLibbpfPrefix)
    }
    return bytes
  }

  /// Relocations of data, such as of a table of texts: libbpf passes over them when it opens an object (libbpf.c:
  /// `bpf_object__elf_collect`), and its linker refuses those against sections.
  private static func isPassedOver(_ section: ELFView.Section, _ elf: ELFView) -> Bool {
    guard let target = elf.relocated(by: section) else { return false }
    // SHF_EXECINSTR, SHF_ALLOC
    let name = elf.name(of: target)
    return target.flags & 4 == 0 && target.flags & 2 != 0 && name != ".maps" && !name.hasPrefix(".struct_ops")
  }
}
