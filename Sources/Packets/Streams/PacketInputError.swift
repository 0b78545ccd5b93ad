/// Input that isn't a packet or a capture: where, and what is wrong.
public struct PacketInputError: Error, Hashable, CustomStringConvertible, Sendable {
  /// The file and the line or frame in it; `nil` when there is only one place that it can be.
  public var place: String?
  /// What is wrong, with the column where there is one.
  public var message: String

  init(_ message: String, at place: String? = nil) {
    self.place = place
    self.message = message
  }

  /// The place and the message.
  public var description: String { place.map { "\($0): \(message)" } ?? message }
}
