import BPF
import Calls

/// What a call of a function gave.
public struct CallResult: Sendable {
  let function: String
  let value: BTFValue?
  let lost: CallError?
  let memory: [String: BTFValue]
  /// The run of the program that made the call: the packet as the function left it, the time it took.
  public let run: RunResult

  /// What the function returned: a number, an enumerator's name, a struct; of a pointer the address.
  ///
  /// Throws when it returns nothing, or when clang has left out what it returns.
  public var returned: BTFValue {
    get throws {
      if let value { return value }
      throw BPFError(
        .badArgument, operation: "the result of `\(function)`", detail: lost?.description ?? "it returns nothing")
    }
  }

  /// What is in the memory that a parameter points to, after the call. Throws with the nearest known name.
  public subscript(_ parameter: String) -> BTFValue {
    get throws {
      guard let value = memory[parameter] else {
        throw BPFError.unknown(
          "parameter that points to memory", parameter, in: "function `\(function)`", among: memory.keys)
      }
      return value
    }
  }
}
