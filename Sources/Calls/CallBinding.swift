import BPF

/// How one call hands over its arguments. Calls that agree in it share an entry program.
package struct CallBinding: Hashable, Sendable {
  /// What a call gives for a parameter.
  package enum Argument: Hashable, Sendable {
    /// A value: of a pointer, what it points to.
    case value
    /// For a pointer: the packet's first byte, the one behind its last, nowhere.
    case packet, packetEnd, null
  }

  /// Where an argument comes from.
  package enum Source: Hashable, Sendable {
    /// A global that the test sets.
    case value(declaration: String)
    /// The address of a global that the test sets.
    case memory(declaration: String, count: Int)
    /// The program's own context.
    case context
    /// The packet's first byte, and the one behind its last.
    case packet, packetEnd
    case null
  }

  package struct Parameter: Hashable, Sendable {
    package var name: String
    package var source: Source

    /// Whether it is a global, or points to one.
    package var isGlobal: Bool {
      switch source {
      case .value, .memory: true
      case .context, .packet, .packetEnd, .null: false
      }
    }

    /// Whether it points to a global.
    package var isMemory: Bool { if case .memory = source { true } else { false } }
  }

  package var function: String
  package var type: BPFProgramType
  package var parameters: [Parameter]
  /// How C writes the type of what is returned; `nil` for `void`, and where it isn't there.
  package var returns: String?

  /// Bytes behind a pointer whose type doesn't say how many: `void *`, `char *`, `__u8 *`.
  static let bufferSize = 256
  /// The type that an address comes back as.
  static let address = "unsigned long long"
  /// Names of the contexts that programs of these types get (include/uapi/linux/bpf.h).
  private static let contexts: [String: BPFProgramType] = ["xdp_md": .xdp, "__sk_buff": .schedCLS]

  /// Binds a call to a function's declaration. Throws what doesn't fit it.
  ///
  /// - Parameters:
  ///   - arguments: by parameter; those that are left out are zero.
  ///   - type: of the entry program; `nil` leaves it to the parameters.
  ///   - fallback: the type of the entry program when neither `type` nor the parameters say.
  package init(
    _ function: CallableFunction, arguments: [(name: String, argument: Argument)], type: BPFProgramType?,
    fallback: BPFProgramType
  ) throws(CallError) {
    let declared = function.parameters
    let name = function.name
    if let unknown = arguments.first(where: { argument in !declared.contains { $0.name == argument.name } }) {
      throw CallError(
        .parameter(unknown.name), "`\(name)` has no parameter `\(unknown.name)`",
        hint: suggestion(for: unknown.name, among: declared.map(\.name)))
    }
    let contexts = declared.compactMap { Self.context($0.type) }
    if let type, let context = contexts.first, context != type {
      throw CallError(.type, "`\(name)` takes the context of \(context) programs, and not of \(type) ones")
    }
    self.function = name
    self.type = contexts.first ?? type ?? fallback
    self.parameters = []
    for (name, type) in declared {
      let given = arguments.first { $0.name == name }?.argument
      if given != nil, Self.context(type) == self.type {
        throw CallError(
          .parameter(name), "`\(name)` of `\(function.name)` is the context of the program that makes the call",
          hint: "the run's own `context` sets its fields")
      }
      guard let source = Self.source(type, given, self.type) else {
        throw CallError(
          .parameter(name),
          "the parameter `\(name)` of `\(function.name)`, \(type.declaration), can't be given a value",
          hint: "numbers, enums, pointers to named types, the packet and the context can")
      }
      parameters.append(Parameter(name: name, source: source))
    }
    // A pointer that comes back is a number to look at.
    if function.lostResult == nil { returns = Self.declaration(function.returns) ?? Self.address }
  }

  private static func context(_ type: BTFType) -> BPFProgramType? {
    guard case .pointer(let target) = type.resolved.kind, let pointee = type.btf.type(target)?.resolved else {
      return nil
    }
    return contexts[pointee.name]
  }

  private static func source(_ type: BTFType, _ given: Argument?, _ program: BPFProgramType) -> Source? {
    guard case .pointer(let target) = type.resolved.kind else {
      return declaration(type).map { .value(declaration: $0) }
    }
    if context(type) == program { return .context }
    switch given {
    case .packet: return .packet
    case .packetEnd: return .packetEnd
    case .null: return .null
    case .value, nil: break
    }
    guard target != 0, let pointee = type.btf.type(target) else {
      return .memory(declaration: "unsigned char", count: bufferSize)
    }
    if case .void = pointee.resolved.kind { return .memory(declaration: "unsigned char", count: bufferSize) }
    guard let declaration = declaration(pointee), pointee.size > 0 else { return nil }
    return .memory(declaration: declaration, count: pointee.size == 1 ? bufferSize : 1)
  }

  /// How C writes a type that can stand before a name; `nil` for pointers, arrays, functions and what has no name.
  private static func declaration(_ type: BTFType) -> String? {
    let text = type.declaration
    guard !text.isEmpty, !text.contains("…"), !text.contains("*"), !text.contains("[") else { return nil }
    switch type.resolved.kind {
    case .integer, .enumeration, .structure, .union: return text
    default: return nil
    }
  }
}
