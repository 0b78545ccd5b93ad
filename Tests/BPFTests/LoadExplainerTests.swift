import BPF
import Foundation
import Glibc
import Testing

/// What kernels really said of programs that are wrong in a known way, and why they refused them.
@Suite struct RecordedRejectionTests {
  struct Row: Codable, CustomTestStringConvertible {
    var name: String
    var kernel: String
    var release: String
    var cause: String
    var errno: Int32
    var isMap: Bool
    var type: UInt32?
    var gap: String?
    var verifierLog: String
    var libbpfLog: String
    var testDescription: String { "\(name) on \(kernel)" }

    var diagnosis: LoadExplainer.Diagnosis {
      LoadExplainer.diagnose(
        LoadRefusal(
          errno: errno, verifierLog: verifierLog, libbpfLog: libbpfLog, type: type.map(BPFProgramType.init(rawValue:)),
          isMap: isMap, release: KernelRelease(release), gap: gap.flatMap(LoadGap.init(rawValue:))))
    }
  }

  static func rows() throws -> [Row] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Rejections/recorded.jsonl").path
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      .map { try JSONDecoder().decode(Row.self, from: Data($0.utf8)) }
  }

  /// The cause was written down with the program, before any kernel had seen it.
  @Test func eachHasTheCauseOfWhatIsWrongWithIt() throws {
    let rows = try Self.rows()
    #expect(rows.count >= 500)
    #expect(Set(rows.map(\.cause)) == Set(RefusalCause.allCases.map(\.rawValue)))
    for row in rows {
      #expect(
        row.diagnosis.cause?.rawValue == row.cause,
        "\(row.testDescription): \(row.verifierLog.suffix(200))\(row.libbpfLog.suffix(200))")
    }
  }

  @Test func adviceNamesNoFunctionOfLibbpf() throws {
    for row in try Self.rows() {
      #expect(row.diagnosis.advice?.contains("bpf_program__") != true, "\(row.testDescription)")
    }
  }
}

@Suite struct LoadExplainerTests {
  private func diagnose(
    _ verifier: String = "", _ libbpf: String = "", errno: Int32 = EINVAL, type: BPFProgramType? = nil,
    isMap: Bool = false, release: String? = nil, gap: LoadGap? = nil
  ) -> LoadExplainer.Diagnosis {
    LoadExplainer.diagnose(
      LoadRefusal(
        errno: errno, verifierLog: verifier, libbpfLog: libbpf, type: type, isMap: isMap,
        release: release.map(KernelRelease.init), gap: gap))
  }

