import BPF

/// Reads what a value is expected to be, guided by the value's type.
struct ExpectedValueReader {
  let complaints: Complaints
  /// Whether values of all CPUs are added up, which only integers can be.
  var isSummed = false
  /// Whether the value is a record, which may be shorter than its struct.
  var isRecord = false

  /// `nil` after a complaint.
  func read(_ node: YAMLNode, as type: ValueType, at offset: Int = 0) -> ExpectedValue? {
    if PerKernel.isChoice(node) {
      let choice = PerKernel(node, complaints).compactMap { read($0, as: type, at: offset) }
      return made(.choice(choice), node, type, offset)
    }
    if node.isWord("any") { return made(.leaf(.any), node, type, offset) }
    if node.isWord(ProcessNumber.word), ProcessNumber.fits(type) { return made(.leaf(.process), node, type, offset) }
    if node.isWord(PreviousReturn.word), PreviousReturn.fits(type) {
      return made(.leaf(.previousReturn), node, type, offset)
    }
    if node.isNull {
      complaints.add(node.position, "there is no value here", hint: "`any` stands for whatever there is")
      return nil
    }
    if Condition.isMatcher(node), !type.hasMember(of: node) {
      let matcher = MatcherReader(
        complaints: complaints, equal: { whole($0, type) ? equal($0, type) : nil }, number: { bound($0, type) })
      return matcher.read(node).flatMap { made(.leaf($0), node, type, offset) }
    }
    if case .btf(let btf) = type, type.isCompound {
      if let entries = node.entries, !isWhole(entries, btf) { return parts(entries, node, btf, offset) }
      if let items = node.items, let (element, count) = btf.array {
        guard items.count <= count else {
          complaints.add(node.position, "\(items.count) elements, and \(btf.declaration) has \(count)")
          return nil
        }
        return list(items, node, element, count, type, offset)
      }
    }
    return equal(node, type).flatMap { made(.leaf($0), node, type, offset) }
  }

  private func made(
    _ shape: ExpectedValue.Shape, _ node: YAMLNode, _ type: ValueType, _ offset: Int
  ) -> ExpectedValue {
    var value = ExpectedValue(shape: shape, type: type, offset: offset, line: node.position.line)
    value.mayBeCut = isRecord
    return value
  }

  /// Whether a mapping says all of a value in one: `{ hex: … }`, or `{ text: … }` of an array of bytes.
  private func isWhole(_ entries: [YAMLNode.Entry], _ type: BTFType) -> Bool {
    guard entries.count == 1, type.member(entries[0].key.label) == nil else { return false }
    if entries[0].key.isWord("hex") { return true }
    return entries[0].key.isWord("text") && type.array?.element.size == 1
  }

  // MARK: Leaves

  private func equal(_ node: YAMLNode, _ type: ValueType) -> Condition? {
    guard isSummed else { return encode(node, type).map(Condition.bytes) }
    guard type.isSummable else {
      complaints.add(
        node.position, "\(type.declaration) can't be added up over CPUs",
        hint: "give each CPU's value: { per_cpu: [ … ] }")
      return nil
    }
    return number(node, type).map(Condition.number)
  }

  /// Whether an operand of `ne` or `in` says all of a value, since it is compared as a whole; complains where it doesn't.
  private func whole(_ node: YAMLNode, _ type: ValueType) -> Bool {
    guard case .btf(let btf) = type, type.isCompound else { return true }
    if let entries = node.entries, btf.array == nil {
      guard case .structure = btf.resolved.kind else { return true }
      let given = entries.map(\.key.label)
      if let missing = btf.memberNames.first(where: { !given.contains($0) }) {
        complaints.add(
          node.position, "`\(missing)` is not given, and `ne` and `in` compare the whole \(btf.declaration)",
          hint: "give all members, or write the matcher at a member: { \(given.first ?? missing): { ne: … } }")
        return false
      }
      return entries.allSatisfy { entry in
        btf.member(entry.key.label).map { whole(entry.value, .btf(btf.type(of: $0))) } ?? true
      }
    }
    if let items = node.items, let (element, count) = btf.array {
      guard items.count >= count else {
        complaints.add(
          node.position, "\(items.count) elements, and `ne` and `in` compare all \(count) of \(btf.declaration)")
        return false
      }
      return items.allSatisfy { whole($0, .btf(element)) }
    }
    return true
  }

  private func encode(_ node: YAMLNode, _ type: ValueType) -> [UInt8]? {
    do {
      return try type.encode(node.value)
    } catch {
      complaints.add(error, in: node)
      return nil
    }
  }

  /// What a number is ordered by. Numbers of 2¹²⁷ and more are all alike there.
  private func bound(_ node: YAMLNode, _ type: ValueType) -> Int128? {
    guard let number = number(node, type) else { return nil }
    guard number == .max, case .btf(let btf) = type, btf.size == 16, !btf.isSigned else { return number }
    complaints.add(node.position, "numbers are compared in order up to 2^127 - 2", hint: "give the value itself")
    return nil
  }

