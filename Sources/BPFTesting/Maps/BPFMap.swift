import BPF

/// A map of an object, whose keys and values are read and written by their BTF: a handle that may be copied and cross
/// threads.
///
/// Integers for `__be16` and the like are in host order; a string is text, an enumerator's name or an address:
/// `try object.maps["allow_v4"].set("10.0.0.0/8", to: 1)`.
public struct BPFMap: Sendable {
  /// The object that it belongs to.
  public let object: BPFObject
  /// The name of its C variable.
  public let name: String

  /// A handle to a map that a skeleton knows the object to have. Using it throws when the object hasn't.
  public init(_ name: String, of object: BPFObject) {
    self.object = object
    self.name = name
  }

  func withCore<T: Sendable>(_ operation: String, _ body: (BPF.BPFMap) throws -> T) throws -> T {
    let place = try object.mapPlaces[name]
    return try object.withOpen("\(operation) of map `\(name)`") { try body($0.maps[place]) }
  }

  /// Its type.
  public var type: BPFMapType { get throws { try withCore("type") { $0.type } } }

  /// Bytes of a key.
  public var keySize: Int { get throws { try withCore("key size") { $0.keySize } } }

  /// Bytes of a value, for one CPU.
  public var valueSize: Int { get throws { try withCore("value size") { $0.valueSize } } }

  /// The most entries that it holds.
  public var maxEntries: UInt32 { get throws { try withCore("size") { $0.maxEntries } } }

  /// Sets the most entries before load.
  public func setMaxEntries(_ count: UInt32) throws { try withCore("size") { try $0.setMaxEntries(count) } }

  /// Sets the bytes of a key before load, for a map whose program leaves them open.
  public func setKeySize(_ size: UInt32) throws { try withCore("size") { try $0.setKeySize(size) } }

  /// Sets the bytes of a value before load, for a map whose program leaves them open.
  public func setValueSize(_ size: UInt32) throws { try withCore("size") { try $0.setValueSize(size) } }

  /// Of a map of maps: sets the most entries of the maps in it before load.
  public func setInnerMaxEntries(_ count: UInt32) throws { try withCore("size") { try $0.setInnerMaxEntries(count) } }

  /// Of a map of maps whose definition doesn't say what it holds: says so before load. Sizes of keys and values in bytes,
  /// `flags` as `BPF_F_*` of linux/bpf.h.
  public func setInner(
    type: BPFMapType, keySize: Int, valueSize: Int, maxEntries: UInt32, flags: UInt32 = 0
  ) throws {
    try withCore("inner maps") {
      try $0.setInner(
        MapDefinition(type: type, keySize: keySize, valueSize: valueSize, maxEntries: maxEntries, flags: flags))
    }
  }

  /// Has load pin the map at a path of a BPF file system, or use the one that is pinned there already.
  ///
  /// Nothing is pinned otherwise, whatever the map's definition asks for. A pinned map stays until its file is removed.
  public func setPinPath(_ path: String) throws { try withCore("pin path") { try $0.setPinPath(path) } }

  // MARK: Entries by BTF

  /// The value under a key, `nil` when there is none. Of a per-CPU map, that of the first CPU: see `values(_:)`.
  public subscript(_ key: BTFValue) -> BTFValue? {
    get throws { try values(key)?.first }
  }

  /// The values under a key: one, or one for each possible CPU; `nil` when there is none.
  public func values(_ key: BTFValue) throws -> [BTFValue]? {
    try withCore("lookup") { map in
      try map.lookup(key: Self.encode(key, map.keyType, map.keySize, "key of map `\(name)`"))?.map {
        try Self.decode($0, map.valueType)
      }
    }
  }

  /// Writes a value under a key, the same one for every CPU where there is one for each.
  public func set(_ key: BTFValue, to value: BTFValue) throws {
    try withCore("update") { map in
      let bytes = try Self.encode(value, map.valueType, map.valueSize, "value of map `\(name)`")
      try map.update(
        key: Self.encode(key, map.keyType, map.keySize, "key of map `\(name)`"),
        values: map.type.isPerCPU ? Array(repeating: bytes, count: BPFSystem.possibleCPUs) : [bytes])
    }
  }

  /// Puts a loaded program under a key of a program array, to be called by `bpf_tail_call`.
  public func set(_ key: BTFValue, to program: BPFProgram) throws {
    try set(
      key, descriptor: program.withCore("descriptor") { $0.descriptor }, of: "program `\(program.name)`",
      subject: program.object === object ? .program(program.name) : nil)
  }

