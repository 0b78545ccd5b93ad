import BPF
import TestPlan

/// What is expected of a map whose contents aren't keys with plain values.
struct ExpectedMapKind: Sendable {
  /// A value and what the fixture calls it.
  struct Item: Sendable {
    var value: ExpectedValue
    var line: Int
  }

  /// A key, or a value to look for, as bytes and as the fixture writes it.
  struct Key: Sendable {
    var bytes: [UInt8]
    var label: String
    var line: Int
  }

  /// Functions that a stack has, innermost first.
  struct Stack: Sendable {
    /// `nil` for any of the stacks.
    var key: Key?
    var frames: [String]
    /// Whether they are the innermost ones, with nothing between them; otherwise others may stand between.
    var isInnermost: Bool
    var line: Int
  }

  /// A key of a map of maps, and what its map holds.
  struct Nested: Sendable {
    var key: Key
    var map: ExpectedMap
  }

  /// A key of a prog array, and the program there.
  struct Program: Sendable {
    var key: Key
    var name: String
  }

  enum Contents: Sendable {
    /// Of a queue or a stack, in the order in which they would be popped.
    case sequence([Item], isExact: Bool)
    /// Of a bloom filter: values that it must hold, and that it mustn't.
    case members(contained: [Key], absent: [Key])
    case stacks([Stack])
    case nested([Nested], absent: [Key], isExact: Bool)
    case programs([Program], absent: [Key], isExact: Bool)
  }

  var name: String
  var key: ValueType
  var value: ValueType
  var contents: Contents
  var line: Int
  /// What to look up, of a map that isn't read as a whole.
  var lookup: MapLookup?
}
