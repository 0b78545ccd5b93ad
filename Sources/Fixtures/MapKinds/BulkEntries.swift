import BPF
import Glibc
import TestPlan

/// Many entries in few words: ranges of keys, lists for arrays, contents from a file; and keys to delete.
///
///     maps:
///       ring: { 0-65535: 7 }             # the same value under each number
///       table: [ 10, 20, 30 ]            # an array's elements from 0 on
///       backends: { file: rings.bin }    # beside the fixture: an array's values one after the other, of other maps
///                                        # each key with its value behind it
///     delete: { m: [1, 2, 10-20] }       # before what `maps` writes; a key that isn't there is refused (ENOENT)
extension InputPlanner {
  /// The most keys that one range stands for.
  private static let mostKeys: Int128 = 1 << 22

  /// The keys of `0-65535`, where keys are numbers; `nil` for anything else.
  func range(_ node: YAMLNode, _ type: ValueType) -> [(number: Int128, bytes: [UInt8])]? {
    guard case .scalar(let text, plain: true) = node.content, text.utf8.contains(UInt8(ascii: "-")),
      text.utf8.first.map({ (0x30...0x39).contains($0) }) == true
    else { return nil }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = YAMLNode.integer(String(parts[0])),
      let last = YAMLNode.integer(String(parts[1])),
      last >= 0, type.isNumber
    else { return nil }
    guard first <= last, last - first < Self.mostKeys else {
      complaints.add(
        node.position, first > last ? "the range \(text) is empty" : "a range is of up to \(Self.mostKeys) keys")
      return []
    }
    var keys: [(number: Int128, bytes: [UInt8])] = []
    keys.reserveCapacity(Int(last - first) + 1)
    for number in first...last {
      do {
        keys.append((number, try type.encode(.integer(number))))
      } catch {
        complaints.add(node.position, error.message)
        return []
      }
    }
    return keys
  }

  /// The key, or the keys of a range; `nil` after a complaint.
  func keys(_ node: YAMLNode, _ type: ValueType) -> [Bytes]? {
    if let keys = range(node, type) { return keys.isEmpty ? nil : keys.map { Bytes($0.bytes) } }
    return encode(node, type).map { [Bytes($0)] }
  }

  // MARK: Lists

  /// Whether a list is of an array's elements, and not of `{ key: …, value: … }`.
  func areElements(_ items: [YAMLNode], of map: ObjectFacts.Map) -> Bool {
    guard map.type.isArray, !items.isEmpty else { return false }
    return !items.allSatisfy { item in
      guard let entries = item.entries else { return false }
      return entries.contains { $0.key.isWord("key") }
    }
  }

  func elements(
    _ items: [YAMLNode], of map: ObjectFacts.Map, at place: Position
  ) -> [(key: YAMLNode, value: YAMLNode)] {
    if map.maxEntries > 0, items.count > Int(map.maxEntries) {
      complaints.add(place, "\(items.count) elements, and `\(map.name)` has \(map.maxEntries)")
      return []
    }
    return items.enumerated().map { index, item in
      (YAMLNode(content: .scalar("\(index)", plain: true), position: item.position), item)
    }
  }

  // MARK: Files

