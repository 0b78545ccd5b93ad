import CBPFShims
import CLibbpf
import Glibc

/// What the running kernel's BPF can do, found out by trying.
///
/// All of these throw `BPFError.Code.unprivileged` where this process isn't allowed to try: that something is refused to it
/// doesn't mean that the kernel hasn't got it.
public enum KernelProbes {
  /// Whether programs of that type load (`libbpf_probe_bpf_prog_type`).
  public static func has(programType type: UInt32) throws(BPFError) -> Bool {
    let what = "program type \(BPFProgramType(rawValue: type))"
    // Debian's libbpf 1.1 is older than this type.
    if type == BPFProgramType.netfilter.rawValue { return try canRun(.netfilter, what) }
    return try asked(what) { libbpf_probe_bpf_prog_type(bpf_prog_type(rawValue: type), nil) }
  }

  /// Whether maps of that type can be created (`libbpf_probe_bpf_map_type`).
  public static func has(mapType type: UInt32) throws(BPFError) -> Bool {
    let what = "map type \(BPFMapType(rawValue: type))"
    guard type == BPFMapType.arena.rawValue else {
      return try asked(what) { libbpf_probe_bpf_map_type(bpf_map_type(rawValue: type), nil) }
    }
    // libbpf before 1.5 knows no arenas. 1 << 10 is BPF_F_MMAPABLE, which they must have.
    do {
      _ = try KernelMap.create(.arena, name: "probe", keySize: 0, valueSize: 0, maxEntries: 1, flags: 1 << 10)
      return true
    } catch {
      return try Privilege.absent(what, errno: error.errno)
    }
  }

  /// Whether programs of that type may call that helper (`libbpf_probe_bpf_helper`).
  ///
  /// libbpf won't try tracing, LSM and other types that need an attach target (`EOPNOTSUPP`): for those it is asked
  /// whether the kernel knows the helper at all, through a kprobe program.
  public static func has(helper: UInt32, programType type: UInt32) throws(BPFError) -> Bool {
    bpftest_log_install()
    let id = bpf_func_id(rawValue: helper)
    var type = type
    var answer = libbpf_probe_bpf_helper(bpf_prog_type(rawValue: type), id, nil)
    if answer == -EOPNOTSUPP {
      type = BPFProgramType.kprobe.rawValue
      answer = libbpf_probe_bpf_helper(bpf_prog_type(rawValue: type), id, nil)
    }
    // libbpf takes whatever the verifier doesn't name as missing for there. So it does where the kernel refuses the program
    // without a word, and with the words that came with 6.10 or so, which libbpf before 1.5 doesn't know.
    // call helper; exit
    guard let objection = SmallProgram.objection(BPFProgramType(rawValue: type), [UInt64(helper) << 32 | 0x85, 0x95])
    else { return answer == 1 }
    let isDenied = ["unknown func", "program of this type cannot use helper"].contains(where: objection.words.contains)
    if answer == 1, !isDenied, !objection.words.isEmpty || !Privilege.isRefusal(objection.errno) { return true }
    // To who may not use a helper the verifier says the same as of one that isn't for this type (bpf_base_func_proto).
    return try Privilege.absent(
      "helper \(HelperNames.name(of: helper)) for \(BPFProgramType(rawValue: type)) programs",
      errno: isDenied ? EPERM : objection.words.isEmpty ? objection.errno : 0)
  }

  /// Whether programs may use atomics that give back the old value. Tried once; where nothing loads, they are not what is
  /// lacking.
  public static let hasFetchingAtomics: Bool = {
    // r1 = 0; *(u64 *)(r10 - 8) = r1; r1 = atomic_fetch_add((u64 *)(r10 - 8), r1); r0 = 0; exit
    let program: [UInt64] = [0x1b7, 0xfff8_1a7b, 0x1_fff8_1adb, 0xb7, 0x95]
    return (try? SmallProgram(.socketFilter, program)) != nil || (try? SmallProgram(.socketFilter)) == nil
  }()

