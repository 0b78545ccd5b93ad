import BPF
import Glibc
import TestPlan

/// Reads what is done with sockets.
///
/// ```yaml
/// - listen: { tcp: "127.0.0.1:8080" }              # bind, and listen; named `server` unless it has a `name`
/// - connect: { tcp: "10.0.0.1:80" }                # named `client`; `from:` binds it first
/// - send: hello                                    # `{ socket: client, data: hello, to: ADDRESS }`
/// - receive: { size: 5 }                           # `socket: server`: accepts the connection by itself
/// - setsockopt: { socket: client, option: TCP_CONGESTION, value: cubic }
/// - getsockopt: { option: SO_RCVBUF }
/// - inject: { device: v0, packet: Ether()/IP()/UDP() }       # out of a device, as it stands
/// ```
///
/// Addresses come under `tcp`, `udp`, `unix`, `unix_dgram` (a path, or `@name`) or `packet` (a device: all that it
/// receives). A socket stays open to the end of the test. Each operation waits at most `within`, 1 s.
struct SocketReader {
  /// The names of the operations.
  static let verbs = [
    "listen", "connect", "accept", "socket", "send", "receive", "setsockopt", "getsockopt", "shutdown", "close",
    "inject",
  ]
  static let kinds = ["tcp", "udp", "unix", "unix_dgram", "packet"]

  let complaints: Complaints
  let packets: PacketReader
  /// Indices of the test's devices by their names.
  let devices: [String: UInt32]

  /// One operation, as a mapping from its verb; `nil` after a complaint.
  func operation(_ node: YAMLNode) -> SocketOperation? {
    guard let entries = node.entries, entries.count == 1, let verb = entries[0].key.text, Self.verbs.contains(verb)
    else {
      complaints.add(
        node.position, "one operation on a socket must stand here, and it is \(node.kind)",
        hint: "known are \(Self.verbs.joined(separator: ", "))")
      return nil
    }
    return operation(verb, entries[0].value)
  }

  /// The operation of that verb.
  func operation(_ verb: String, _ node: YAMLNode) -> SocketOperation? {
    switch verb {
    case "listen": opening(node, "server", ["options", "namespace"]) { .listen($0, address: $1) }
    case "connect": connect(node)
    case "socket": create(node)
    case "accept":
      fields(node, verb, ["socket", "name"]).map { fields in
        make(fields.text("name")?.value ?? "connection", .accept(from: name(fields, "server")), fields)
      }
    case "send": send(node)
    case "receive": receive(node)
    case "setsockopt": setOption(node)
    case "getsockopt": getOption(node)
    case "inject": inject(node)
    default:
      simple(node, verb).map { make($0.name, verb == "close" ? .close : .shutdown, $0.fields) }
    }
  }

  // MARK: Opening

  private func opening(
    _ node: YAMLNode, _ usual: String, _ more: [String], _ action: (SocketKind, Bytes) -> SocketOperation.Action
  ) -> SocketOperation? {
    guard let fields = fields(node, "a socket", ["name"] + Self.kinds + more),
      let (kind, address) = target(fields, node.position)
    else { return nil }
    var result = make(fields.text("name")?.value ?? usual, action(kind, address), fields)
    let options = SocketOptions(complaints: complaints).options(fields["options"])
    if !options.isEmpty { result.options = options }
    result.namespace = fields.text("namespace")?.value
    return result
  }

  private func connect(_ node: YAMLNode) -> SocketOperation? {
    opening(node, "client", ["from", "options", "namespace"]) { kind, address in
      let from = node.entries?.first { $0.key.text == "from" }?.value
      return .connect(kind, address: address, from: from.flatMap { self.address($0, family: kind.family) })
    }
  }

