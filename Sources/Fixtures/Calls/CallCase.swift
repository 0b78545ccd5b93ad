import BPF

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

/// A packet for functions that don't look at one: 64 bytes of the EtherType for experiments, 0x88b5 (IEEE 802).
let anyPacket = [UInt8](repeating: 0, count: 12) + [0x88, 0xb5] + [UInt8](repeating: 0, count: 50)
