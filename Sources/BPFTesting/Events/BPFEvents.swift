import BPF
import Housekeeping
import Synchronization

/// Records that programs send through a ring buffer or a perf event array, each awaited with a limit:
/// `for try await event in try map.events(as: Event.self, within: .seconds(2)) { … }`.
///
/// The sequence ends when none has come within the limit since the one before. Records of a perf event array exist only
/// while there is a reader: make the sequence before what makes the program send.
public struct BPFEvents<Element: Sendable>: AsyncSequence, Sendable {
  private let reader: SharedReader
  private let limit: Duration
  private let decode: @Sendable (BPFEvent) throws -> Element

  init(_ reader: SharedReader, within limit: Duration, _ decode: @escaping @Sendable (BPFEvent) throws -> Element) {
    self.reader = reader
    self.limit = limit
    self.decode = decode
  }

  /// Awaits one record after the other.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let events: BPFEvents

    /// The next record; `nil` when none has come within the limit, or the task is cancelled.
    public mutating func next() async throws -> Element? {
      guard let event = try await events.reader.next(within: events.limit) else { return nil }
      return try events.decode(event)
    }
  }

  public func makeAsyncIterator() -> Iterator { Iterator(events: self) }

  /// The next record; throws when none comes within the limit.
  public func first() async throws -> Element {
    try await next(1)[0]
  }

  /// So many records; throws when one of them doesn't come within the limit, with how many did.
  public func next(_ count: Int) async throws -> [Element] {
    var elements: [Element] = []
    var iterator = makeAsyncIterator()
    while elements.count < count {
      guard let element = try await iterator.next() else {
        try Task.checkCancellation()
        throw BPFEventError(map: reader.name, expected: count, seen: elements.count, limit: limit)
      }
      elements.append(element)
    }
    return elements
  }

  /// The records that there are now, without waiting for more.
  public func pending() throws -> [Element] { try reader.pending().map(decode) }

  /// Records that the kernel dropped because a perf event array's buffer was full.
  public var lost: Int { reader.lost }
}

/// Fewer records than were waited for.
public struct BPFEventError: Error, Hashable, Sendable, CustomStringConvertible {
  public let map: String
  public let expected: Int
  public let seen: Int
  /// How long each was waited for.
  public let limit: Duration

  public var description: String {
    "map `\(map)`: \(seen) of \(expected) records came; the next one didn't within \(limit)"
  }
}

/// A reader that tasks take turns with.
final class SharedReader: Sendable {
  let name: String
  private let reader: Mutex<Held>

  /// Used under the lock only.
  struct Held: @unchecked Sendable {
    let reader: EventReader
  }

  init(_ held: Held) {
    name = held.reader.map.name
    reader = Mutex(held)
  }

  var lost: Int { reader.withLock { Int(clamping: $0.reader.lost) } }

  func pending() throws -> [BPFEvent] { try reader.withLock { held throws in try held.reader.drain() } }

  /// Waits on a thread of its own, in which the kernel wakes it.
  func next(within limit: Duration) async throws -> BPFEvent? {
    if let event = try reader.withLock({ held throws in try held.reader.take() }) { return event }
    let deadline = ContinuousClock.now + limit
    let isCancelled = Cancellation()
    return try await withTaskCancellationHandler {
      try await onThread("events") {
        Result {
          while !isCancelled.flag.load(ordering: .relaxed) {
            // Short waits, so that a cancelled task, or another one that reads the same map, isn't kept waiting.
            let pause = Swift.min(deadline, ContinuousClock.now + .milliseconds(100))
            if let event = try self.reader.withLock({ held throws in try held.reader.next(deadline: pause) }) {
              return event
            }
            if ContinuousClock.now >= deadline { break }
          }
          return nil
        }
      }.get()
    } onCancel: {
      isCancelled.flag.store(true, ordering: .relaxed)
    }
  }
}

private final class Cancellation: Sendable {
  let flag = Atomic<Bool>(false)
}

extension BPFMap {
  /// The map's records as they are. Throws when the map is of another type than ringbuf or perf_event_array.
  public func events(within limit: Duration) throws -> BPFEvents<[UInt8]> {
    try BPFEvents(reader(), within: limit) { $0.bytes }
  }

