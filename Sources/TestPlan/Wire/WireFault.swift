/// A payload that is none: what is wrong, and where.
public struct WireFault: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Problem: Hashable, Sendable {
    /// There are fewer bytes than what begins here takes.
    case endsTooEarly
    /// A count of elements or bytes that the rest of the payload can't hold.
    case tooMany(UInt64)
    /// A number beyond what its field holds.
    case doesNotFit
    /// Neither 0 nor 1.
    case notABoolean(UInt8)
    /// A case of an enumeration that isn't known here.
    case unknownCase(UInt8, of: String)
    /// An element "as the one before" where there is none before.
    case repeatsNothing
    /// A dictionary with the same key twice.
    case repeatsAKey
    /// Values in values beyond `WireReader.maximumDepth`.
    case tooDeep
    /// So many bytes after the end of the message.
    case tooLong(Int)
  }

  public var problem: Problem
  /// Bytes from the start of the payload.
  public var offset: Int

  public var description: String {
    let what =
      switch problem {
      case .endsTooEarly: "ends too early"
      case .tooMany(let count): "\(count) of something are announced, more than the rest can hold"
      case .doesNotFit: "a number doesn't fit its field"
      case .notABoolean(let byte): "\(byte) is neither true nor false"
      case .unknownCase(let tag, let type): "there is no case \(tag) of \(type)"
      case .repeatsNothing: "something is as the one before, but it is the first"
      case .repeatsAKey: "a key comes twice"
      case .tooDeep: "nested too deeply"
      case .tooLong(let count): "\(count) bytes too many"
      }
    return "a message is wrong at byte \(offset): \(what)"
  }
}