  private func number(_ node: YAMLNode, _ type: ValueType) -> Int128? {
    if case .integer(let number) = node.scalar { return number }
    guard !type.isCompound, let bytes = encode(node, type) else {
      if type.isCompound { complaints.add(node.position, "\(type.declaration) is not a number to compare with") }
      return nil
    }
    if let number = type.integer(bytes) { return number }
    complaints.add(node.position, "\(type.declaration) is not a number to compare with")
    return nil
  }

  // MARK: Parts

  private func parts(_ entries: [YAMLNode.Entry], _ node: YAMLNode, _ type: BTFType, _ offset: Int) -> ExpectedValue? {
    if let (element, count) = type.array {
      var items: [(Int, YAMLNode)] = []
      for entry in entries {
        guard case .integer(let index) = entry.key.scalar, index >= 0, index < count else {
          complaints.add(
            entry.key.position, "\(entry.key.kind) is no index of \(type.declaration), which has \(count) elements")
          return nil
        }
        items.append((Int(index), entry.value))
      }
      return elements(items, node, element, .btf(type), offset)
    }
    var parts: [ExpectedValue.Part] = []
    for entry in entries {
      let name = entry.key.label
      guard let member = type.member(name) else {
        complaints.add(
          entry.key.position, "\(type.declaration) has no member `\(name)`",
          hint: suggestion(for: name, among: type.memberNames))
        continue
      }
      let memberType = type.type(of: member)
      let value =
        member.bitFieldSize > 0
        ? bitField(entry.value, member, memberType, offset)
        : read(entry.value, as: .btf(memberType), at: offset + member.bitOffset / 8)
      if let value { parts.append(.init(label: ".\(name)", value: value)) }
    }
    return parts.count == entries.count ? made(.parts(parts), node, .btf(type), offset) : nil
  }

  private func elements(
    _ items: [(index: Int, node: YAMLNode)], _ node: YAMLNode, _ element: BTFType, _ type: ValueType, _ offset: Int
  ) -> ExpectedValue? {
    let parts = items.compactMap { item in
      read(item.node, as: .btf(element), at: offset + item.index * element.size)
        .map { ExpectedValue.Part(label: "[\(item.index)]", value: $0) }
    }
    return parts.count == items.count ? made(.parts(parts), node, type, offset) : nil
  }

  /// A list says all of an array: elements behind the last are zero, as they are where a list is written.
  private func list(
    _ items: [YAMLNode], _ node: YAMLNode, _ element: BTFType, _ count: Int, _ type: ValueType, _ offset: Int
  ) -> ExpectedValue? {
    guard var value = elements(items.enumerated().map { ($0, $1) }, node, element, type, offset),
      case .parts(var parts) = value.shape
    else { return nil }
    func zero(_ type: ValueType, at index: Int, _ label: String) {
      let zeros = [UInt8](repeating: 0, count: type.size)
      var expected = made(.leaf(.bytes(zeros)), node, type, offset + index * element.size)
      expected.isFill = true
      parts.append(.init(label: label, value: expected))
    }
    // A table of thousands is compared at once.
    let named = min(count, items.count + 64)
    for index in items.count..<named { zero(.btf(element), at: index, "[\(index)]") }
    if named < count { zero(.opaque((count - named) * element.size), at: named, "[\(named)…]") }
    value.shape = .parts(parts)
    return value
  }

  private func bitField(_ node: YAMLNode, _ member: BTFMember, _ type: BTFType, _ offset: Int) -> ExpectedValue? {
    if PerKernel.isChoice(node) {
      let choice = PerKernel(node, complaints).compactMap { bitField($0, member, type, offset) }
      return made(.choice(choice), node, .btf(type), offset)
    }
    let condition: Condition?
    if node.isWord("any") {
      condition = .any
    } else if Condition.isMatcher(node) {
      condition = MatcherReader(
        complaints: complaints, equal: { number($0, .btf(type)).map(Condition.number) },
        number: { number($0, .btf(type)) }
      ).read(node)
    } else {
      condition = number(node, .btf(type)).map(Condition.number)
    }
    guard let condition else { return nil }
    var value = made(.leaf(condition), node, .btf(type), offset)
    value.bits = .init(offset: offset * 8 + member.bitOffset, width: member.bitFieldSize, isSigned: type.isSigned)
    return value
  }
}

extension ValueType {
  /// Whether a mapping's first key is a member, so that it isn't taken for a matcher.
  fileprivate func hasMember(of node: YAMLNode) -> Bool {
    guard case .btf(let type) = self, let name = node.entries?.first?.key.text else { return false }
    return type.member(name) != nil
  }
}

extension Complaints {
  /// Complains of a value that doesn't fit its type, at the very place inside the value.
  func add(_ error: BTFCodecError, in node: YAMLNode) {
    let inner = node.descend(error.path)
    // A member that isn't there is a key of the mapping that the path leads to.
    let key = inner.entries?.first { error.message.hasSuffix("has no member `\($0.key.label)`") }?.key
    add(
      (key ?? inner).position,
      error.path.isEmpty ? error.message : "\(BTFCodecError.join(error.path)): \(error.message)",
      hint: error.suggestion.map { "did you mean `\($0)`?" })
  }
}
