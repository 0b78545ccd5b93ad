import BPF

/// A global variable of an object: a handle that may be copied and cross threads.
///
/// Constants (`.rodata`) are written before load, all others at any time.
public struct BPFGlobal: Sendable {
  /// The object that it belongs to.
  public let object: BPFObject
  /// The name of the C variable.
  public let name: String

  /// A handle to a global that a skeleton knows the object to have. Using it throws when the object hasn't.
  public init(_ name: String, of object: BPFObject) {
    self.object = object
    self.name = name
  }

  /// Its value by BTF.
  public var value: BTFValue {
    get throws { try withPlace { place, section in try BTFCodec.decode(place.read(section), as: place.type) } }
  }

  /// Writes its value by BTF. Of a struct, members that aren't given stay as they are.
  public func set(_ value: BTFValue) throws {
    try withPlace { place, section in
      try write(value, over: place.read(section), as: "global `\(name)`", place, section)
    }
  }

  /// Writes its value by BTF, zero where nothing is given.
  func replace(with value: BTFValue?, as what: String) throws {
    try withPlace { place, section in
      let zeros = [UInt8](repeating: 0, count: place.size)
      guard let value else { return try section.writeGlobals(zeros, at: place.offset) }
      try write(value, over: zeros, as: what, place, section)
    }
  }

  private func write(
    _ value: BTFValue, over bytes: [UInt8], as what: String, _ place: GlobalPlace, _ section: BPF.BPFMap
  ) throws {
    var bytes = bytes
    do {
      try BTFCodec.write(value, as: place.type, to: &bytes, at: 0)
    } catch {
      throw BPFError(.badArgument, operation: what, detail: "\(error)")
    }
    try section.writeGlobals(bytes, at: place.offset)
  }

  /// Its value as a Swift type of the same layout.
  public func read<Value: BitwiseCopyable & Sendable>(as type: Value.Type = Value.self) throws -> Value {
    try withPlace { place, section in
      guard let value = Layout.value(of: try place.read(section), as: Value.self) else {
        throw misfit(place, Value.self)
      }
      return value
    }
  }

  /// Writes its value as a Swift type of the same layout.
  public func write<Value: BitwiseCopyable & Sendable>(_ value: Value) throws {
    try withPlace { place, section in
      guard place.size == MemoryLayout<Value>.size else { throw misfit(place, Value.self) }
      try section.writeGlobals(Layout.bytes(of: value), at: place.offset)
    }
  }

  /// For a skeleton's getter, which can't throw: `otherwise` when reading fails, which the next call that can throws.
  public func readKeepingFailure<Value: BitwiseCopyable & Sendable>(otherwise: Value) -> Value {
    var value = otherwise
    object.keepingFailure { value = try read() }
    return value
  }

  /// For a skeleton's setter, which can't throw: the next call that can throws the failure.
  public func writeKeepingFailure(_ value: some BitwiseCopyable & Sendable) {
    object.keepingFailure { try write(value) }
  }

  private func withPlace<T: Sendable>(_ body: (GlobalPlace, BPF.BPFMap) throws -> T) throws -> T {
    let place = try object.globalPlaces[name]
    return try object.withOpen("global `\(name)`") { try body(place, $0.maps[place.map]) }
  }

  private func misfit(_ place: GlobalPlace, _ type: Any.Type) -> BPFError {
    BPFError(
      .badArgument, operation: "global `\(name)`",
      detail: "it is a \(place.type.declaration) of \(place.size) bytes, and \(type) is of another size")
  }
}

/// Where a global lies.
struct GlobalPlace: Sendable {
  /// The place of its section's map in the object's list.
  var map: Int
  var offset: Int
  var size: Int
  var type: BTFType

  func read(_ section: BPF.BPFMap) throws -> [UInt8] {
    let memory = try section.globals()
    guard offset >= 0, size >= 0, offset <= memory.count - size else {
      throw BPFError(.badObject, operation: "reading globals", detail: "one lies outside its section")
    }
    return [UInt8](memory[offset..<(offset + size)])
  }

  /// All globals by name, as far as their sections have memory.
  static func all(in object: BPF.BPFObject) -> [String: GlobalPlace] {
    let holders = Dictionary(
      object.maps.enumerated().compactMap { place, map in map.sectionName.map { ($0, place) } },
      uniquingKeysWith: { first, _ in first })
    var places: [String: GlobalPlace] = [:]
    for section in object.btf.sections {
      // Values of `.kconfig` are libbpf's to give.
      guard let map = holders[section.name], section.name != ".kconfig" else { continue }
      for variable in section.variables where variable.type.size == variable.size && variable.size > 0 {
        places[variable.name] = GlobalPlace(
          map: map, offset: variable.offset, size: variable.size, type: variable.type)
      }
    }
    return places
  }
}

/// The globals of an object, by name.
public struct BPFGlobals: Sendable {
  let object: BPFObject

  /// The global of that C variable; throws with the nearest known name.
  public subscript(_ name: String) -> BPFGlobal {
    get throws {
      _ = try object.globalPlaces[name]
      return BPFGlobal(name, of: object)
    }
  }

  /// Their names, in order.
  public var names: [String] { object.globalPlaces.names }
}

extension BPFObject {
  /// The object's globals: `try object.globals["enforce"].set(1)`.
  public var globals: BPFGlobals { BPFGlobals(object: self) }
}
