import BPF

/// How one call hands over its arguments. Calls that agree in it share an entry program.
struct CallBinding: Hashable {
  /// Where an argument comes from.
  enum Source: Hashable {
    /// A global that the fixture sets.
    case value(declaration: String)
    /// The address of a global that the fixture sets.
    case memory(declaration: String, count: Int)
    /// The program's own context.
    case context
    /// The packet's first byte, and the one behind its last.
    case packet, packetEnd
    case null
  }

  struct Parameter: Hashable {
    var name: String
    var source: Source
  }

  var function: String
  var type: BPFProgramType
  var parameters: [Parameter]
  /// How C writes the type of what is returned; `nil` for `void`.
  var returns: String?

  /// Bytes behind a pointer whose type doesn't say how many: `void *`, `char *`, `__u8 *`.
  static let bufferSize = 256
  /// The type that an address comes back as.
  static let address = "unsigned long long"
  /// Names of the contexts that programs of these types get (include/uapi/linux/bpf.h).
  private static let contexts: [String: BPFProgramType] = ["xdp_md": .xdp, "__sk_buff": .schedCLS]

  /// Binds a call to a function's declaration, complaining of what doesn't fit it.
  ///
  /// - Parameter fallback: the type of the entry program when neither fixture nor parameters say.
  init?(_ call: CallCase, _ function: CallableFunction, fallback: BPFProgramType, _ complaints: Complaints) {
    guard let prototype = function.type.prototype else { return nil }
    let declared = prototype.parameters
    let position = call.function.position
    guard let given = Self.arguments(call, declared.map(\.name), complaints) else { return nil }
    let contexts = declared.compactMap { Self.context($0.type) }
    if let type = call.type, let context = contexts.first, context != type.value {
      complaints.add(
        type.position,
        "`\(call.function.value)` takes the context of \(context) programs, and not of \(type.value) ones")
      return nil
    }
    self.function = call.function.value
    self.type = contexts.first ?? call.type?.value ?? fallback
    self.parameters = []
    for (name, type) in declared {
      guard let source = Self.source(type, given[name], self.type) else {
        complaints.add(
          given[name]?.position ?? position,
          "the parameter `\(name)` of `\(self.function)`, \(type.declaration), can't be given a value",
          hint: "numbers, enums, pointers to named types, the packet and the context can")
        return nil
      }
      parameters.append(Parameter(name: name, source: source))
    }
    if case .void = prototype.returns.resolved.kind {
      returns = nil
    } else if let declaration = Self.declaration(prototype.returns) {
      returns = declaration
    } else {
      // A pointer that comes back is a number to look at.
      returns = Self.address
    }
    if returns == nil, let node = call.returns {
      complaints.add(node.position, "`\(self.function)` returns nothing")
    }
    if returns != nil, !function.hasResult {
      returns = nil
      if let node = call.returns {
        complaints.add(
          node.position, "clang has left out what `\(self.function)` returns, since nothing in the object looks at it",
          hint: "name the .bpf.c in `object:`")
      }
    }
  }

  /// The given arguments by name; `nil` after a complaint.
  private static func arguments(
    _ call: CallCase, _ names: [String], _ complaints: Complaints
  ) -> [String: YAMLNode]? {
    guard let node = call.arguments else { return [:] }
    let what = "`\(call.function.value)`"
    if let items = node.items {
      guard items.count <= names.count else {
        complaints.add(node.position, "\(items.count) arguments for \(what), which takes \(names.count)")
        return nil
      }
      return Dictionary(zip(names, items), uniquingKeysWith: { first, _ in first })
    }
    guard let entries = node.entries else {
      complaints.add(node.position, "`args` is a mapping from parameters to values, or a list of values")
      return nil
    }
    var given: [String: YAMLNode] = [:]
    for entry in entries {
      guard names.contains(entry.key.label) else {
        complaints.add(
          entry.key.position, "\(what) has no parameter `\(entry.key.label)`",
          hint: suggestion(for: entry.key.label, among: names))
        return nil
      }
      given[entry.key.label] = entry.value
    }
    return given
  }

  private static func context(_ type: BTFType) -> BPFProgramType? {
    guard case .pointer(let target) = type.resolved.kind, let pointee = type.btf.type(target)?.resolved else {
      return nil
    }
    return contexts[pointee.name]
  }

  private static func source(_ type: BTFType, _ given: YAMLNode?, _ program: BPFProgramType) -> Source? {
    guard case .pointer(let target) = type.resolved.kind else {
      return declaration(type).map { .value(declaration: $0) }
    }
    if context(type) == program { return .context }
    if let given {
      if given.isWord("packet") { return .packet }
      if given.isWord("packet_end") { return .packetEnd }
      if given.isNull { return .null }
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
