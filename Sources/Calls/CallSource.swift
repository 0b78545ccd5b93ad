import BPF

/// The C that calls functions one at a time.
package struct CallSource {
  /// The section of the globals that arguments and results lie in.
  package static let section = ".data.calls"
  /// Stands for an argument that isn't given, in a fixture that has calls made; nobody can write it in YAML.
  package static let notGiven = "\u{0}"

  /// What comes before the entry programs: the author's source, or declarations of what is linked with them.
  let prelude: String

  /// What a message calls a global of `section`: `return`, or `args.NAME`.
  package static func label(_ global: String) -> String {
    // The number in front has no underscores.
    global.firstRange(of: "__").map { "args.\(global[$0.upperBound...])" } ?? "return"
  }

  /// A program text with an entry program for each binding.
  func text(_ entries: [CallEntry]) -> String {
    // The attribute is spelled out, since the prelude needn't have included bpf_helpers.h.
    let place = "__attribute__((section(\"\(Self.section)\"), used))"
    var text = prelude
    if entries.contains(where: { $0.binding.type == .xdp }) {
      text += "enum xdp_action bpftest_xdp_action \(place);\n"
    }
    for entry in entries {
      for parameter in entry.binding.parameters {
        let global = entry.argument(parameter.name)
        switch parameter.source {
        case .value(let declaration): text += "\(declaration) \(global) \(place);\n"
        case .memory(let declaration, let count):
          text += "\(declaration) \(global)\(count == 1 ? "" : "[\(count)]") \(place);\n"
        case .context, .packet, .packetEnd, .null: break
        }
      }
      if let returns = entry.binding.returns { text += "\(returns) \(entry.result) \(place);\n" }
      text += program(entry)
    }
    return text
  }

  private func program(_ entry: CallEntry) -> String {
    let binding = entry.binding
    let arguments = binding.parameters.map { parameter -> String in
      switch parameter.source {
      case .value: entry.argument(parameter.name)
      case .memory(_, let count): (count == 1 ? "&" : "") + entry.argument(parameter.name)
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
      __attribute__((section("\(section)"), used)) int \(entry.program)(\(context) *ctx)
      {
      \t\(binding.returns == nil ? call : "\(entry.result) = \(cast)\(call)");
      \treturn \(verdict);
      }

      """
  }
}

/// A generated program that makes calls of one binding, and its globals.
///
/// Its number, from 1, keeps names apart: a function and a parameter may be called anything, also alike.
package struct CallEntry: Sendable {
  package let number: Int
  package let binding: CallBinding

  package init(number: Int, _ binding: CallBinding) {
    self.number = number
    self.binding = binding
  }

  /// The program's name.
  package var program: String { "bpftest_call\(number)_\(binding.function)" }
  /// The global that an argument, or what it points to, lies in.
  package func argument(_ parameter: String) -> String { "bpftest_argument\(number)__\(parameter)" }
  /// The global that the result lies in.
  package var result: String { "bpftest_result\(number)" }
}

/// A packet for functions that don't look at one: 64 bytes of the EtherType for experiments, 0x88b5 (IEEE 802).
package let anyPacket = [UInt8](repeating: 0, count: 12) + [0x88, 0xb5] + [UInt8](repeating: 0, count: 50)