  /// Puts a map under a key of a map of maps.
  public func set(_ key: BTFValue, to inner: BPFMap) throws {
    try set(
      key, descriptor: inner.withCore("descriptor") { $0.descriptor }, of: "map `\(inner.name)`",
      subject: inner.object === object ? .map(inner.name) : nil)
  }

  /// - Parameter subject: what is put there, where it is of the same object, so that a refusal can be explained.
  private func set(
    _ key: BTFValue, descriptor: Int32?, of what: String, subject: MapUpdateExplainer.Subject?
  ) throws {
    guard let descriptor else {
      throw BPFError(.badArgument, operation: "update of map `\(name)`", detail: "\(what) isn't loaded")
    }
    try withCore("update") { map in
      let bytes = try Self.encode(key, map.keyType, map.keySize, "key of map `\(name)`")
      do throws(BPFError) {
        try map.update(key: bytes, descriptor: descriptor)
      } catch {
        let loaded = map.object.programs.filter { $0.descriptor != nil }.map(\.name)
        guard let subject,
          let why = MapUpdateExplainer(facts: MapFacts(map.object, bytes: object.bytes), programs: loaded)
            .explain(errno: error.errno, map: name, [subject])
        else { throw error }
        throw BPFError(error.code, errno: error.errno, operation: error.operation, detail: why)
      }
    }
  }

  /// Deletes a key; `false` when it wasn't there.
  @discardableResult
  public func delete(_ key: BTFValue) throws -> Bool {
    try withCore("delete") { map in
      try map.delete(key: Self.encode(key, map.keyType, map.keySize, "key of map `\(name)`"))
    }
  }

  // MARK: Maps without keys

  /// Adds a value to a queue, a stack or a bloom filter.
  public func push(_ value: BTFValue) throws {
    try withCore("push") { map in
      try map.loaded("push").push(Self.encode(value, map.valueType, map.valueSize, "value of map `\(name)`"))
    }
  }

  /// Takes the next value out of a queue or a stack; `nil` when it is empty.
  public func pop() throws -> BTFValue? {
    try withCore("pop") { map in try map.loaded("pop").pop().map { try Self.decode($0, map.valueType) } }
  }

  /// The next value of a queue or a stack, which stays; `nil` when it is empty.
  public func peek() throws -> BTFValue? {
    try withCore("peek") { map in try map.loaded("peek").peek().map { try Self.decode($0, map.valueType) } }
  }

  /// Whether a bloom filter may hold a value; `false` is certain.
  public func mayContain(_ value: BTFValue) throws -> Bool {
    try withCore("lookup") { map in
      try map.loaded("lookup").mayContain(Self.encode(value, map.valueType, map.valueSize, "value of map `\(name)`"))
    }
  }

  /// Sends a record to programs that drain a user ring buffer, as bytes.
  public func send(_ record: [UInt8]) throws {
    try withCore("send") { try UserRingBufferWriter($0).write(record) }
  }

  /// Sends a record to programs that drain a user ring buffer.
  public func send<Record: BitwiseCopyable>(_ record: Record) throws { try send(Layout.bytes(of: record)) }

  static func encode(_ value: BTFValue, _ type: BTFType?, _ size: Int, _ what: String) throws -> [UInt8] {
    do {
      // In a map that is defined by sizes alone numbers are taken as they lie in memory.
      if let type { return try BTFCodec.encode(value, as: type) }
      return try BTFCodec.encode(value, size: size)
    } catch {
      throw BPFError(.badArgument, operation: what, detail: "\(error)")
    }
  }

  static func decode(_ bytes: [UInt8], _ type: BTFType?) throws -> BTFValue {
    guard let type else { return .bytes(bytes) }
    return try BTFCodec.decode(bytes, as: type)
  }
}

/// The maps of an object, by name.
public struct BPFMaps: Sendable, Sequence {
  let object: BPFObject

  /// The map of that C variable; throws with the nearest known name.
  public subscript(_ name: String) -> BPFMap {
    get throws {
      _ = try object.mapPlaces[name]
      return BPFMap(name, of: object)
    }
  }

  /// Their names, in the object's order, without those that hold global data.
  public var names: [String] { object.mapPlaces.names }

  public func makeIterator() -> IndexingIterator<[BPFMap]> {
    names.map { BPFMap($0, of: object) }.makeIterator()
  }
}

extension BPFObject {
  /// The object's maps: `try object.maps["blocked_ports"]`.
  public var maps: BPFMaps { BPFMaps(object: self) }
}
