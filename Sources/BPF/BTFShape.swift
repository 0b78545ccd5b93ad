import Synchronization

/// A struct or union as coding sees it: where its members lie and how they are kept, with all typedefs followed. Worked
/// out once for each type, since values are encoded and decoded by the million.
final class BTFShape: Sendable {
  /// How a member is kept.
  enum Coding: Sendable {
    /// A whole number of 1, 2, 4 or 8 bytes that may be from `least` to `most`.
    case number(size: Int, signed: Bool, bigEndian: Bool, least: Int128, most: Int128)
    /// An array of so many `char`.
    case text(count: Int)
    /// Anything else: through the general way.
    case general
  }

  struct Member: Sendable {
    let member: BTFMember
    /// Bytes from the start of the struct.
    let offset: Int
    let coding: Coding
  }

  let size: Int
  let members: [Member]

  /// `nil` for what is no struct or union.
  fileprivate init?(_ type: BTFType) {
    switch type.resolved.kind {
    case .structure, .union: break
    default: return nil
    }
    let size = type.size
    self.size = size
    self.members = type.members.map { member in
      let offset = member.bitOffset / 8
      let coding = Self.coding(member, type.type(of: member), room: size - offset)
      return Member(member: member, offset: offset, coding: coding)
    }
  }

  private static func coding(_ member: BTFMember, _ type: BTFType, room: Int) -> Coding {
    let size = type.size
    // A damaged blob may have a member that reaches out of its struct.
    guard !member.name.isEmpty, member.bitFieldSize == 0, member.bitOffset % 8 == 0, size <= room else {
      return .general
    }
    switch type.resolved.kind {
    case .integer(let bits, _, let signed, _, false) where [1, 2, 4, 8].contains(size) && bits == size * 8:
      let most: Int128 = (1 << Int128(signed ? bits - 1 : bits)) - 1
      return .number(
        size: size, signed: signed, bigEndian: type.isBigEndian, least: signed ? -most - 1 : 0, most: most)
    case .array(let id, let count):
      return type.other(id).isCharacter ? .text(count: count) : .general
    default: return .general
    }
  }

  /// The member of that name, looked for first where it probably is.
  func member(_ name: String, near index: Int) -> Member? {
    if index < members.count, members[index].member.name == name { return members[index] }
    return members.first { $0.member.name == name }
  }
}

/// The shapes of a BTF's types that were asked for.
final class BTFShapes: Sendable {
  private let known = Mutex<[UInt32: BTFShape]>([:])

  /// `nil` for what is no struct or union.
  func shape(of type: BTFType) -> BTFShape? {
    if let found = known.withLock({ $0[type.id] }) { return found }
    guard let made = BTFShape(type) else { return nil }
    known.withLock { $0[type.id] = made }
    return made
  }
}

/// Whole numbers in memory.
enum BTFNumber {
  /// Reads 1, 2, 4 or 8 bytes at `offset`, which must lie inside.
  static func load(_ bytes: [UInt8], _ offset: Int, size: Int, signed: Bool, bigEndian: Bool) -> Int128 {
    let raw: UInt64 = bytes.withUnsafeBytes { memory in
      switch size {
      case 1: return UInt64(memory[offset])
      case 2:
        let value = memory.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
        return UInt64(bigEndian ? value.byteSwapped : value)
      case 4:
        let value = memory.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        return UInt64(bigEndian ? value.byteSwapped : value)
      default:
        let value = memory.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        return bigEndian ? value.byteSwapped : value
      }
    }
    guard signed else { return Int128(raw) }
    let shift = UInt64(64 - 8 * size)
    return Int128(Int64(bitPattern: raw << shift) >> Int64(shift))
  }

  /// Writes the low 1, 2, 4 or 8 bytes of a number at `offset`, which must lie inside.
  static func store(_ number: Int128, _ bytes: inout [UInt8], _ offset: Int, size: Int, bigEndian: Bool) {
    var raw = UInt64(truncatingIfNeeded: number)
    if bigEndian { raw = raw.byteSwapped >> UInt64(64 - 8 * size) }
    bytes.withUnsafeMutableBytes { memory in
      switch size {
      case 1: memory[offset] = UInt8(truncatingIfNeeded: raw)
      case 2: memory.storeBytes(of: UInt16(truncatingIfNeeded: raw), toByteOffset: offset, as: UInt16.self)
      case 4: memory.storeBytes(of: UInt32(truncatingIfNeeded: raw), toByteOffset: offset, as: UInt32.self)
      default: memory.storeBytes(of: raw, toByteOffset: offset, as: UInt64.self)
      }
    }
  }
}
