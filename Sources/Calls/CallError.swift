/// Why a function can't be called alone.
package struct CallError: Error, CustomStringConvertible {
  /// What of a call is at fault.
  package enum Fault: Sendable {
    /// The object that should have the function.
    case object
    case function
    case parameter(String)
    /// The type of the program that should make the call.
    case type
  }

  package var fault: Fault
  package var message: String
  /// What to do about it.
  package var hint: String?

  init(_ fault: Fault, _ message: String, hint: String? = nil) {
    self.fault = fault
    self.message = message
    self.hint = hint
  }

  /// What helps against an object that has lost what its source says.
  static let nameTheSource = "name the .bpf.c instead of the object"

  static func isProgram(_ name: String) -> CallError {
    CallError(
      .function, "`\(name)` is a program, which nothing can call", hint: "a test runs it: `program: \(name)` in YAML")
  }

  package var description: String { hint.map { "\(message): \($0)" } ?? message }
}
