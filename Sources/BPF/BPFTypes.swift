/// A program type, `enum bpf_prog_type` of linux/bpf.h.
public struct BPFProgramType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let unspecified = BPFProgramType(rawValue: 0)
  public static let socketFilter = BPFProgramType(rawValue: 1)
  public static let kprobe = BPFProgramType(rawValue: 2)
  public static let schedCLS = BPFProgramType(rawValue: 3)
  public static let schedACT = BPFProgramType(rawValue: 4)
  public static let tracepoint = BPFProgramType(rawValue: 5)
  public static let xdp = BPFProgramType(rawValue: 6)
  public static let perfEvent = BPFProgramType(rawValue: 7)
  public static let cgroupSKB = BPFProgramType(rawValue: 8)
  public static let cgroupSock = BPFProgramType(rawValue: 9)
  public static let lwtIn = BPFProgramType(rawValue: 10)
  public static let lwtOut = BPFProgramType(rawValue: 11)
  public static let lwtXmit = BPFProgramType(rawValue: 12)
  public static let sockOps = BPFProgramType(rawValue: 13)
  public static let skSKB = BPFProgramType(rawValue: 14)
  public static let cgroupDevice = BPFProgramType(rawValue: 15)
  public static let skMsg = BPFProgramType(rawValue: 16)
  public static let rawTracepoint = BPFProgramType(rawValue: 17)
  public static let cgroupSockAddr = BPFProgramType(rawValue: 18)
  public static let lwtSeg6Local = BPFProgramType(rawValue: 19)
  public static let lircMode2 = BPFProgramType(rawValue: 20)
  public static let skReuseport = BPFProgramType(rawValue: 21)
  public static let flowDissector = BPFProgramType(rawValue: 22)
  public static let cgroupSysctl = BPFProgramType(rawValue: 23)
  public static let rawTracepointWritable = BPFProgramType(rawValue: 24)
  public static let cgroupSockopt = BPFProgramType(rawValue: 25)
  public static let tracing = BPFProgramType(rawValue: 26)
  public static let structOps = BPFProgramType(rawValue: 27)
  public static let extensionProgram = BPFProgramType(rawValue: 28)
  public static let lsm = BPFProgramType(rawValue: 29)
  public static let skLookup = BPFProgramType(rawValue: 30)
  public static let syscall = BPFProgramType(rawValue: 31)
  public static let netfilter = BPFProgramType(rawValue: 32)

  /// The kernel's names, in the order of the enum (include/uapi/linux/bpf.h).
  public static let names = [
    "unspec", "socket_filter", "kprobe", "sched_cls", "sched_act", "tracepoint", "xdp", "perf_event", "cgroup_skb",
    "cgroup_sock", "lwt_in", "lwt_out", "lwt_xmit", "sock_ops", "sk_skb", "cgroup_device", "sk_msg", "raw_tracepoint",
    "cgroup_sock_addr", "lwt_seg6local", "lirc_mode2", "sk_reuseport", "flow_dissector", "cgroup_sysctl",
    "raw_tracepoint_writable", "cgroup_sockopt", "tracing", "struct_ops", "ext", "lsm", "sk_lookup", "syscall",
    "netfilter",
  ]

  /// Whether programs of the type see the kernel's own memory, and so need CAP_PERFMON to load (`is_perfmon_prog_type` of
  /// kernel/bpf/syscall.c).
  var needsPerfmon: Bool {
    switch self {
    case .kprobe, .tracepoint, .perfEvent, .rawTracepoint, .rawTracepointWritable, .tracing, .lsm, .structOps,
      .extensionProgram:
      true
    default: false
    }
  }

  /// The type of that name (`xdp`, `BPF_PROG_TYPE_XDP`), `nil` when there is none.
  public init?(named name: String) {
    let short = name.lowercased().replacingPrefix("bpf_prog_type_", with: "")
    guard let index = Self.names.firstIndex(of: short) else { return nil }
    self.rawValue = UInt32(index)
  }

  /// `xdp`; `type 99` for one that this version doesn't know.
  public var description: String {
    Int(rawValue) < Self.names.count ? Self.names[Int(rawValue)] : "type \(rawValue)"
  }
}

