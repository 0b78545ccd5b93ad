import BPF

/// A program of an object: a handle that may be copied and cross threads.
public struct BPFProgram: Sendable {
  /// The object that it belongs to.
  public let object: BPFObject
  /// The name of its C function.
  public let name: String

  /// A handle to a program that a skeleton knows the object to have. Using it throws when the object hasn't.
  public init(_ name: String, of object: BPFObject) {
    self.object = object
    self.name = name
  }

  func withCore<T: Sendable>(_ operation: String, _ body: (BPF.BPFProgram) throws -> T) throws -> T {
    let place = try object.programPlaces[name]
    return try object.withOpen("\(operation) of program `\(name)`") { try body($0.programs[place]) }
  }

  /// Its type, as its section or `setType` says.
  public var type: BPFProgramType { get throws { try withCore("type") { $0.type } } }

  /// The ELF section that it stands in: `xdp`, `kprobe/do_unlinkat`.
  public var section: String { get throws { try withCore("section") { $0.section } } }

  /// Sets the type before load, for a section that libbpf can't read.
  public func setType(_ type: BPFProgramType) throws { try withCore("type") { try $0.setType(type) } }

  /// Says before load what a tracing or LSM program attaches to whose section doesn't (`SEC("fentry")`): a function, hook or
  /// tracepoint of the kernel. Throws where the kernel has none of that name.
  public func setAttachTarget(_ name: String) throws { try withCore("attach target") { try $0.setAttachTarget(name) } }

  /// Whether loading the object loads it.
  public var autoload: Bool { get throws { try withCore("autoload") { $0.autoload } } }

  /// Sets, before load, whether loading the object loads it.
  public func setAutoload(_ on: Bool) throws { try withCore("autoload") { try $0.setAutoload(on) } }

  /// Instructions that the verifier went through; 0 where the kernel (before 5.16) doesn't say.
  public var verifiedInstructions: Int {
    get throws { try withCore("verified instructions") { Int($0.verifiedInstructions) } }
  }
}

/// The programs of an object, by name.
public struct BPFPrograms: Sendable, Sequence {
  let object: BPFObject

  /// The program of that C function; throws with the nearest known name.
  public subscript(_ name: String) -> BPFProgram {
    get throws {
      _ = try object.programPlaces[name]
      return BPFProgram(name, of: object)
    }
  }

  /// Their names, in the object's order.
  public var names: [String] { object.programPlaces.names }

  public func makeIterator() -> IndexingIterator<[BPFProgram]> {
    names.map { BPFProgram($0, of: object) }.makeIterator()
  }
}

extension BPFObject {
  /// The object's programs: `try object.programs["xdp_firewall"]`.
  public var programs: BPFPrograms { BPFPrograms(object: self) }
}
