import BPF

/// Sets the maps and globals of a loaded object back to how they were when it was loaded.
///
/// It is an order of magnitude cheaper than the verifier, above all under emulation. It is used only where the outcome is
/// the same as loading anew: for kinds of maps whose whole state user space can see and set. The others make the object be
/// loaded anew: bloom filters and local storage, from which nothing can be taken out as a whole, arenas, whose pages stay
/// allocated, struct_ops, and user ring buffers with records that no program has read.
struct MapReset {
  /// More entries than this are loaded anew faster than they are set one by one.
  private static let mostEntries: UInt32 = 4096

  private enum Action {
    case globals([UInt8])
    case zeros
    /// Every key goes.
    case removal
    /// Every value goes.
    case emptying
    /// Records that nobody has read are read.
    case draining
    /// Nothing can be taken out, so nothing may be in it.
    case emptiness
    /// Keys get back the programs or maps, by number, that they had.
    case references([[UInt8]: UInt32])
  }

  private let actions: [(map: BPFMap, action: Action)]

  /// To be made right after load; `nil` when the object has a map that can't be reset.
  init?(_ object: BPFObject) {
    var actions: [(BPFMap, Action)] = []
    for map in object.maps where !map.isReadOnly && map.descriptor != nil {
      guard let action = Self.action(for: map) else { return nil }
      actions.append((map, action))
    }
    self.actions = actions
  }

  private static func action(for map: BPFMap) -> Action? {
    if map.sectionName != nil { return (try? map.globals()).map(Action.globals) }
    switch map.type {
    case .array, .perCPUArray: return map.maxEntries <= mostEntries ? .zeros : nil
    case .hash, .lruHash, .perCPUHash, .lruPerCPUHash, .lpmTrie, .stackTrace, .deviceHash, .sockHash: return .removal
    case .deviceMap, .cpuMap, .xskMap, .sockMap, .reuseportSockArray, .cgroupArray, .perfEventArray:
      return map.maxEntries <= mostEntries ? .removal : nil
    case .queue, .stack: return .emptying
    case .ringBuffer: return .draining
    case .userRingBuffer: return .emptiness
    case .progArray, .arrayOfMaps, .hashOfMaps:
      guard map.maxEntries <= mostEntries, let held = try? map.loaded().references() else { return nil }
      return .references(held)
    default: return nil
    }
  }

  /// `false` when it can't be done now.
  func apply() throws(BPFError) -> Bool {
    for (map, action) in actions {
      switch action {
      case .globals(let bytes): try map.writeGlobals(bytes, at: 0)
      case .zeros: try map.fillWithZeros()
      case .removal: try map.loaded().delete(keys: map.keys())
      case .emptying: try map.loaded().removeAll()
      case .draining: guard try EventReader(map).skipAll() else { return false }
      case .emptiness: guard try UserRingBufferWriter.isEmpty(map) else { return false }
      case .references(let held): guard try map.loaded().restore(held) else { return false }
      }
    }
    return true
  }
}

extension KernelMap {
  /// The numbers of the programs or maps that it holds, by key.
  fileprivate func references() throws(BPFError) -> [[UInt8]: UInt32] {
    var held: [[UInt8]: UInt32] = [:]
    for key in try keys() {
      guard let value = try lookup(key: key)?.first, value.count == 4 else { continue }
      held[key] = value.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    return held
  }

  /// `false` when one of them is gone.
  fileprivate func restore(_ held: [[UInt8]: UInt32]) throws(BPFError) -> Bool {
    let current = try references()
    for key in current.keys where held[key] == nil { try delete(key: key) }
    for (key, id) in held where current[key] != id {
      let found = type == .progArray ? try OpenedID.program(id) : try OpenedID.map(id)
      guard let found else { return false }
      try update(key: key, values: [withUnsafeBytes(of: found.descriptor) { [UInt8]($0) }])
    }
    return true
  }
}