  /// `socket: { tcp: ipv4 }`: socket(2) alone.
  private func create(_ node: YAMLNode) -> SocketOperation? {
    let kinds = ["tcp", "udp", "raw", "unix"]
    guard let fields = fields(node, "a socket", ["name", "protocol", "options", "namespace"] + kinds) else {
      return nil
    }
    guard let word = kinds.first(where: { fields[$0] != nil }), let family = fields.text(word) else {
      complaints.add(node.position, "a socket needs a kind: \(kinds.joined(separator: ", "))")
      return nil
    }
    let families = ["ipv4": AF_INET, "ipv6": AF_INET6, "stream": AF_UNIX, "datagram": AF_UNIX]
    let known = word == "unix" ? ["stream", "datagram"] : ["ipv4", "ipv6"]
    guard known.contains(family.value), let number = families[family.value] else {
      complaints.add(
        family.position, "no kind of \(word) socket `\(family.value)`",
        hint: "known are \(known.joined(separator: ", "))")
      return nil
    }
    let types = ["tcp": SOCK_STREAM, "stream": SOCK_STREAM, "raw": SOCK_RAW]
    let type = types[word] ?? types[family.value] ?? SOCK_DGRAM
    let kind = SocketKind(
      family: number, type: Int32(type.rawValue), protocolNumber: Int32(clamping: fields.count("protocol") ?? 0))
    var result = make(fields.text("name")?.value ?? "client", .open(kind), fields)
    let options = SocketOptions(complaints: complaints).options(fields["options"])
    if !options.isEmpty { result.options = options }
    result.namespace = fields.text("namespace")?.value
    return result
  }

  /// The kind and the address of the one key of `kinds` that is there.
  private func target(_ fields: Fields, _ position: Position) -> (SocketKind, Bytes)? {
    let given = Self.kinds.filter { fields[$0] != nil }
    guard given.count == 1, let node = fields[given[0]] else {
      complaints.add(
        position, given.isEmpty ? "a socket needs an address" : "a socket has one address, and here are \(given.count)",
        hint: "write it under one of \(Self.kinds.joined(separator: ", "))")
      return nil
    }
    switch given[0] {
    case "unix", "unix_dgram":
      guard let address = address(node, family: AF_UNIX) else { return nil }
      let type = given[0] == "unix" ? SOCK_STREAM : SOCK_DGRAM
      return (SocketKind(family: AF_UNIX, type: Int32(type.rawValue)), address)
    case "packet":
      guard let index = device(node) else { return nil }
      // Its protocol comes with the address, when it is bound: before, it would hear every device.
      let kind = SocketKind(family: AF_PACKET, type: Int32(SOCK_RAW.rawValue))
      return (kind, Bytes(SocketAddress(device: index).bytes))
    default:
      guard let address = address(node, family: nil) else { return nil }
      let type = given[0] == "tcp" ? SOCK_STREAM : SOCK_DGRAM
      let family = SocketAddress(bytes: address.array).family
      return (SocketKind(family: family, type: Int32(type.rawValue)), address)
    }
  }

  private func address(_ node: YAMLNode, family: Int32?) -> Bytes? {
    let address = node.text.flatMap { family == AF_UNIX ? SocketAddress(unix: $0) : SocketAddress($0) }
    guard let address, family == nil || address.family == family else {
      let hint = family == AF_UNIX ? "write a path, or @NAME" : "write 127.0.0.1:80 or \"[::1]:80\""
      complaints.add(node.position, "\(node.kind) is not the address of such a socket", hint: hint)
      return nil
    }
    return Bytes(address.bytes)
  }

  private func device(_ node: YAMLNode) -> UInt32? {
    if let name = node.text, let index = devices[name] { return index }
    complaints.add(
      node.position, "the environment has no device \(node.kind)",
      hint: node.text.flatMap { suggestion(for: $0, among: devices.keys.sorted()) })
    return nil
  }

  // MARK: Data

  private func send(_ node: YAMLNode) -> SocketOperation? {
    // Data alone is the whole message.
    if node.text != nil || node.entries?.contains(where: { ["hex", "zeros"].contains($0.key.text) }) ?? false {
      return data(node).map { SocketOperation(socket: "client", action: .send($0, to: nil)) }
    }
    guard let fields = fields(node, "`send`", ["socket", "data", "packet", "to"]) else { return nil }
    fields.refuse("data", beside: "packet")
    let data: Bytes?
    if let packet = fields["packet"] {
      data = packets.bytes(packet).map { Bytes($0) }
    } else {
      data = fields["data"].flatMap(self.data) ?? (fields["data"] == nil ? Bytes() : nil)
    }
    guard let data else { return nil }
    let to = fields["to"].flatMap { node in
      let isUnix = node.text.map { $0.hasPrefix("/") || $0.hasPrefix("@") } ?? false
      return address(node, family: isUnix ? AF_UNIX : nil)
    }
    return make(name(fields, "client"), .send(data, to: to), fields)
  }

