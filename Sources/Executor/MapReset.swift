import BPF

/// Empties the maps of a loaded object and gives its globals their first values back.
///
/// It is an order of magnitude cheaper than the verifier, above all under emulation. It is used only where the outcome is
/// the same: for kinds of maps whose whole state user space can set, and that held nothing when they were loaded.
struct MapReset {
  /// More entries than this are loaded anew faster than they are set one by one.
  private static let mostEntries: UInt32 = 4096

  private enum Action {
    case globals([UInt8])
    case zeros
    case removal
  }

  private let actions: [(map: BPFMap, action: Action)]

  /// To be made right after load; `nil` when the object has a map that can't be reset.
  init?(_ object: BPFObject) {
    var actions: [(BPFMap, Action)] = []
    for map in object.maps where !map.isReadOnly {
      if map.sectionName != nil {
        guard let bytes = try? map.globals() else { return nil }
        actions.append((map, .globals(bytes)))
        continue
      }
      switch map.type {
      case .array, .perCPUArray:
        guard map.maxEntries <= Self.mostEntries else { return nil }
        actions.append((map, .zeros))
      case .hash, .lruHash, .perCPUHash, .lruPerCPUHash, .lpmTrie:
        actions.append((map, .removal))
      case .progArray:
        // One that its definition fills (`.values`) isn't empty now, and would be after a reset.
        guard map.maxEntries <= Self.mostEntries, (try? map.hasEntries()) == false else { return nil }
        actions.append((map, .removal))
      default: return nil
      }
    }
    self.actions = actions
  }

  func apply() throws(BPFError) {
    for (map, action) in actions {
      switch action {
      case .globals(let bytes): try map.writeGlobals(bytes, at: 0)
      case .zeros: try map.fillWithZeros()
      case .removal: for key in try map.keys() { try map.delete(key: key) }
      }
    }
  }
}

extension BPFMap {
  /// Whether anything can be looked up in it.
  fileprivate func hasEntries() throws(BPFError) -> Bool {
    for key in try keys() where try lookup(key: key) != nil { return true }
    return false
  }
}
