import BPF
import Packets
import Results
import TestPlan

/// Parts of a packet that are expected, whatever the rest of it is: `at`, `starts_with` and `fields`.
struct PacketParts: Sendable {
  static let keys = ["at", "starts_with", "fields"]

  /// Bytes at a place.
  struct Run: Sendable {
    /// `at[12]`
    var label: String
    var offset: Int
    var bytes: [UInt8]
    var line: Int
  }

  /// What a field holds, or whether a layer is there.
  struct Part: Sendable {
    enum Wanted: Sendable {
      case value(PerKernel<Condition>)
      case present(Bool)
    }
    var place: PacketPlace
    var wanted: Wanted
    var line: Int
  }

  var runs: [Run] = []
  var fields: [Part] = []

  var isEmpty: Bool { runs.isEmpty && fields.isEmpty }

  /// Compares with a packet, of which `cut` says that not all of it came back.
  func check(
    _ bytes: [UInt8], cut: String?, path: String, on release: KernelRelease, _ report: (Failure) -> Void
  ) {
    for run in runs {
      let end = run.offset + run.bytes.count
      guard end <= bytes.count else {
        let words = "\(bytes.count) bytes" + (cut.map { "; \($0)" } ?? "")
        report(Failure(path: "\(path).\(run.label)", expected: run.words, seen: words, line: run.line))
        continue
      }
      let there = Array(bytes[run.offset..<end])
      guard there != run.bytes else { continue }
      var failure = Failure(
        path: "\(path).\(run.label)", expected: run.words, seen: Self.hex(there), line: run.line)
      if run.offset == 0 {
        let diff = PacketDiff(expected: run.bytes, seen: there)
        failure.seen = diff.summary
        failure.detail = diff.render()
      }
      report(failure)
    }
    guard !fields.isEmpty else { return }
    let packet = Packet(dissecting: bytes)
    for part in fields { check(part, packet, "\(path).\(part.place)", release, report) }
  }

  private func check(
    _ part: Part, _ packet: Packet, _ path: String, _ release: KernelRelease, _ report: (Failure) -> Void
  ) {
    let layers = "the packet is \(packet.shownLayers.map(\.name).joined(separator: "/"))"
    switch part.wanted {
    case .present(let isWanted):
      guard part.place.isThere(in: packet) != isWanted else { return }
      report(
        Failure(path: path, expected: isWanted ? "present" : "absent", seen: layers, line: part.line))
    case .value(let choice):
      guard let condition = choice.value(on: release) else { return }
      let words = condition.describe(
        bytes: { part.place.text($0) }, number: { UInt64(exactly: $0).map { part.place.text($0) } ?? "\($0)" })
      guard let seen = part.place.value(in: packet) else {
        report(Failure(path: path, expected: words, seen: "not there: \(layers)", line: part.line))
        return
      }
      guard !condition.holds(bytes: seen.bytes[...], number: seen.number.map { Int128($0) }, text: seen.text) else {
        return
      }
      report(Failure(path: path, expected: words, seen: seen.text, line: part.line))
    }
  }

  fileprivate static func hex(_ bytes: [UInt8]) -> String {
    bytes.count <= 32 ? Bytes(bytes).hex : "\(Bytes(bytes.prefix(32)).hex)… (\(bytes.count) bytes)"
  }
}

extension PacketParts.Run {
  fileprivate var words: String { PacketParts.hex(bytes) }
}

/// Reads `at`, `starts_with` and `fields` of an expected packet.
struct PacketPartsReader {
  let complaints: Complaints
  let packets: PacketReader

  func read(_ fields: Fields) -> PacketParts {
    var parts = PacketParts()
    if let node = fields["at"] { parts.runs += places(node) }
    if let node = fields["starts_with"], let bytes = bytes(node) {
      parts.runs.append(.init(label: "starts_with", offset: 0, bytes: bytes, line: node.position.line))
    }
    if let node = fields["fields"] { parts.fields = self.fields(node) }
    return parts
  }

