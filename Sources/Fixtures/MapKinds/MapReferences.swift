import BPF
import TestPlan

/// Reads entries that name something of the kernel under test: interfaces, sockets, cgroups, tasks, files, programs.
struct MapReferences {
  let facts: ObjectFacts
  let complaints: Complaints

  private var inputs: InputPlanner { InputPlanner(facts: facts, complaints: complaints) }

  /// Whether entries of maps of that type do so.
  static func uses(_ type: BPFMapType) -> Bool {
    switch type {
    case .deviceMap, .deviceHash, .cpuMap, .xskMap, .sockMap, .sockHash, .reuseportSockArray, .cgroupArray: true
    default: type.isLocalStorage
    }
  }

  func entry(_ keyNode: YAMLNode, _ valueNode: YAMLNode, in map: ObjectFacts.Map) -> MapEntry? {
    if map.type.isLocalStorage {
      guard let key = self.key(keyNode, in: map, index: 0), let value = inputs.encode(valueNode, map.value) else {
        return nil
      }
      return MapEntry(key: key.key, value: .bytes(Bytes(value)), references: key.references)
    }
    guard let key = inputs.encode(keyNode, map.key) else { return nil }
    var references: [MapReference] = []
    let value: [UInt8]?
    switch map.type {
    case .deviceMap, .deviceHash: value = struc(valueNode, in: map, first: "ifindex", &references)
    case .cpuMap: value = struc(valueNode, in: map, first: "qsize", &references)
    default:
      guard let name = valueNode.text else {
        complaints.add(valueNode.position, "a \(Self.holds(map.type)) stands here by its name, not \(valueNode.kind)")
        return nil
      }
      if map.type != .cgroupArray { checkSocket(name, valueNode, in: map) }
      references.append(.init(target: map.type == .cgroupArray ? .cgroup(name) : .socket(name)))
      value = [UInt8](repeating: 0, count: max(4, map.value.size))
    }
    guard let value else { return nil }
    return MapEntry(
      key: Bytes(key), value: .bytes(Bytes(value)), references: references.isEmpty ? nil : references)
  }

  /// The key of a map that keeps values for objects of the kernel: a name, filled in as a descriptor.
  ///
  /// - Parameter index: stands in the key's place, so that what is found under it can be told from the others.
  func key(_ node: YAMLNode, in map: ObjectFacts.Map, index: Int) -> MapEntry? {
    guard let name = node.text else {
      complaints.add(node.position, "the keys of `\(map.name)` are names, and here is \(node.kind)")
      return nil
    }
    let target: MapReference.Target
    switch map.type {
    case .taskStorage:
      guard name == "self" || name == "trigger" else {
        complaints.add(
          node.position, "no task `\(name)`",
          hint: "`trigger` is the process of the triggers, `self` the thread that runs the test")
        return nil
      }
      target = name == "self" ? .task : .trigger
    case .inodeStorage: target = .file(name)
    case .cgroupLocalStorage: target = .cgroup(name)
    default: target = .socket(name)
    }
    return MapEntry(
      key: Bytes(withUnsafeBytes(of: Int32(clamping: index)) { [UInt8]($0) }), value: .bytes(Bytes()),
      references: [.init(isKey: true, target: target)])
  }

  private static func holds(_ type: BPFMapType) -> String { type == .cgroupArray ? "cgroup" : "socket" }

  private func checkSocket(_ name: String, _ node: YAMLNode, in map: ObjectFacts.Map) {
    guard (map.type == .xskMap) != (name == "xdp"), ["tcp", "udp", "xdp"].contains(name) else { return }
    complaints.add(
      node.position, "`\(map.name)` is a \(map.type), which takes no `\(name)` socket",
      hint: map.type == .xskMap ? "it takes `xdp`" : "it takes `tcp` or `udp`")
  }

  /// A value whose first field may be given alone, and whose second may be a program: `struct bpf_devmap_val`,
  /// `struct bpf_cpumap_val` (linux/bpf.h).
  private func struc(
    _ node: YAMLNode, in map: ObjectFacts.Map, first: String, _ references: inout [MapReference]
  ) -> [UInt8]? {
    var main = node
    if node.entries != nil {
      guard let fields = Fields(node, of: "a value of `\(map.name)`", known: [first, "program"], complaints) else {
        return nil
      }
      if let program = fields.text("program") {
        guard map.value.size >= 8 else {
          complaints.add(
            program.position, "values of `\(map.name)` have no room for a program", hint: "let its value be a struct")
          return nil
        }
        guard facts.programs[program.value] != nil else {
          complaints.add(
            program.position, "the object has no program `\(program.value)`",
            hint: suggestion(for: program.value, among: facts.programNames))
          return nil
        }
        references.append(.init(offset: 4, target: .program(program.value)))
      }
      guard let node = fields[first] else {
        complaints.add(node.position, "a value of `\(map.name)` needs `\(first)`")
        return nil
      }
      main = node
    }
    var value = [UInt8](repeating: 0, count: max(4, map.value.size))
    switch main.scalar {
    case .integer(let number) where UInt32(exactly: number) != nil:
      for byte in 0..<4 { value[byte] = UInt8(truncatingIfNeeded: number >> Int128(8 * byte)) }
      return value
    case .text(let name) where first == "ifindex":
      references.append(.init(target: .interface(name)))
      return value
    default:
      complaints.add(
        main.position,
        "`\(first)` is a number\(first == "ifindex" ? " or the name of an interface" : ""), and here is \(main.kind)")
      return nil
    }
  }
}
