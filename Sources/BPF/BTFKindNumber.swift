/// `BTF_KIND_*` of include/uapi/linux/btf.h.
struct BTFKindNumber: RawRepresentable, Hashable {
  var rawValue: UInt32

  static let void = BTFKindNumber(rawValue: 0)
  static let integer = BTFKindNumber(rawValue: 1)
  static let pointer = BTFKindNumber(rawValue: 2)
  static let array = BTFKindNumber(rawValue: 3)
  static let structure = BTFKindNumber(rawValue: 4)
  static let union = BTFKindNumber(rawValue: 5)
  static let enumeration = BTFKindNumber(rawValue: 6)
  static let forward = BTFKindNumber(rawValue: 7)
  static let typedef = BTFKindNumber(rawValue: 8)
  static let volatile = BTFKindNumber(rawValue: 9)
  static let const = BTFKindNumber(rawValue: 10)
  static let restrict = BTFKindNumber(rawValue: 11)
  static let function = BTFKindNumber(rawValue: 12)
  static let prototype = BTFKindNumber(rawValue: 13)
  static let variable = BTFKindNumber(rawValue: 14)
  static let section = BTFKindNumber(rawValue: 15)
  static let float = BTFKindNumber(rawValue: 16)
  static let declarationTag = BTFKindNumber(rawValue: 17)
  static let typeTag = BTFKindNumber(rawValue: 18)
  static let enumeration64 = BTFKindNumber(rawValue: 19)

  /// Bytes of one of the items that follow a record: members, enumerators, parameters, variables.
  var itemWidth: Int {
    switch rawValue {
    case 4, 5, 15, 19: 12
    case 6, 13: 8
    default: 0
    }
  }

  /// All but a section's variables, which begin with an id.
  var itemsHaveNames: Bool { self != .section }

  /// Bytes of a record with so many items; `nil` of an unknown kind.
  func size(_ items: Int) -> Int? {
    switch rawValue {
    case 1, 14, 17: 16
    case 3: 24
    case 2, 7...12, 16, 18: 12
    case 4, 5, 6, 13, 15, 19: 12 + itemWidth * items
    default: nil
    }
  }
}
