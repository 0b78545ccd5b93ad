/// What an expression says, before it is known what it means.
struct ExpressionNode {
  /// Where it begins, in bytes.
  var at: Int
  var kind: Kind
  /// True of a string without a `b` before it.
  var isText = false

  indirect enum Kind {
    case none
    case number(Int128)
    /// A string, as UTF-8, or a bytes literal.
    case bytes([UInt8])
    case list([ExpressionNode])
    case tuple([ExpressionNode])
    case call(ExpressionCall)
  }

  /// What it is, for an error.
  var noun: String {
    switch kind {
    case .none: "None"
    case .number: "a number"
    case .bytes: "a string"
    case .list: "a list"
    case .tuple: "a tuple"
    case .call(let call): call.name
    }
  }
}

/// `Name(field=value, …)`.
struct ExpressionCall {
  var name: String
  var at: Int
  var arguments: [Argument]

  struct Argument {
    /// `nil` for one without a name.
    var name: String?
    var at: Int
    var value: ExpressionNode
  }
}
