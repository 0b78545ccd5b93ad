/// One thing done with a socket that has a name. A socket stays open to the end of the test, from step to step.
public struct SocketOperation: Hashable, Sendable {
  public enum Action: Hashable, Sendable {
    /// socket(2) alone.
    case open(SocketKind)
    /// socket(2), bind(2) to this `sockaddr` and, of streams, listen(2).
    case listen(SocketKind, address: Bytes)
    /// connect(2) to this `sockaddr` of a socket that is there already, or of a new one, bound to `from` first.
    case connect(SocketKind, address: Bytes, from: Bytes?)
    /// accept(2) from the listening socket of that name.
    case accept(from: String)
    /// send(2) all of it, or sendto(2) to a `sockaddr`. On a listening stream socket, on its connection.
    case send(Bytes, to: Bytes?)
    /// recvmsg(2): of a stream so many bytes, or with `nil` what is there first; else one message of at most so many. On
    /// a listening stream socket, from the connection that it accepts the first time. A frame has its VLAN tag.
    case receive(count: Int?)
    /// setsockopt(2).
    case setOption(level: Int32, option: Int32, value: Bytes)
    /// getsockopt(2) with room for so many bytes.
    case getOption(level: Int32, option: Int32, size: Int)
    /// shutdown(2) of both directions.
    case shutdown
    case close
    /// Puts a frame on the device of that index, through a packet socket that is there for it alone.
    case inject(device: UInt32, Bytes)
  }

  /// The socket's name.
  public var socket: String
  public var action: Action
  /// Options to set on a new socket before it is bound or connected.
  public var options: [SocketOption]?
  /// The further network namespace that a new socket belongs to; `nil` is the test's own.
  public var namespace: String?
  /// The longest it may take, in seconds; then its errno is `ETIMEDOUT`.
  public var limit: Double

  public init(
    socket: String, action: Action, options: [SocketOption]? = nil, namespace: String? = nil, limit: Double = 1
  ) {
    self.socket = socket
    self.action = action
    self.options = options
    self.namespace = namespace
    self.limit = limit
  }
}

extension SocketOperation {
  /// What a fixture calls it.
  public var verb: String {
    switch action {
    case .open: "socket"
    case .listen: "listen"
    case .connect: "connect"
    case .accept: "accept"
    case .send: "send"
    case .receive: "receive"
    case .setOption: "setsockopt"
    case .getOption: "getsockopt"
    case .shutdown: "shutdown"
    case .close: "close"
    case .inject: "inject"
    }
  }
}

/// The three numbers of socket(2).
public struct SocketKind: Hashable, Sendable {
  /// `AF_*`.
  public var family: Int32
  /// `SOCK_*`.
  public var type: Int32
  /// `IPPROTO_*`; 0 is the usual one. Of a packet socket in network order.
  public var protocolNumber: Int32

  public init(family: Int32, type: Int32, protocolNumber: Int32 = 0) {
    self.family = family
    self.type = type
    self.protocolNumber = protocolNumber
  }
}

/// A value for setsockopt(2).
public struct SocketOption: Hashable, Sendable {
  public var level: Int32
  public var option: Int32
  public var value: Bytes

  public init(level: Int32, option: Int32, value: Bytes) {
    self.level = level
    self.option = option
    self.value = value
  }
}