  private func places(_ node: YAMLNode) -> [PacketParts.Run] {
    guard let entries = node.entries, !entries.isEmpty else {
      complaints.add(
        node.position, "`at` is a mapping from offsets to bytes, and here is \(node.kind)",
        hint: "write `at: { 0: 34120000 }`, in hex")
      return []
    }
    return entries.compactMap { entry in
      guard case .integer(let number) = entry.key.scalar, let offset = Int(exactly: number),
        (0...Packet.maximumSize).contains(offset)
      else {
        complaints.add(entry.key.position, "an offset in a packet is 0 or more bytes, and here is \(entry.key.kind)")
        return nil
      }
      return bytes(entry.value).map {
        .init(label: "at[\(offset)]", offset: offset, bytes: $0, line: entry.key.position.line)
      }
    }
  }

  /// Digits in hex, an address, or what else a packet may be given as; never nothing.
  private func bytes(_ node: YAMLNode) -> [UInt8]? {
    let text = node.text
    let found =
      text.flatMap { Bytes(hex: $0)?.array }
      ?? text.flatMap { text in [6, 4, 16].lazy.compactMap { Address.bytes(text, size: $0) }.first }
      ?? packets.bytes(node)
    if found?.isEmpty == true { complaints.add(node.position, "there are no bytes here") }
    return found?.isEmpty == true ? nil : found
  }

  private func fields(_ node: YAMLNode) -> [PacketParts.Part] {
    guard let entries = node.entries, !entries.isEmpty else {
      complaints.add(
        node.position, "`fields` is a mapping from fields to values, and here is \(node.kind)",
        hint: "write `fields: { IP.ttl: 63, TCP.flags: SA }`")
      return []
    }
    return entries.compactMap { entry in
      do throws(FieldMaskError) {
        let place = try PacketPlace(entry.key.label)
        return wanted(entry.value, place).map { .init(place: place, wanted: $0, line: entry.key.position.line) }
      } catch {
        complaints.add(entry.key.position, error.message)
        return nil
      }
    }
  }

  private func wanted(_ node: YAMLNode, _ place: PacketPlace) -> PacketParts.Part.Wanted? {
    if node.isWord("present") { return .present(true) }
    if node.isWord("absent") { return .present(false) }
    guard !place.isLayer else {
      complaints.add(node.position, "a layer is present or absent, and here is \(node.kind)")
      return nil
    }
    let choice = PerKernel(node, complaints).compactMap { condition($0, place) }
    return choice.all.isEmpty ? nil : .value(choice)
  }

  private func condition(_ node: YAMLNode, _ place: PacketPlace) -> Condition? {
    if node.isWord("any") { return .any }
    if Condition.isMatcher(node) {
      return MatcherReader(
        complaints: complaints, equal: { equal($0, place) }, number: { number($0, place) }
      ).read(node)
    }
    return equal(node, place)
  }

  private func equal(_ node: YAMLNode, _ place: PacketPlace) -> Condition? {
    if !place.isNumber, let hex = node.onlyHex.flatMap({ Bytes(hex: $0) }) { return .bytes(hex.array) }
    guard let text = text(node) else {
      complaints.add(node.position, "`\(place)` is one value, and here is \(node.kind)")
      return nil
    }
    do throws(PacketExpressionError) {
      guard let value = try place.value(text) else { return nil }
      return value.number.map { .number(Int128($0)) } ?? .bytes(value.bytes)
    } catch {
      complaints.add(node.position, error.message)
      return nil
    }
  }

  private func number(_ node: YAMLNode, _ place: PacketPlace) -> Int128? {
    guard let condition = equal(node, place) else { return nil }
    if case .number(let number) = condition { return number }
    complaints.add(node.position, "`\(place)` is no number to compare with")
    return nil
  }

  /// A list as an expression has it.
  private func text(_ node: YAMLNode) -> String? {
    guard let items = node.items else { return node.text }
    let words = items.map { item in
      if case .integer(let number) = item.scalar { return "\(number)" }
      return "\"\(item.label)\""
    }
    return "[\(words.joined(separator: ", "))]"
  }
}
