import BPF

/// The C that calls functions one at a time.
package struct CallSource {
  /// The section of the globals that arguments and results lie in.
  package static let section = ".data.calls"

  /// What comes before the entry programs: the author's source, or declarations of what is linked with them.
  let prelude: String

  /// The name of the entry program of the binding of that number among those of its function.
  package static func entry(_ binding: CallBinding, _ number: Int) -> String {
    number == 0 ? "call_\(binding.function)" : "call_\(binding.function)_\(number + 1)"
  }

  package static func global(_ entry: String, _ parameter: String) -> String { "\(entry)__\(parameter)" }
  package static func result(_ entry: String) -> String { "\(entry)__return" }

  /// What a message calls a global of `section`: `return`, or `args.NAME`.
  package static func label(_ global: String) -> String {
    guard let mark = global.firstRange(of: "__") else { return global }
    let name = global[mark.upperBound...]
    return name == "return" ? "return" : "args.\(name)"
  }

  /// A program text with an entry program for each binding.
  func entries(_ bindings: [(name: String, binding: CallBinding)]) -> String {
    // The attribute is spelled out, since the prelude needn't have included bpf_helpers.h.
    let place = "__attribute__((section(\"\(Self.section)\"), used))"
    var text = prelude
    if bindings.contains(where: { $0.binding.type == .xdp }) {
      text += "enum xdp_action bpftest_xdp_action \(place);\n"
    }
    for (name, binding) in bindings {
      for parameter in binding.parameters {
        switch parameter.source {
        case .value(let declaration): text += "\(declaration) \(Self.global(name, parameter.name)) \(place);\n"
        case .memory(let declaration, let count):
          text += "\(declaration) \(Self.global(name, parameter.name))\(count == 1 ? "" : "[\(count)]") \(place);\n"
        case .context, .packet, .packetEnd, .null: break
        }
      }
      if let returns = binding.returns { text += "\(returns) \(Self.result(name)) \(place);\n" }
      text += program(name, binding)
    }
    return text
  }

  private func program(_ name: String, _ binding: CallBinding) -> String {
    let arguments = binding.parameters.map { parameter -> String in
      switch parameter.source {
      case .value: Self.global(name, parameter.name)
      case .memory(_, let count): (count == 1 ? "&" : "") + Self.global(name, parameter.name)
      case .context: "ctx"
      case .packet: "(void *)(long)ctx->data"
      case .packetEnd: "(void *)(long)ctx->data_end"
      case .null: "(void *)0"
      }
    }
    let call = "\(binding.function)(\(arguments.joined(separator: ", ")))"
    let cast = binding.returns == CallBinding.address ? "(\(CallBinding.address))" : ""
    let (section, context, verdict) =
      binding.type == .xdp ? ("xdp", "struct xdp_md", 2) : ("tc", "struct __sk_buff", 0)  // XDP_PASS, TC_ACT_OK
    return """
      __attribute__((section("\(section)"), used)) int \(name)(\(context) *ctx)
      {
      \t\(binding.returns == nil ? call : "\(Self.result(name)) = \(cast)\(call)");
      \treturn \(verdict);
      }

      """
  }
}

/// A packet for functions that don't look at one: 64 bytes of the EtherType for experiments, 0x88b5 (IEEE 802).
package let anyPacket = [UInt8](repeating: 0, count: 12) + [0x88, 0xb5] + [UInt8](repeating: 0, count: 50)
