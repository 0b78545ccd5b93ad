import CLibbpf

/// What the kernel compares of maps that are to stand in the same map of maps.
public struct MapShape: Hashable, Sendable {
  public var type: BPFMapType
  /// Bytes.
  public var keySize: Int
  public var valueSize: Int
  public var maxEntries: UInt32
  /// `BPF_F_*` of map creation.
  public var flags: UInt32

  public init(_ map: BPFMap) { self.init(map.pointer) }

  private init(_ map: OpaquePointer) {
    type = BPFMapType(rawValue: bpf_map__type(map).rawValue)
    keySize = Int(bpf_map__key_size(map))
    valueSize = Int(bpf_map__value_size(map))
    maxEntries = bpf_map__max_entries(map)
    flags = bpf_map__map_flags(map)
  }

  /// Of the map that a map of maps was defined with; `nil` where it says nothing (`bpf_map__inner_map`).
  public static func inner(of map: BPFMap) -> MapShape? { bpf_map__inner_map(map.pointer).map { MapShape($0) } }

  /// What a map of maps that was made for maps like `prototype` refuses of this one (kernel/bpf/map_in_map.c:
  /// `bpf_map_meta_equal`; arraymap.c: `array_map_meta_equal`).
  public func differences(from prototype: MapShape) -> [String] {
    var all: [String] = []
    if type != prototype.type { all.append("a \(type) map where \(prototype.type) maps go") }
    func compare(_ what: String, _ mine: Int, _ theirs: Int) {
      if mine != theirs { all.append("\(what) \(mine) where it is \(theirs)") }
    }
    compare("key size", keySize, prototype.keySize)
    compare("value size", valueSize, prototype.valueSize)
    // BPF_F_INNER_MAP (since 5.10) lets arrays differ.
    if type == .array, prototype.type == .array, prototype.flags & 0x1000 == 0 {
      compare("max_entries", Int(maxEntries), Int(prototype.maxEntries))
    }
    if flags != prototype.flags {
      all.append("flags 0x\(String(flags, radix: 16)) where they are 0x\(String(prototype.flags, radix: 16))")
    }
    return all
  }
}
