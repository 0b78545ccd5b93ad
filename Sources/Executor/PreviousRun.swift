import BPF
import TestPlan

/// What a run of a program has left, for the next step to take over.
struct PreviousRun {
  var returnValue: UInt32
  /// The packet that came out, `nil` where none comes back.
  var packet: [UInt8]?
  /// What an XDP program left in front of it.
  var metadata: [UInt8] = []
  /// How long it was, where there was no room for all of it.
  var truncatedFrom: UInt32?
  /// The context that came out, `nil` where nobody asked for it.
  var context: [UInt8]?

  init(of step: Step, _ observation: StepObservation, type: BPFProgramType?) {
    returnValue = observation.returnValue
    packet = observation.data?.array
    if let type, let bytes = packet {
      let count = type.metadataLength(context: observation.context?.array, data: bytes.count)
      metadata = Array(bytes.prefix(count))
      packet = Array(bytes.dropFirst(count))
    }
    if let bytes = packet, let sent = step.data?.array {
      packet = type?.withHeader(of: sent, bytes) ?? bytes
    }
    truncatedFrom = observation.truncatedFrom
    context = observation.context?.array
  }
}

extension Step {
  /// The step with what it takes over from the run before it.
  func taking(
    _ carryOver: CarryOver, from previous: PreviousRun?, type: BPFProgramType?
  ) throws(BPFError) -> Step {
    guard let previous else { throw Self.nothing("no run before it, or none that the kernel has done") }
    var step = self
    var prefix = carryOver.packet?.prefix.array ?? []
    if let mask = carryOver.contextMask?.array { step.context = Bytes(try context(under: mask, previous, type)) }
    for place in carryOver.returns {
      let byte = UInt8(truncatingIfNeeded: previous.returnValue >> (8 * min(UInt32(place.byte), 3)))
      switch place.holder {
      case .prefix: Self.set(byte, at: place.offset, in: &prefix)
      case .context:
        var bytes = step.context?.array ?? []
        Self.set(byte, at: place.offset, in: &bytes)
        step.context = Bytes(bytes)
      case .global(let index) where step.globals.indices.contains(index):
        var bytes = step.globals[index].bytes.array
        Self.set(byte, at: place.offset, in: &bytes)
        step.globals[index].bytes = Bytes(bytes)
      case .mapValue(let write, let entry)
      where step.maps.indices.contains(write) && step.maps[write].entries.indices.contains(entry):
        guard case .bytes(let value) = step.maps[write].entries[entry].value else { continue }
        var bytes = value.array
        Self.set(byte, at: place.offset, in: &bytes)
        step.maps[write].entries[entry].value = .bytes(Bytes(bytes))
      default: continue
      }
    }
    // Metadata goes with the context that tells of it.
    var metadata: [UInt8] = []
    if let carried = carryOver.packet {
      if carryOver.contextMask != nil { metadata = previous.metadata }
      step.data = Bytes(metadata + prefix + (try packet(carried, previous)))
    }
    if type == .xdp { step.tellLength(metadata: carryOver.contextMask == nil ? nil : metadata.count) }
    return step
  }

  private func packet(_ carried: CarriedPacket, _ previous: PreviousRun) throws(BPFError) -> [UInt8] {
    guard var bytes = previous.packet else { throw Self.nothing("no packet came out of the run before it") }
    if let length = previous.truncatedFrom {
      throw Self.nothing("the packet of the run before it is cut: \(bytes.count) bytes of \(length)")
    }
    for change in carried.changes {
      guard change.offset >= 0, change.offset <= bytes.count, change.bytes.count <= bytes.count - change.offset else {
        throw Self.nothing("it changes bytes behind the \(bytes.count) of the packet that came out")
      }
      bytes.replaceSubrange(change.offset..<(change.offset + change.bytes.count), with: change.bytes.array)
    }
    return bytes
  }

  /// The context that came out, with what the kernel takes no value for at zero, and the step's own bits over it. Of a
  /// socket buffer `wire_len` isn't taken over either: it is the length of a packet that may be another one by now.
  private func context(
    under mask: [UInt8], _ previous: PreviousRun, _ type: BPFProgramType?
  ) throws(BPFError) -> [UInt8] {
    guard var bytes = previous.context else { throw Self.nothing("no context came out of the run before it") }
    let own = context?.array ?? []
    if bytes.count < own.count { bytes += [UInt8](repeating: 0, count: own.count - bytes.count) }
    for field in type.flatMap(ContextLayout.of)?.fields ?? [] where !field.isSettable || field.name == "wire_len" {
      for index in field.offset..<(field.offset + field.size * field.count) where bytes.indices.contains(index) {
        bytes[index] = 0
      }
    }
    for (index, bits) in mask.enumerated() where own.indices.contains(index) {
      bytes[index] = own[index] & bits | bytes[index] & ~bits
    }
    return bytes
  }

  /// An `xdp_md` says how long the data is, and how much of it is metadata; `nil` leaves that as the step has it.
  private mutating func tellLength(metadata: Int?) {
    guard let bytes = context?.array else { return }
    var context = XDPContext(bytes: bytes)
    if let metadata { context.data = UInt32(clamping: metadata) }
    context.dataEnd = UInt32(clamping: data?.count ?? 0)
    self.context = Bytes(context.bytes)
  }

  private static func set(_ byte: UInt8, at offset: Int, in bytes: inout [UInt8]) {
    if bytes.indices.contains(offset) { bytes[offset] = byte }
  }

  private static func nothing(_ why: String) -> BPFError {
    BPFError(
      .badArgument, operation: "the step takes over what a run before it has left, and there is none", detail: why)
  }
}