/// A map type, `enum bpf_map_type` of linux/bpf.h.
public struct BPFMapType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let hash = BPFMapType(rawValue: 1)
  public static let array = BPFMapType(rawValue: 2)
  public static let progArray = BPFMapType(rawValue: 3)
  public static let perfEventArray = BPFMapType(rawValue: 4)
  public static let perCPUHash = BPFMapType(rawValue: 5)
  public static let perCPUArray = BPFMapType(rawValue: 6)
  public static let stackTrace = BPFMapType(rawValue: 7)
  public static let cgroupArray = BPFMapType(rawValue: 8)
  public static let lruHash = BPFMapType(rawValue: 9)
  public static let lruPerCPUHash = BPFMapType(rawValue: 10)
  public static let lpmTrie = BPFMapType(rawValue: 11)
  public static let arrayOfMaps = BPFMapType(rawValue: 12)
  public static let hashOfMaps = BPFMapType(rawValue: 13)
  public static let deviceMap = BPFMapType(rawValue: 14)
  public static let sockMap = BPFMapType(rawValue: 15)
  public static let cpuMap = BPFMapType(rawValue: 16)
  public static let xskMap = BPFMapType(rawValue: 17)
  public static let sockHash = BPFMapType(rawValue: 18)
  public static let cgroupStorage = BPFMapType(rawValue: 19)
  public static let reuseportSockArray = BPFMapType(rawValue: 20)
  public static let perCPUCgroupStorage = BPFMapType(rawValue: 21)
  public static let queue = BPFMapType(rawValue: 22)
  public static let stack = BPFMapType(rawValue: 23)
  public static let skStorage = BPFMapType(rawValue: 24)
  public static let deviceHash = BPFMapType(rawValue: 25)
  public static let structOps = BPFMapType(rawValue: 26)
  public static let ringBuffer = BPFMapType(rawValue: 27)
  public static let inodeStorage = BPFMapType(rawValue: 28)
  public static let taskStorage = BPFMapType(rawValue: 29)
  public static let bloomFilter = BPFMapType(rawValue: 30)
  public static let userRingBuffer = BPFMapType(rawValue: 31)
  public static let cgroupLocalStorage = BPFMapType(rawValue: 32)
  public static let arena = BPFMapType(rawValue: 33)

  /// The kernel's names, in the order of the enum (include/uapi/linux/bpf.h).
  public static let names = [
    "unspec", "hash", "array", "prog_array", "perf_event_array", "percpu_hash", "percpu_array", "stack_trace",
    "cgroup_array", "lru_hash", "lru_percpu_hash", "lpm_trie", "array_of_maps", "hash_of_maps", "devmap", "sockmap",
    "cpumap", "xskmap", "sockhash", "cgroup_storage", "reuseport_sockarray", "percpu_cgroup_storage", "queue", "stack",
    "sk_storage", "devmap_hash", "struct_ops", "ringbuf", "inode_storage", "task_storage", "bloom_filter",
    "user_ringbuf", "cgrp_storage", "arena",
  ]

  /// The type of that name (`lru_hash`, `BPF_MAP_TYPE_LRU_HASH`), `nil` when there is none.
  public init?(named name: String) {
    let short = name.lowercased().replacingPrefix("bpf_map_type_", with: "")
    guard let index = Self.names.firstIndex(of: short) else { return nil }
    self.rawValue = UInt32(index)
  }

  /// `lru_hash`; `type 99` for one that this version doesn't know.
  public var description: String {
    Int(rawValue) < Self.names.count ? Self.names[Int(rawValue)] : "type \(rawValue)"
  }

  /// Whether there is a value for each possible CPU under a key.
  public var isPerCPU: Bool {
    switch self {
    case .perCPUHash, .perCPUArray, .lruPerCPUHash, .perCPUCgroupStorage: true
    default: false
    }
  }

  /// Whether values stand under no key: queues, stacks and bloom filters.
  public var isKeyless: Bool {
    switch self {
    case .queue, .stack, .bloomFilter: true
    default: false
    }
  }

  /// Whether it keeps values for objects of the kernel (tasks, inodes, sockets, cgroups), whose descriptors are its keys.
  public var isLocalStorage: Bool {
    switch self {
    case .skStorage, .inodeStorage, .taskStorage, .cgroupLocalStorage: true
    default: false
    }
  }

  /// Whether keys are numbers from 0 to `max_entries - 1`.
  var isIndexed: Bool {
    switch self {
    case .deviceMap, .cpuMap, .xskMap, .sockMap, .reuseportSockArray: true
    default: isArray
    }
  }

  /// Whether keys are indices from 0, all of them always present.
  public var isArray: Bool {
    switch self {
    case .array, .perCPUArray, .progArray, .arrayOfMaps, .perfEventArray, .cgroupArray: true
    default: false
    }
  }
}

extension String {
  func replacingPrefix(_ prefix: String, with replacement: String) -> String {
    hasPrefix(prefix) ? replacement + dropFirst(prefix.count) : self
  }
}
