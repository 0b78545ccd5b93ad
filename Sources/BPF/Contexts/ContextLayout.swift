/// How a program type's context lies in memory as user space sees it: what `ctx_in` and `ctx_out` of a test run hold.
///
/// The typed contexts (`SKBuffContext` …), fixtures and messages all go by these tables.
public struct ContextLayout: Sendable {
  /// A field of the struct.
  public struct Field: Sendable, Hashable {
    public var name: String
    /// Bytes from the start of the struct.
    public var offset: Int
    /// Bytes of one element.
    public var size: Int
    /// Elements; 1 for what isn't an array.
    public var count: Int
    /// Whether `BPF_PROG_TEST_RUN` takes a value from user space on some kernel: any other must be zero.
    public var isSettable: Bool
    /// Whether it is kept in network byte order.
    public var isBigEndian = false
    /// The constants that it is usually given by, `AF_INET` and such.
    var constants: ContextConstants?
  }

  /// The C struct: `xdp_md`.
  public let name: String
  /// Bytes of the struct as this version knows it.
  public let size: Int
  public let fields: [Field]
  /// The struct as BTF describes it, so that a context is written and compared like any other value: integers by name
  /// or number, network order given in host order, addresses in their usual notation.
  public let type: BTFType

  /// The field of that name.
  public func field(_ name: String) -> Field? { fields.first { $0.name == name } }

  /// Whether `BPF_PROG_TEST_RUN` hands the field back as the program left it. Of a socket buffer it does those that it takes,
  /// and no kernel up to 7.3 any other: they are always zero (`convert_skb_to___skb` in net/bpf/test_run.c).
  public func comesBack(_ name: String) -> Bool {
    self.name != "__sk_buff" || field(name)?.isSettable != false
  }

  init(_ name: String, size: Int, _ fields: [Field]) {
    self.name = name
    self.size = size
    self.fields = fields
    self.type = ContextTypes.structure(name, size: size, fields)
  }

  /// The layout for a program type; `nil` for types whose context isn't a struct that is known here.
  public static func of(_ type: BPFProgramType) -> ContextLayout? {
    switch type {
    case .xdp: xdp
    case .flowDissector: flowKeys
    case .skLookup: skLookup
    case .netfilter: netfilter
    default: type.runsOnSKB ? skb : nil
    }
  }

  // MARK: Typed access

  /// The number in a field, in host order; 0 where the bytes end before it.
  func load<Value: FixedWidthInteger>(_ name: String, _ index: Int = 0, from bytes: [UInt8]) -> Value {
    guard let field = field(name), index < field.count else { return 0 }
    let start = field.offset + index * field.size
    guard start + field.size <= bytes.count else { return 0 }
    let place = bytes[start..<(start + field.size)]
    let ordered = field.isBigEndian ? Array(place) : place.reversed()
    return Value(truncatingIfNeeded: ordered.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  /// Puts a number, given in host order, into a field.
  func store<Value: FixedWidthInteger>(_ value: Value, _ name: String, _ index: Int = 0, in bytes: inout [UInt8]) {
    guard let field = field(name), index < field.count else { return }
    let start = field.offset + index * field.size
    guard start + field.size <= bytes.count else { return }
    let number = UInt64(truncatingIfNeeded: value)
    for byte in 0..<field.size {
      let shift = UInt64(8 * (field.isBigEndian ? field.size - 1 - byte : byte))
      bytes[start + byte] = UInt8(truncatingIfNeeded: number >> shift)
    }
  }

  /// The elements of an array field.
  func loadAll(_ name: String, from bytes: [UInt8]) -> [UInt32] {
    (0..<(field(name)?.count ?? 0)).map { load(name, $0, from: bytes) }
  }

  /// Puts as many elements into an array field as it has.
  func storeAll(_ values: [UInt32], _ name: String, in bytes: inout [UInt8]) {
    for (index, value) in values.enumerated() { store(value, name, index, in: &bytes) }
  }
}

extension ContextLayout.Field {
  static func u8(_ name: String, _ offset: Int, settable: Bool = false, _ constants: ContextConstants? = nil) -> Self {
    Self(name: name, offset: offset, size: 1, count: 1, isSettable: settable, constants: constants)
  }

  static func u16(_ name: String, _ offset: Int, _ constants: ContextConstants? = nil) -> Self {
    Self(name: name, offset: offset, size: 2, count: 1, isSettable: false, constants: constants)
  }

  static func u32(
    _ name: String, _ offset: Int, count: Int = 1, settable: Bool = false, _ constants: ContextConstants? = nil
  ) -> Self {
    Self(name: name, offset: offset, size: 4, count: count, isSettable: settable, constants: constants)
  }

  static func u64(_ name: String, _ offset: Int, settable: Bool = false) -> Self {
    Self(name: name, offset: offset, size: 8, count: 1, isSettable: settable)
  }

  static func be16(_ name: String, _ offset: Int, settable: Bool = false, _ constants: ContextConstants? = nil) -> Self
  {
    Self(
      name: name, offset: offset, size: 2, count: 1, isSettable: settable, isBigEndian: true, constants: constants)
  }

  static func be32(_ name: String, _ offset: Int, count: Int = 1, settable: Bool = false) -> Self {
    Self(name: name, offset: offset, size: 4, count: count, isSettable: settable, isBigEndian: true)
  }
}

extension BPFProgramType {
  /// Whether a test run makes a socket buffer for it (`bpf_prog_test_run_skb`).
  public var runsOnSKB: Bool {
    switch self {
    case .socketFilter, .schedCLS, .schedACT, .cgroupSKB, .lwtIn, .lwtOut, .lwtXmit, .lwtSeg6Local: true
    default: false
    }
  }
}