  @Test(arguments: [
    ("invalid func unknown#181", "", Int32(22), "doesn't know helper bpf_loop#181"),
    ("unknown func bpf_loop#181", "", 22, "doesn't know helper bpf_loop#181"),
    ("unknown func bpf_probe_read_kernel#113", "", 22, "under lockdown"),
    ("program of this type cannot use helper bpf_redirect#23", "", 22, "may not call bpf_redirect#23"),
    ("1: <invalid CO-RE relocation>", "", 22, "bpf_core_field_exists()"),
    ("invalid func unknown#0xbad2310", "", 22, "bpf_core_field_exists()"),
    ("cannot call GPL-restricted function from non-GPL compatible program", "", 22, "GPL"),
    ("cannot call kernel function from non-GPL compatible program", "", 22, "under the GPL"),
    ("number of funcs in func_info doesn't match number of subprogs", "", 22, "bpf_loop() and bpf_for_each_map_elem()"),
    ("", "libbpf: prog 'x': BPF program load failed: Invalid argument", 22, "this kernel has no programs of this type"),
    ("bpf_modify_return_test() is not modifiable", "", 22, "error injection"),
    ("", "libbpf: extern (func ksym) 'bpf_new': not found in kernel or module BTFs", 3, "no kfunc `bpf_new`"),
    ("", "libbpf: extern (func ksym) 'bpf_new': func_proto [3] incompatible with kernel [4]", 3, "something else than"),
    ("", "libbpf: extern (var ksym) 'gone': not found in kernel BTF", 3, "no variable `gone`"),
    ("", "libbpf: prog 'x': failed to find kernel BTF type ID of 'gone': -3", 3, "no `gone` to attach to"),
    (
      "", "libbpf: prog 'x': no BTF-based attach target is specified, use bpf_program__set_attach_target()", 22,
      "attach: [ { program: …, to: { function: NAME } } ]"
    ),
    ("bpf_lsm_task_free is not sleepable", "", 22, "`bpf_lsm_task_free` is called where nothing may sleep"),
    (
      "attach to unsupported member get_info of struct tcp_congestion_ops\nprocessed 0 insns", "", 524,
      "no BPF program for `get_info`"
    ),
    (
      "", "libbpf: struct_ops init_kern: struct sched_ext_ops is not found in kernel BTF", 2,
      "no `struct sched_ext_ops`"
    ),
    ("", "libbpf: extern 'CONFIG_GONE' (strong): not resolved", 3, "doesn't set CONFIG_GONE"),
    ("", "libbpf: failed to open system Kconfig", 2, "kconfig: { CONFIG_HZ: 250 }"),
    ("", "libbpf: failed to find valid kernel BTF", 3, "no BTF"),
    (
      "", "libbpf: permission error while running as root; try raising 'ulimit -l'? current value: 64.0 KiB", 1,
      "CAP_SYS_RESOURCE"
    ),
    ("", "", 1, "CAP_BPF"),
  ])
  func advises(verifier: String, libbpf: String, errno: Int32, words: String) throws {
    let advice = try #require(diagnose(verifier, libbpf, errno: errno).advice)
    #expect(advice.contains(words), "\(advice)")
  }

  @Test(arguments: [
    (BPFProgramType.xdp, "", "CAP_BPF and CAP_NET_ADMIN"),
    (.lsm, "", "CAP_BPF and CAP_PERFMON, or to be root, or this"),
    (.kprobe, "Couldn't load trivial BPF program", "CAP_BPF and CAP_PERFMON, or to be root; a micro-VM"),
    (.tracing, "permission error while running as root; try raising 'ulimit -l'?", "this kernel is locked down"),
    (.socketFilter, "", "it needs CAP_BPF, or to be root"),
  ])
  func namesTheCapabilitiesOfTheType(_ type: BPFProgramType, _ log: String, _ words: String) throws {
    let advice = try #require(diagnose("", log, errno: EPERM, type: type, release: "6.18.44").advice)
    #expect(advice.contains(words), "\(advice)")
  }

  @Test func lockedMemoryIsNoReasonSince511() throws {
    #expect(diagnose(errno: EPERM, isMap: true, release: "5.10.251").advice?.contains("ulimit -l") == true)
    #expect(diagnose(errno: EPERM, isMap: true, release: "5.11.0").advice?.contains("CAP_BPF") == true)
  }