  /// The entries of `{ file: NAME }`; `nil` where a mapping is of keys and values.
  func contentsOfFile(_ node: YAMLNode, _ map: ObjectFacts.Map) -> MapWrite? {
    guard let entries = node.entries, entries.count == 1, entries[0].key.isWord("file"),
      let name = entries[0].value.text, !map.takesWord(as: "file")
    else { return nil }
    let place = entries[0].value.position
    let none = MapWrite(map: map.name, entries: [])
    guard map.type.holdsPlainValues else {
      complaints.add(place, "the contents of a \(map.type) map are no bytes that a file could have")
      return none
    }
    guard let bytes = FileReader(complaints: complaints, folder: Suite.folder(of: complaints.path)).bytes(name, place)
    else { return none }
    let hasKeys = !map.type.isArray && !map.type.isKeyless
    let keySize = hasKeys ? map.key.size : 0
    let size = keySize + map.value.size
    let layout =
      hasKeys
      ? "keys of \(keySize) bytes, each with its value of \(map.value.size) behind it"
      : "values of \(map.value.size) bytes one after the other"
    guard size > 0, !bytes.isEmpty, bytes.count % size == 0 else {
      complaints.add(place, "`\(name)` has \(bytes.count) bytes, and `\(map.name)` takes \(layout)")
      return none
    }
    let count = bytes.count / size
    guard map.maxEntries == 0 || count <= Int(map.maxEntries) else {
      complaints.add(place, "`\(name)` holds \(count) entries, and `\(map.name)` has room for \(map.maxEntries)")
      return none
    }
    var write = none
    write.entries.reserveCapacity(count)
    for index in 0..<count {
      let entry = bytes[(index * size)..<((index + 1) * size)]
      let key =
        map.type.isArray
        ? withUnsafeBytes(of: UInt32(index)) { Bytes([UInt8]($0)) } : Bytes([UInt8](entry.prefix(keySize)))
      write.entries.append(MapEntry(key: key, value: .bytes(Bytes([UInt8](entry.dropFirst(keySize))))))
    }
    return write
  }

  // MARK: Deleting

  /// The keys to delete, by map.
  func deletions(_ node: YAMLNode?) -> [MapWrite] {
    guard let node else { return [] }
    guard let entries = node.entries else {
      complaints.add(
        node.position, "`delete` must be a mapping from maps to keys, and here is \(node.kind)",
        hint: "write { MAP: [1, 2] }")
      return []
    }
    return entries.compactMap { entry in
      guard let map = map(entry.key) else { return nil }
      guard map.type.takesDeletions else {
        complaints.add(
          entry.key.position, "nothing can be deleted from `\(map.name)`, a \(map.type)",
          hint: map.type.isArray ? "all elements of an array are there always: write zeros" : nil)
        return nil
      }
      let keys = entry.value.items ?? [entry.value]
      if keys.isEmpty || entry.value.isNull { complaints.add(entry.value.position, "no key of `\(map.name)` is named") }
      guard !entry.value.isNull else { return nil }
      var write = MapWrite(map: map.name, entries: [])
      for key in keys {
        if map.type.isLocalStorage {
          let references = MapReferences(facts: facts, complaints: complaints)
          if var entry = references.key(key, in: map, index: 0) {
            entry.value = .deleted
            write.entries.append(entry)
          }
        } else if let found = self.keys(key, map.key) {
          write.entries += found.map { MapEntry(key: $0, value: .deleted) }
        }
      }
      return write
    }
  }
}

extension ValueType {
  /// Whether its values are whole numbers.
  var isNumber: Bool {
    switch self {
    case .btf(let type): if case .integer(_, _, _, _, false) = type.resolved.kind { true } else { false }
    case .opaque(let size): (1...8).contains(size)
    case .rest: false
    }
  }
}

extension ObjectFacts.Map {
  /// Whether a word can be one of the keys.
  fileprivate func takesWord(as word: String) -> Bool { (try? key.encode(.text(word))) != nil }
}

extension BPFMapType {
  /// Whether user space can delete its keys.
  fileprivate var takesDeletions: Bool {
    switch self {
    case .array, .perCPUArray, .arrayOfMaps, .perfEventArray, .ringBuffer, .userRingBuffer, .arena, .structOps,
      .cgroupStorage, .perCPUCgroupStorage:
      false
    default: !isKeyless
    }
  }

  /// Whether its values are bytes that mean nothing to the kernel.
  fileprivate var holdsPlainValues: Bool {
    switch self {
    case .hash, .array, .lruHash, .lpmTrie, .perCPUHash, .perCPUArray, .lruPerCPUHash, .queue, .stack, .bloomFilter:
      true
    default: false
    }
  }
}