  /// The running kernel's own BTF, `nil` where it has none. Parsed once.
  public static let kernelBTF: BTF? = readFile("/sys/kernel/btf/vmlinux").flatMap { try? BTF(parsing: $0) }

  /// The number of a function, or of a typedef, in the kernel's BTF.
  static func kernelTypeID(_ name: String, kinds: [BTFKindNumber] = [.function, .typedef]) -> UInt32? {
    guard let btf = libbpfBTF.pointer else { return nil }
    for kind in kinds {
      let id = btf__find_by_name_kind(btf, name, kind.rawValue)
      if id > 0 { return UInt32(id) }
    }
    return nil
  }

  /// The kernel's BTF as libbpf holds it: quicker to load than `kernelBTF`, and enough to look up a name.
  static let libbpfBTF = LibbpfBTF()

  /// Does once what is slow the first time: loads the kernel's BTF and a small program. A micro-VM calls it before its
  /// snapshot, so that every clone finds it done.
  public static func warm() {
    _ = libbpfBTF.pointer
    _ = try? has(programType: BPFProgramType.xdp.rawValue)
    _ = try? has(mapType: BPFMapType.hash.rawValue)
  }

  /// Throws where the kernel has BTF that this process may not read.
  static func needBTF(for what: String) throws(BPFError) {
    if access("/sys/kernel/btf/vmlinux", R_OK) != 0 { _ = try Privilege.absent(what, errno: errno) }
  }

  /// Whether the kernel's BTF has `struct NAME`, `union NAME`, `enum NAME`, a bare type name, or `struct NAME.MEMBER`.
  public static func has(type description: String) throws(BPFError) -> Bool {
    guard let btf = kernelBTF else {
      try needBTF(for: "BTF of \(description)")
      return false
    }
    let words = description.split(separator: " ")
    guard let last = words.last else { return false }
    let parts = last.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let candidates = btf.named(parts[0]).filter { type in
      switch (words.count > 1 ? String(words[0]) : "", type.kind) {
      case ("", _), ("struct", .structure), ("union", .union), ("enum", .enumeration): true
      default: false
      }
    }
    guard parts.count > 1 else { return !candidates.isEmpty }
    return candidates.contains { type in
      var type: BTFType? = type
      for part in parts.dropFirst() {
        guard let current = type else { return false }
        guard let member = current.member(part) else {
          return part == parts.last && current.enumerators.contains { $0.name == part }
        }
        type = current.type(of: member)
      }
      return true
    }
  }

  /// A probe's answer: 1 where it found it. libbpf's probes warn of what they find missing; that is not news for anyone.
  private static func asked(_ what: String, _ probe: () -> Int32) throws(BPFError) -> Bool {
    bpftest_log_install()
    // They keep to themselves why something wasn't there; the last system call's errno tells.
    errno = 0
    let answer = probe()
    let code = errno
    return answer == 1 ? true : try Privilege.absent(what, errno: answer < 0 ? -answer : code)
  }
}

/// libbpf's own copy of the kernel's BTF, never changed once it is loaded.
final class LibbpfBTF: @unchecked Sendable {
  let pointer: OpaquePointer?

  init() {
    bpftest_log_install()
    pointer = btf__load_vmlinux_btf()
  }

  deinit { btf__free(pointer) }
}

/// The names in a folder, without hidden ones (those that begin with a dot), in no order; `nil` with `errno` when it can't be
/// read.
public func folderNames(_ path: String) -> [String]? {
  guard let folder = opendir(path) else { return nil }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names
}

/// The bytes of a file that may not tell its size, such as one in sysfs; `nil` when it can't be read.
public func readFile(_ path: String) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var info = stat()
  if fstat(descriptor, &info) == 0 { bytes.reserveCapacity(Int(info.st_size)) }
  let chunk = 1 << 20
  while true {
    var failed = false
    let piece = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
      var got = read(descriptor, buffer.baseAddress, chunk)
      while got < 0 && errno == EINTR { got = read(descriptor, buffer.baseAddress, chunk) }
      failed = got < 0
      count = max(0, got)
    }
    if failed { return nil }
    if piece.isEmpty { return bytes }
    bytes += piece
  }
}