  @Test func saysWhatAKernelDoesNotHave() throws {
    #expect(diagnose(isMap: true).advice?.contains("no maps of that type") == true)
    #expect(
      diagnose("R1 invalid mem access 'scalar'") == LoadExplainer.diagnose(LoadRefusal(errno: 22, verifierLog: "x")))
    let asked = "libbpf: prog 'p': BPF program load failed: Invalid argument"
    for (gap, words) in [
      (LoadGap.programType, "has no xdp programs"), (.fragments, "none that takes packets in fragments"),
      (.attachType, "not of this attach type"), (.sleepable, "may sleep"), (.none, "something about this one"),
    ] {
      let found = diagnose("", asked, type: .xdp, gap: gap)
      #expect(found.advice?.contains(words) == true, "\(found)")
      #expect(found.cause == (gap == .none ? nil : .programType))
    }
  }

  /// Lines as kernels from 5.10 to 7.x have written them, and others that no program here provokes.
  @Test(arguments: [
    ("invalid func unknown#195896080", RefusalCause.core),
    ("invalid kernel function call not eliminated in verifier pass", .kfunc),
    ("calling kernel function bpf_xdp_metadata_rx_hash is not allowed", .kfunc), ("unknown opcode db", .instructionSet),
    ("BPF_STX uses reserved fields", .instructionSet), ("BPF_CALL uses reserved fields", .kfunc),
    ("BPF_ATOMIC stores into R1 ctx is not allowed", .verifier),
    (
      "; return *kfunc_header; @ kfunc.bpf.c:12\n1: (71) r0 = *(u8 *)(r1 +0)\ninvalid access to packet, off=0 size=1",
      .verifier
    ),
    ("; int depth = kernel function call(unknown opcode);\nR0 !read_ok", .verifier),
    ("Validating kfunc_header() func#1...\nR1 type=ctx expected=fp", .verifier),
    ("no vmlinux btf rcu tag support for kfunc bpf_rcu_read_lock", .kfunc),
    ("kfunc bpf_rbtree_add_impl#1 failed callback verification", .verifier),
    ("program must be sleepable to call sleepable kfunc bpf_wq_init", .kfunc),
    ("BPF program is too large. Processed 1000001 insn", .verifier),
    ("Sleepable programs can only use array, hash, and ringbuf maps", .mapType),
    ("Attaching fexit to __noreturn function 'do_exit' is rejected.", .attachTarget),
  ])
  func readsVerifierLogs(log: String, expected: RefusalCause) {
    #expect(diagnose("0: (b7) r0 = 0\n\(log)\nprocessed 1 insns (limit 1000000)\n").cause == expected)
  }

  @Test func fallsBackToErrno() {
    #expect(diagnose(errno: 1).cause == .permission && diagnose(errno: 12).cause == .resources)
    #expect(diagnose(errno: 7).cause == .resources && diagnose().cause == .programType)
    #expect(diagnose("processed 0 insns\n", errno: 524, type: .structOps).cause == .attachTarget)
    // As 7.2 counts them.
    let counts = "verification time 154 usec\nstack depth 0 max 0\ninsns processed 0\nprocessed 0 insns (limit 10)\n"
    #expect(diagnose(counts, errno: 524, type: .structOps).cause == .attachTarget)
    #expect(VerifierLog(counts).reason.isEmpty)
    #expect(diagnose("", "libbpf: map 'm': failed to create: Invalid argument(-22)", isMap: true).cause == .mapType)
    #expect(diagnose(errno: 12, isMap: true).cause == .resources)
  }
}

@Suite struct NewerInstructionTests {
  /// As `llvm-objdump` shows them: opcode, registers, offset, immediate.
  @Test(arguments: [
    (UInt64(0x0000_0001_0000_12db), "5.12"), (0x0000_00e1_0000_12db, "5.12"), (0x0000_0100_0000_12db, "6.15"),
    (0x0000_0000_0001_123f, "6.6"), (0x0000_0000_0008_12bf, "6.6"), (0x0000_0000_0000_1281, "6.6"),
    (0x0000_0020_0000_01d7, "6.6"), (0x0000_0001_0000_0006, "6.6"), (0x0000_0000_0001_00e5, "6.9"),
  ])
  func knowsWhenAnInstructionCame(_ instruction: UInt64, _ since: String) {
    #expect(NewerInstruction.among([instruction]).map(\.kind.since) == [since])
  }

  /// A plain atomic add, a move, a division, `be32`, `ja`, and the second half of a 64-bit load that looks like an atomic.
  @Test func oldOnesAreNotNew() {
    #expect(
      NewerInstruction.among([0x12db, 0x12bf, 0x123f, 0x20_0000_01dc, 0x0000_0000_0001_0005, 0x0118, 0x1_0000_12db])
        .isEmpty)
  }
}