  /// The map's records as Swift values of the same layout as what the program sends. Reading one throws when it is shorter
  /// or longer than such a value.
  public func events<Event: BitwiseCopyable & Sendable>(
    as type: Event.Type, within limit: Duration
  ) throws -> BPFEvents<Event> {
    let name = name
    return try BPFEvents(reader(), within: limit) { event in
      let (value, _) = try Self.split(event, of: name, as: Event.self)
      // What a perf event array pads a record with is no part of it, nor is what C pads a struct with.
      guard event.possibleLengths.lowerBound <= MemoryLayout<Event>.stride else {
        throw Self.misfit(
          event, name, Event.self,
          "\(Event.self) takes \(MemoryLayout<Event>.size): `events(withTails:)` reads what is behind")
      }
      return value
    }
  }

  /// The map's records as Swift values, each with what the program sent behind it: a packet, a flexible array.
  public func events<Event: BitwiseCopyable & Sendable>(
    withTails type: Event.Type, within limit: Duration
  ) throws -> BPFEvents<TailedEvent<Event>> {
    let name = name
    return try BPFEvents(reader(), within: limit) { event in
      let (value, tail) = try Self.split(event, of: name, as: Event.self)
      return TailedEvent(event: value, tail: tail)
    }
  }

  private static func split<Event: BitwiseCopyable>(
    _ event: BPFEvent, of map: String, as type: Event.Type
  ) throws -> (Event, tail: [UInt8]) {
    let size = MemoryLayout<Event>.size
    guard let value = Layout.value(of: Array(event.bytes.prefix(size)), as: Event.self) else {
      throw misfit(event, map, Event.self, "\(size) are wanted")
    }
    return (value, Array(event.bytes.dropFirst(size)))
  }

  private static func misfit(_ event: BPFEvent, _ map: String, _ type: Any.Type, _ why: String) -> BPFError {
    BPFError(
      .badArgument, operation: "a record of map `\(map)` as \(type)",
      detail: "it has \(RecordLength.words(event.possibleLengths)), and \(why)")
  }

  /// The map's records by BTF: `type` is the name of the C type, with or without `struct`.
  ///
  /// Members that weren't sent are left out, and a flexible array holds all that was. Reading a record throws when more was
  /// sent behind the type.
  public func events(as type: String, within limit: Duration) throws -> BPFEvents<BTFValue> {
    let types = RecordTypes(object.btf)
    guard let found = types.named(type) else {
      let known = object.btf.types.filter { !$0.name.isEmpty && $0.size > 0 && !$0.members.isEmpty }
      throw BPFError.unknown("type", type, in: "object `\(object.name)`", among: Set(known.map(\.name)))
    }
    return try events(as: found, within: limit)
  }

  /// The map's records by BTF, of the type that fixtures take them for too: the program's own `struct event`, else the
  /// struct named after the map, the only one that a global pointer announces, or the only one called `…_event`.
  ///
  /// Throws when there is none of these.
  public func eventsOfUsualType(within limit: Duration) throws -> BPFEvents<BTFValue> {
    let types = RecordTypes(object.btf)
    guard let guess = types.guess(for: name) else {
      throw BPFError(
        .unknownName, operation: "what the records of map `\(name)` are is not to be guessed",
        detail: types.names.isEmpty ? "" : "`events(as:)` takes one of \(types.names.joined(separator: ", "))")
    }
    return try events(as: guess.type, within: limit)
  }

  private func events(as type: BTFType, within limit: Duration) throws -> BPFEvents<BTFValue> {
    let name = name
    return try BPFEvents(reader(), within: limit) { event in
      let possible = event.possibleLengths
      guard type.flexibleArray != nil || possible.lowerBound <= type.size else {
        throw BPFError(
          .badArgument, operation: "a record of map `\(name)` as \(type.declaration)",
          detail: "it has \(RecordLength.words(possible)), and \(type.declaration) \(type.size)")
      }
      // What may be padding is left out where it isn't known to be more.
      let length =
        type.flexibleArray != nil
        ? possible.upperBound : possible.contains(type.size) ? type.size : possible.lowerBound
      return try BTFCodec.decodeRecord(Array(event.bytes.prefix(length)), as: type)
    }
  }

  private func reader() throws -> SharedReader {
    SharedReader(try withCore("events") { SharedReader.Held(reader: try EventReader($0)) })
  }
}

/// A record, and what the program sent behind it.
public struct TailedEvent<Event: BitwiseCopyable & Sendable>: Sendable {
  /// The record itself.
  public let event: Event
  /// What came behind it; of a perf event array with up to seven bytes more, in which the kernel leaves whatever was there.
  public let tail: [UInt8]
}
