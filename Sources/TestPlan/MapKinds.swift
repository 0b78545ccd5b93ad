/// A map to put into a map of maps, or one found there.
public struct InnerMap: Hashable, Sendable {
  public var entries: [MapEntry]
  /// How many it holds; `nil` for as many as its definition says.
  public var maxEntries: UInt32?

  public init(entries: [MapEntry], maxEntries: UInt32? = nil) {
    self.entries = entries
    self.maxEntries = maxEntries
  }
}

/// What the maps in a map of maps are like, where its definition doesn't say.
public struct InnerDefinition: Hashable, Sendable {
  /// The map of maps.
  public var outer: String
  /// `BPF_MAP_TYPE_*`.
  public var type: UInt32
  /// Bytes.
  public var keySize: UInt32
  /// Bytes.
  public var valueSize: UInt32
  public var maxEntries: UInt32
  /// `BPF_F_*`.
  public var flags: UInt32
  /// A map of the object with these sizes, whose types they have too.
  public var like: String?

  public init(
    outer: String, type: UInt32, keySize: UInt32, valueSize: UInt32, maxEntries: UInt32, flags: UInt32 = 0,
    like: String? = nil
  ) {
    self.outer = outer
    self.like = like
    self.type = type
    self.keySize = keySize
    self.valueSize = valueSize
    self.maxEntries = maxEntries
    self.flags = flags
  }
}

/// Something of the kernel under test that an entry names by a number which only that kernel knows: four bytes of its key
/// or value are filled in when the entry is written or looked up.
public struct MapReference: Hashable, Sendable {
  public enum Target: Hashable, Sendable {
    /// The descriptor of a loaded program.
    case program(String)
    /// The index of a network interface.
    case interface(String)
    /// The descriptor of a folder of the cgroup2 file system, `/` being its root, and `test` the test's own.
    case cgroup(String)
    /// The descriptor of a file or folder.
    case file(String)
    /// The descriptor of a socket that the test has under that name, or of a new one: `tcp` (listening on 127.0.0.1),
    /// `udp` (bound to 127.0.0.1), `xdp`. It lives as long as the test.
    case socket(String)
    /// The descriptor of the thread that runs the test.
    case task
    /// The descriptor of the process that does the triggers which are system calls.
    case trigger
  }

  /// Whether it stands in the key, or else in the value.
  public var isKey: Bool
  /// Bytes from the start of the key or the value.
  public var offset: Int
  public var target: Target

  public init(isKey: Bool = false, offset: Int = 0, target: Target) {
    self.isKey = isKey
    self.offset = offset
    self.target = target
  }
}

/// Keys to look up in a map that can't be read as a whole. Those found are observed under the key as it stands here, with
/// nothing filled in. Of an arena the keys are offsets, of eight bytes, and the values' sizes say how much to read. Of a bloom filter the keys are the values to look for, and those that it may hold are observed.
public struct MapLookup: Hashable, Sendable {
  public var map: String
  public var entries: [MapEntry]

  public init(map: String, entries: [MapEntry]) {
    self.map = map
    self.entries = entries
  }
}
