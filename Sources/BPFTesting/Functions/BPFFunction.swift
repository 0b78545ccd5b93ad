import BPF
import Calls
import Compiling
import Synchronization

/// One function of a program, called alone by a program that is generated around it.
///
///     let decide = try await BPFFunction("decide", compiling: "limits.bpf.c")
///     #expect(try decide.call(["rate": 10, "burst": 20, "seen": 11]).returned == 1)
///
/// Its parameters may be numbers, enums, structs behind pointers, the packet and the program's context.
public final class BPFFunction: Sendable {
  /// Where a pointer leads that leads to no value of the test's.
  public enum Pointer: Hashable, Sendable {
    /// To the packet's first byte.
    case packet
    /// Behind the packet's last byte.
    case packetEnd
    case null
  }

  /// The name of the C function.
  public let name: String
  /// The object that it runs in, whose maps and globals it sees. Nothing of it is loaded but the program that makes the
  /// calls; the first call loads it, if nobody has before.
  public let object: BPFObject
  private let lostResult: CallError?
  private let entry: CallEntry
  /// Arguments and results lie in globals: calls take turns.
  private let turn = Mutex(())

  /// Takes any function of a C program, static and inlined ones too.
  ///
  /// Paths are found, and programs compiled, as those of `BPFObject(compiling:)` are.
  ///
  /// - Parameters:
  ///   - pointers: parameters that are to point into the packet, or nowhere.
  ///   - type: of the program that makes the calls: `.xdp` or `.schedCLS`. By default that whose context the function
  ///     takes, or that of the programs around it.
  public convenience init(
    _ name: String, compiling path: String, cflags: [String] = [], mcpu: String? = nil,
    pointers: [String: Pointer] = [:], type: BPFProgramType? = nil, kconfig: String? = nil,
    relativeTo source: StaticString = #filePath
  ) async throws {
    var program = try BPFObject.program(path, cflags, mcpu, besides: "\(source)")
    let object = try await BPFObject.compiler.compile(program, forOldKernels: !KernelProbes.hasFetchingAtomics)
    program.mcpu = object.mcpu ?? program.mcpu
    try await self.init(
      name, of: SourceCalls(source: program, object: object, compiler: BPFObject.compiler), pointers, type, kconfig)
  }

  /// Takes a function of a compiled object that is still there as its BTF describes it.
  ///
  /// A relative path is looked for beside the calling source file, then in the current folder.
  public convenience init(
    _ name: String, contentsOf path: String, pointers: [String: Pointer] = [:], type: BPFProgramType? = nil,
    kconfig: String? = nil, relativeTo source: StaticString = #filePath
  ) async throws {
    let found = try BPFObject.find(path, besides: "\(source)")
    try await self.init(name, ofObject: BPFObject.read(found), at: found, pointers, type, kconfig)
  }

  /// Takes a function of the object embedded in a skeleton, as of a compiled object file.
  public convenience init<Skeleton: BPFSkeleton>(
    _ name: String, of skeleton: Skeleton.Type, pointers: [String: Pointer] = [:], type: BPFProgramType? = nil,
    kconfig: String? = nil
  ) async throws {
    try await self.init(name, ofObject: Skeleton.bytes, at: Skeleton.sourceName, pointers, type, kconfig)
  }

  private convenience init(
    _ name: String, ofObject bytes: [UInt8], at path: String, _ pointers: [String: Pointer], _ type: BPFProgramType?,
    _ kconfig: String?
  ) async throws {
    let object = CompiledObject(bytes: bytes, compiler: nil, mcpu: nil)
    let target: ObjectCalls
    do throws(CallError) {
      target = try ObjectCalls(source: ProgramSource(path: path), object: object, compiler: BPFObject.compiler)
    } catch {
      throw error.asBPFError(name)
    }
    try await self.init(name, of: target, pointers, type, kconfig)
  }

