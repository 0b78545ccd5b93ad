import CLibbpf
import Glibc

/// A record that a program sent.
public struct BPFEvent: Hashable, Sendable {
  /// The record. Of a perf event array it is padded at its end with whatever lay there: see `RecordLength`.
  public var bytes: [UInt8]
  /// The CPU that it was sent on, where the map tells: a perf event array does, a ring buffer doesn't.
  public var cpu: Int?

  public init(bytes: [UInt8], cpu: Int? = nil) {
    self.bytes = bytes
    self.cpu = cpu
  }
}

/// Reads the records that programs put into a ring buffer or a perf event array.
///
/// Records of a ring buffer wait in the map until they are read. Those of a perf event array exist only while there is a
/// reader: without one `bpf_perf_event_output` fails with `ENOENT`, so make the reader first.
///
/// A reader belongs to one thread at a time, and keeps its map's object alive.
public final class EventReader {
  /// The map that it reads.
  public let map: BPFMap
  /// Records that the kernel dropped because a buffer of a perf event array was full, as far as it has told: it does so with
  /// the next record that there is room for. A ring buffer counts none: its programs see that `bpf_ringbuf_reserve` fails.
  public private(set) var lost: UInt64 = 0

  private enum Source {
    case ring(OpaquePointer)
    case perf(OpaquePointer)
  }
  private let source: Source
  private let inbox: Inbox
  private var next = 0

  /// - Parameter pagesPerCPU: of a perf event array, the size of each CPU's buffer: a power of two.
  ///
  /// Throws when the map isn't loaded, or of another type. The C functions are `ring_buffer__new` and `perf_buffer__new`.
  public init(_ map: BPFMap, pagesPerCPU: Int = 16) throws(BPFError) {
    let operation = "reading records"
    let descriptor = try map.loadedDescriptor(operation)
    let inbox = Inbox()
    // libbpf hands the inbox back to the callbacks below while it is read, and it lives as long as this reader.
    let context = Unmanaged.passUnretained(inbox).toOpaque()
    switch map.type {
    case .ringBuffer:
      let ring = ring_buffer__new(
        descriptor,
        { context, data, size in
          Inbox.of(context)?.records.append(BPFEvent(bytes: Inbox.copy(data, size)))
          return 0
        }, context, nil)
      guard let ring else {
        throw BPFError(.kernel, errno: Glibc.errno, operation: "\(operation) of map `\(map.name)`")
      }
      self.source = .ring(ring)
    case .perfEventArray:
      let perf = perf_buffer__new(
        descriptor, max(1, pagesPerCPU),
        { context, cpu, data, size in
          Inbox.of(context)?.records.append(BPFEvent(bytes: Inbox.copy(data, Int(size)), cpu: Int(cpu)))
        }, { context, _, count in Inbox.of(context)?.lost += count }, context, nil)
      guard let perf else {
        throw BPFError(.kernel, errno: Glibc.errno, operation: "\(operation) of map `\(map.name)`")
      }
      self.source = .perf(perf)
    default:
      throw BPFError(
        .badArgument, operation: "\(operation) of map `\(map.name)`",
        detail: "it is a \(map.type), and records come from a ringbuf or a perf_event_array")
    }
    self.map = map
    self.inbox = inbox
  }

  deinit {
    switch source {
    case .ring(let ring): ring_buffer__free(ring)
    case .perf(let perf): perf_buffer__free(perf)
    }
  }

  /// The next record, in the order that they were sent; `nil` when none has come by the deadline.
  ///
  /// It blocks its thread, but never longer than there is nothing to read: the kernel wakes it. A record that a program
  /// submitted with `BPF_RB_NO_WAKEUP` is seen when another one wakes the reader, or at the deadline.
  public func next(deadline: ContinuousClock.Instant) throws(BPFError) -> BPFEvent? {
    while true {
      if let event = try take() { return event }
      let left = deadline - ContinuousClock.now
      guard left > .zero else { return nil }
      try wait(min(left, .seconds(3600)))
    }
  }

  /// The next record if there is one now.
  public func take() throws(BPFError) -> BPFEvent? {
    if next == inbox.records.count {
      inbox.records.removeAll(keepingCapacity: true)
      next = 0
      try consume()
    }
    guard next < inbox.records.count else { return nil }
    defer { next += 1 }
    return inbox.records[next]
  }

  /// Every record that there is now.
  public func drain() throws(BPFError) -> [BPFEvent] {
    var events: [BPFEvent] = []
    while let event = try take() { events.append(event) }
    return events
  }

  /// Throws away every record that there is now; `false` when one remains that its program hasn't finished.
  public func skipAll() throws(BPFError) -> Bool {
    _ = try drain()
    guard case .ring(let ring) = source else { return true }
    // The kernel calls a ring readable as long as its positions differ (ringbuf_map_poll of kernel/bpf/ringbuf.c).
    var poll = pollfd(fd: ring_buffer__epoll_fd(ring), events: Int16(POLLIN), revents: 0)
    return Glibc.poll(&poll, 1, 0) == 0
  }

  private func consume() throws(BPFError) {
    let result =
      switch source {
      case .ring(let ring): ring_buffer__consume(ring)
      case .perf(let perf): perf_buffer__consume(perf)
      }
    lost = inbox.lost
    guard result >= 0 || result == -EINTR else {
      throw BPFError(.kernel, errno: -result, operation: "reading records of map `\(map.name)`")
    }
  }

  private func wait(_ duration: Duration) throws(BPFError) {
    let descriptor =
      switch source {
      case .ring(let ring): ring_buffer__epoll_fd(ring)
      case .perf(let perf): perf_buffer__epoll_fd(perf)
      }
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // Rounded up, so that the last millisecond isn't spent in a busy loop.
    let milliseconds = Int32(clamping: Int((duration / .milliseconds(1)).rounded(.up)))
    guard Glibc.poll(&poll, 1, milliseconds) >= 0 || errno == EINTR else {
      throw BPFError(.kernel, errno: errno, operation: "waiting for records of map `\(map.name)`")
    }
  }
}

/// Where libbpf's callbacks, which can capture nothing, leave what they are given.
private final class Inbox {
  var records: [BPFEvent] = []
  var lost: UInt64 = 0

  static func of(_ context: UnsafeMutableRawPointer?) -> Inbox? {
    context.map { Unmanaged<Inbox>.fromOpaque($0).takeUnretainedValue() }
  }

  static func copy(_ data: UnsafeMutableRawPointer?, _ size: Int) -> [UInt8] {
    [UInt8](UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : size))
  }
}
