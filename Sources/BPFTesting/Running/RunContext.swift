import BPF

/// The context that a program is run with: fields by name, arguments, or bytes in the layout of user space.
///
/// `["ingress_ifindex": 1]` sets a field of the type's context, which is zero otherwise, but for `data_end` of XDP; `[1, 2]` are the arguments of a raw
/// tracepoint. Typed contexts are `RunContext(SKBuffContext(mark: 7))` and the like.
public struct RunContext: Sendable, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
  private enum Content {
    case fields(BTFValue)
    case bytes([UInt8])
  }
  private let content: Content

  /// Fields by the names of linux/bpf.h: numbers in host order, constants by name, addresses in their usual notation.
  public init(dictionaryLiteral fields: (String, BTFValue)...) {
    content = .fields(.fields(fields.map { BTFValue.Field($0.0, $0.1) }))
  }

  /// Arguments in 64-bit words.
  public init(arrayLiteral arguments: UInt64...) { self.init(RawTracepointArguments(arguments)) }

  /// Bytes as the program type wants them.
  public init(bytes: [UInt8]) { content = .bytes(bytes) }

  /// The memory of a value, such as the C struct that a program of type syscall takes.
  public init<Value: BitwiseCopyable>(_ value: Value) { content = .bytes(Layout.bytes(of: value)) }

  public init(_ context: XDPContext) { content = .bytes(context.bytes) }
  public init(_ context: SKBuffContext) { content = .bytes(context.bytes) }
  public init(_ context: SKLookupContext) { content = .bytes(context.bytes) }
  public init(_ context: NetfilterContext) { content = .bytes(context.bytes) }
  public init(_ keys: FlowKeys) { content = .bytes(keys.bytes) }
  public init(_ arguments: RawTracepointArguments) { content = .bytes(arguments.bytes) }

  /// The bytes for a program type and a packet of so many bytes.
  func bytes(for type: BPFProgramType, packet length: Int) throws -> [UInt8] {
    switch content {
    case .bytes(let bytes): return bytes
    case .fields(let fields):
      guard let layout = ContextLayout.of(type) else {
        throw BPFError(
          .badArgument, operation: "context of a \(type) program", detail: "its fields have no names here; give bytes")
      }
      do {
        var bytes = try BTFCodec.encode(fields, as: layout.type)
        // It must be the length of the data given (net/bpf/test_run.c: bpf_prog_test_run_xdp).
        if type == .xdp, fields["data_end"] == nil {
          try BTFCodec.write(["data_end": .integer(Int128(length))], as: layout.type, to: &bytes, at: 0)
        }
        return bytes
      } catch {
        throw BPFError(.badArgument, operation: "context of a \(type) program", detail: "\(error)")
      }
    }
  }
}