  /// Text, `{ hex: … }`, or `{ zeros: N }` for so many zero bytes.
  private func data(_ node: YAMLNode) -> Bytes? {
    if let text = node.text { return Bytes(text.utf8) }
    guard let fields = Fields(node, of: "data", known: ["hex", "zeros"], complaints) else { return nil }
    fields.refuse("hex", beside: "zeros")
    if let count = fields.count("zeros") {
      guard count <= 16 << 20 else {
        complaints.add(node.position, "no more than 16 MiB are sent at once")
        return nil
      }
      return Bytes([UInt8](repeating: 0, count: Int(count)))
    }
    guard let hex = fields.text("hex"), let bytes = Bytes(hex: hex.value) else {
      complaints.add(node.position, "data is a text, { hex: … } or { zeros: N }")
      return nil
    }
    return bytes
  }

  private func receive(_ node: YAMLNode) -> SocketOperation? {
    guard let fields = fields(node, "`receive`", ["socket", "size"]) else { return nil }
    let size = fields.count("size").map { Int(min($0, 16 << 20)) }
    return make(name(fields, "server"), .receive(count: size), fields)
  }

  private func inject(_ node: YAMLNode) -> SocketOperation? {
    guard let fields = fields(node, "`inject`", ["device", "packet"]) else { return nil }
    guard let device = fields["device"], let packet = fields["packet"] else {
      complaints.add(node.position, "`inject` takes a `device` and a `packet`")
      return nil
    }
    guard let index = self.device(device), let bytes = packets.bytes(packet) else { return nil }
    return make("inject", .inject(device: index, Bytes(bytes)), fields)
  }

  // MARK: Options

  private func setOption(_ node: YAMLNode) -> SocketOperation? {
    guard let fields = fields(node, "`setsockopt`", ["socket", "level", "option", "value"]),
      let (level, option) = SocketOptions(complaints: complaints).numbers(fields, node.position)
    else { return nil }
    guard let value = fields["value"] else {
      complaints.add(node.position, "`setsockopt` needs a `value`")
      return nil
    }
    guard let bytes = SocketOptions(complaints: complaints).value(value) else { return nil }
    return make(name(fields, "client"), .setOption(level: level, option: option, value: bytes), fields)
  }

  private func getOption(_ node: YAMLNode) -> SocketOperation? {
    guard let fields = fields(node, "`getsockopt`", ["socket", "level", "option", "size"]),
      let (level, option) = SocketOptions(complaints: complaints).numbers(fields, node.position)
    else { return nil }
    let size = Int(min(fields.count("size") ?? SocketOptions.usualSize(level, option), 1 << 20))
    return make(name(fields, "client"), .getOption(level: level, option: option, size: size), fields)
  }

  // MARK: The rest

  private func simple(_ node: YAMLNode, _ verb: String) -> (name: String, fields: Fields)? {
    guard let fields = fields(node, "`\(verb)`", ["socket"]) else { return nil }
    return (name(fields, "client"), fields)
  }

  /// The fields of an operation; a plain word is the socket's name.
  private func fields(_ node: YAMLNode, _ what: String, _ keys: [String]) -> Fields? {
    var node = node
    if node.text != nil, keys.contains("socket") {
      let key = YAMLNode(content: .scalar("socket", plain: true), position: node.position)
      node = YAMLNode(content: .mapping([.init(key: key, value: node)]), position: node.position)
    }
    return Fields(node, of: what, known: keys + ["within"], complaints)
  }

  private func name(_ fields: Fields, _ usual: String) -> String { fields.text("socket")?.value ?? usual }

  private func make(_ name: String, _ action: SocketOperation.Action, _ fields: Fields) -> SocketOperation {
    var result = SocketOperation(socket: name, action: action)
    if let limit = fields.seconds("within") { result.limit = limit }
    return result
  }
}
