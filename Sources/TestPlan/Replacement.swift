/// A program of type ext (`freplace`), and the function that it is to stand in the place of. The program that has the
/// function is loaded first.
public struct Replacement: Hashable, Sendable {
  /// By the name of its C function.
  public var program: String
  /// The program whose function is replaced, itself or by one of the functions that it calls.
  public var target: String
  public var function: String

  public init(program: String, target: String, function: String) {
    self.program = program
    self.target = target
    self.function = function
  }
}

extension Replacement: WireValue {
  init(from wire: inout WireReader) {
    program = wire.read()
    target = wire.read()
    function = wire.read()
  }

  func write(to wire: inout WireWriter) {
    wire.write(program)
    wire.write(target)
    wire.write(function)
  }
}
