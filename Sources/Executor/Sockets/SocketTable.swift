import BPF
import CBPFShims
import Glibc
import TestPlan

/// The sockets of one test by their names, open until it ends.
public final class SocketTable {
  private var sockets: [String: OpenSocket] = [:]
  /// The namespaces beside the test's own, by name.
  var namespaces: [String: NetworkNamespace] = [:]
  /// The test's own, `nil` when it is the process'.
  var home: NetworkNamespace?

  public init() {}

  deinit { closeAll() }

  /// The descriptor of a socket, for maps that hold sockets: of a listening stream socket its own, not a connection's.
  public func descriptor(of name: String) -> Int32? { sockets[name]?.descriptor }

  /// Closes all sockets, those of connections too, and forgets the namespaces.
  public func closeAll() {
    for socket in sockets.values { socket.close() }
    sockets = [:]
    namespaces = [:]
    home = nil
  }

  /// Does one thing, within its limit. What the kernel refuses is in the observation.
  public func perform(_ operation: SocketOperation) -> TriggerObservation {
    let deadline = TimeLimit(seconds: operation.limit)
    do throws(SocketFailure) {
      switch operation.action {
      case .open(let kind):
        return try open(operation, kind).observation()
      case .listen(let kind, let address):
        let socket = try open(operation, kind)
        if kind.family == AF_PACKET { try socket.set(.receivedOnly) }
        try socket.bind(address.array)
        if kind.isStream { try socket.listen() }
        return socket.observation()
      case .connect(let kind, let address, let from):
        let socket: OpenSocket
        if let known = sockets[operation.socket] { socket = known } else { socket = try open(operation, kind) }
        if let from { try socket.bind(from.array) }
        try socket.connect(address.array, deadline)
        return socket.observation()
      case .accept(let name):
        let accepted = OpenSocket(descriptor: try found(name).accept(deadline), isStream: true)
        try keep(accepted, as: operation.socket)
        return accepted.observation()
      case .send(let bytes, let address):
        let socket = try found(operation.socket).speaking
        try socket.send(bytes.array, to: address?.array, deadline)
        return socket.observation()
      case .receive(let count):
        return try receive(found(operation.socket), count, deadline)
      case .setOption(let level, let option, let value):
        try found(operation.socket).set(SocketOption(level: level, option: option, value: value))
        return TriggerObservation()
      case .getOption(let level, let option, let size):
        let value = try found(operation.socket).option(level, option, size)
        return TriggerObservation(result: Self.number(value), output: Bytes(value))
      case .shutdown:
        try found(operation.socket).speaking.shutdown()
        return TriggerObservation()
      case .close:
        try found(operation.socket).close()
        sockets[operation.socket] = nil
        return TriggerObservation()
      case .inject(let device, let frame):
        let wire = try open(operation, .packets)
        defer { sockets[operation.socket] = nil }
        try wire.send(frame.array, to: SocketAddress(device: device).bytes, deadline)
        return TriggerObservation()
      }
    } catch {
      return TriggerObservation(errno: error.errno)
    }
  }

  /// An option's value as a number, if it isn't longer than one.
  private static func number(_ bytes: [UInt8]) -> Int64 {
    guard bytes.count <= 8 else { return 0 }
    return bytes.reversed().reduce(0) { $0 << 8 | Int64($1) }
  }

  private func found(_ name: String) throws(SocketFailure) -> OpenSocket {
    guard let socket = sockets[name] else { throw SocketFailure(errno: EBADF) }
    return socket
  }

  private func keep(_ socket: OpenSocket, as name: String) throws(SocketFailure) {
    guard sockets[name] == nil else {
      socket.close()
      throw SocketFailure(errno: EEXIST)
    }
    sockets[name] = socket
  }

  /// A new socket with its options set, in the namespace that the operation names.
  private func open(_ operation: SocketOperation, _ kind: SocketKind) throws(SocketFailure) -> OpenSocket {
    var elsewhere: NetworkNamespace?
    if let name = operation.namespace {
      guard let namespace = namespaces[name], home != nil else { throw SocketFailure(errno: ENODEV) }
      elsewhere = namespace
    }
    guard (try? elsewhere?.enter()) != nil || elsewhere == nil else { throw SocketFailure(errno: EPERM) }
    defer { if elsewhere != nil { try? home?.enter() } }
    let descriptor = socket(
      kind.family, kind.type | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), kind.protocolNumber)
    guard descriptor >= 0 else { throw SocketFailure(errno: errno) }
    let hasTagsApart = kind.family == AF_PACKET && kind.type == Int32(SOCK_RAW.rawValue)
    let socket = OpenSocket(descriptor: descriptor, isStream: kind.isStream, hasTagsApart: hasTagsApart)
    try keep(socket, as: operation.socket)
    if hasTagsApart { try socket.set(VLANTag.option) }
    for option in operation.options ?? [] { try socket.set(option) }
    return socket
  }

  private func receive(
    _ socket: OpenSocket, _ count: Int?, _ deadline: TimeLimit
  ) throws(SocketFailure) -> TriggerObservation {
    if socket.isListening, socket.accepted == nil {
      socket.accepted = OpenSocket(descriptor: try socket.accept(deadline), isStream: true)
    }
    return socket.speaking.receive(count, deadline)
  }
}

/// A socket call that failed.
struct SocketFailure: Error {
  /// Positive.
  var errno: Int32
}

extension SocketKind {
  /// Whole frames, none of which is received (protocol 0, packet(7)).
  static let packets = SocketKind(family: AF_PACKET, type: Int32(SOCK_RAW.rawValue))

  /// Whether it has connections.
  var isStream: Bool {
    type == Int32(SOCK_STREAM.rawValue) || type == Int32(SOCK_SEQPACKET.rawValue)
  }
}

extension SocketOption {
  /// Of a packet socket: what the device sends isn't heard (`PACKET_IGNORE_OUTGOING` of linux/if_packet.h; Linux 4.20).
  static let receivedOnly = SocketOption(level: SOL_PACKET, option: PACKET_IGNORE_OUTGOING, value: Bytes([1, 0, 0, 0]))
}

extension SocketOperation {
  /// For messages: what was tried, on which socket.
  public var words: String {
    switch action {
    case .open: "opening the socket `\(socket)`"
    case .listen(_, let address): "binding the socket `\(socket)` to \(SocketAddress(bytes: address.array))"
    case .connect(_, let address, _): "connecting the socket `\(socket)` to \(SocketAddress(bytes: address.array))"
    case .accept(let name): "accepting a connection of the socket `\(name)`"
    case .send: "sending on the socket `\(socket)`"
    case .receive: "receiving on the socket `\(socket)`"
    case .setOption: "setting an option of the socket `\(socket)`"
    case .getOption: "reading an option of the socket `\(socket)`"
    case .shutdown: "shutting the socket `\(socket)` down"
    case .close: "closing the socket `\(socket)`"
    case .inject(let device, let frame): "putting \(frame.count) bytes on device \(device)"
    }
  }
}