  private init(
    _ name: String, of target: some CallTarget, _ pointers: [String: Pointer], _ type: BPFProgramType?,
    _ kconfig: String?
  ) async throws {
    if let type, type != .xdp, type != .schedCLS {
      throw BPFError(
        .badArgument, operation: "calling `\(name)`",
        detail: "\(type) programs can't make the call; a function is called by xdp or sched_cls")
    }
    let function: CallableFunction
    let binding: CallBinding
    do {
      function = try await target.function(name)
      binding = try CallBinding(
        function, arguments: pointers.sorted { $0.key < $1.key }.map { ($0.key, $0.value.argument) }, type: type,
        fallback: target.defaultType)
    } catch let error as CallError {
      throw error.asBPFError(name)
    }
    for (parameter, _) in pointers where binding.parameters.contains(where: { $0.name == parameter && $0.isGlobal }) {
      throw BPFError(
        .badArgument, operation: "calling `\(name)`", detail: "its parameter `\(parameter)` is no pointer")
    }
    self.name = name
    self.lostResult = function.lostResult
    self.entry = CallEntry(number: 1, binding)
    let linked = try await target.object(with: [entry])
    self.object = try BPFObject(
      bytes: linked.bytes.array, name: BPFObject.lastName(target.source.path), programs: [entry.program],
      kconfig: kconfig)
  }

  /// Calls the function. What `arguments` leaves out is zero, whatever an earlier call has left there.
  ///
  /// - Parameters:
  ///   - arguments: values by parameter; for a pointer, what it points to.
  ///   - packet: for functions that look at one; by default 64 bytes of the EtherType for experiments.
  public func call(
    _ arguments: [String: BTFValue] = [:], packet: [UInt8]? = nil, context: RunContext? = nil,
    options: RunOptions = RunOptions()
  ) throws -> CallResult {
    let globals = entry.binding.parameters.filter(\.isGlobal)
    for given in arguments.keys.sorted() where !globals.contains(where: { $0.name == given }) {
      throw BPFError.unknown(
        "parameter that takes a value", given, in: "function `\(name)`", among: globals.map(\.name))
    }
    return try turn.withLock { _ throws in
      for parameter in globals {
        let global = try object.globals[entry.argument(parameter.name)]
        try global.replace(with: arguments[parameter.name], as: "argument `\(parameter.name)` of `\(name)`")
      }
      if !object.isLoaded { try object.load() }
      let run = try object.programs[entry.program].testRun(packet ?? anyPacket, context: context, options: options)
      var memory: [String: BTFValue] = [:]
      for parameter in globals where parameter.isMemory {
        memory[parameter.name] = try object.globals[entry.argument(parameter.name)].value
      }
      let value = entry.binding.returns == nil ? nil : try object.globals[entry.result].value
      return CallResult(function: name, value: value, lost: lostResult, memory: memory, run: run)
    }
  }

  /// Calls the function with a packet: `call(packet: Ether()/IPv4(src: "10.0.0.1"))`.
  public func call(
    _ arguments: [String: BTFValue] = [:], packet: some PacketPart, context: RunContext? = nil,
    options: RunOptions = RunOptions()
  ) throws -> CallResult {
    try call(arguments, packet: packet.packet.build(), context: context, options: options)
  }

  /// Calls the function with a packet in Scapy's syntax.
  public func call(
    _ arguments: [String: BTFValue] = [:], packet expression: String, context: RunContext? = nil,
    options: RunOptions = RunOptions()
  ) throws -> CallResult {
    try call(arguments, packet: Packet(expression: expression).build(), context: context, options: options)
  }
}

extension BPFFunction.Pointer {
  fileprivate var argument: CallBinding.Argument {
    switch self {
    case .packet: .packet
    case .packetEnd: .packetEnd
    case .null: .null
    }
  }
}

extension CallError {
  fileprivate func asBPFError(_ function: String) -> BPFError {
    BPFError(.badArgument, operation: "calling `\(function)`", detail: description)
  }
}
