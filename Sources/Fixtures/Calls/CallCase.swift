import BPF
import Calls

/// A call of one function, as the fixture has it.
struct CallCase: Sendable {
  var function: Located<String>
  /// A mapping from parameters to values, or a list in their order.
  var arguments: YAMLNode?
  /// The type of the program that makes the call; `nil` leaves it to the function's parameters.
  var type: Located<BPFProgramType>?
  /// What the function returns.
  var returns: YAMLNode?
  /// What is in the memory behind its pointers after it.
  var argumentsOut: YAMLNode?

  /// Reads `call: { function: …, args: … }`, or the bare name of a function without parameters.
  static func read(_ node: YAMLNode, _ complaints: Complaints) -> CallCase? {
    if node.entries == nil, let name = node.text { return CallCase(function: Located(name, node.position)) }
    guard let fields = Fields(node, of: "`call`", known: ["function", "args", "type"], complaints) else { return nil }
    guard let function = fields.text("function") else {
      complaints.add(node.position, "`call` needs a `function:`")
      return nil
    }
    var call = CallCase(function: function, arguments: fields["args"])
    if let name = fields.text("type") {
      switch name.value {
      case "xdp": call.type = Located(.xdp, name.position)
      case "tc", "sched_cls": call.type = Located(.schedCLS, name.position)
      default:
        complaints.add(
          name.position, "`\(name.value)` programs can't make the call", hint: "a function is called by `xdp` or `tc`")
      }
    }
    return call
  }
}

extension CallCase {
  /// How the call hands over its arguments; `nil` after a complaint of what doesn't fit the function.
  func bind(to function: CallableFunction, fallback: BPFProgramType, _ complaints: Complaints) -> CallBinding? {
    guard let given = given(to: function, complaints) else { return nil }
    let binding: CallBinding
    do throws(CallError) {
      binding = try CallBinding(
        function, arguments: given.map { ($0.name, $0.value.argument) }, type: type?.value, fallback: fallback)
    } catch {
      complaints.add(position(of: error.fault, given), error.message, hint: error.hint)
      return nil
    }
    if let returns, let lost = function.lostResult { complaints.add(returns.position, lost.message, hint: lost.hint) }
    return binding
  }

  private typealias Given = (name: String, value: YAMLNode, position: Position)

  /// The given arguments by name; `nil` after a complaint.
  private func given(to function: CallableFunction, _ complaints: Complaints) -> [Given]? {
    guard let node = arguments else { return [] }
    let names = function.parameters.map(\.name)
    if let items = node.items {
      guard items.count <= names.count else {
        complaints.add(
          node.position, "\(items.count) arguments for `\(function.name)`, which takes \(names.count)")
        return nil
      }
      return zip(names, items).map { ($0, $1, $1.position) }
    }
    guard let entries = node.entries else {
      complaints.add(node.position, "`args` is a mapping from parameters to values, or a list of values")
      return nil
    }
    return entries.map { ($0.key.label, $0.value, $0.key.position) }
  }

  private func position(of fault: CallError.Fault, _ given: [Given]) -> Position {
    switch fault {
    case .type: type?.position ?? function.position
    case .parameter(let name): given.first { $0.name == name }?.position ?? function.position
    case .function, .object: function.position
    }
  }
}

extension YAMLNode {
  fileprivate var argument: CallBinding.Argument {
    if isWord("packet") { return .packet }
    if isWord("packet_end") { return .packetEnd }
    return isNull ? .null : .value
  }
}
