import Packets

/// Reads `replay:` and `packets:`, the two ways to run a test on many packets.
extension StepReader {
  /// Keys of a test that make it one of many packets.
  static let trafficKeys = ["replay", "packets"]

  /// The packets of a test; `nil` for a test of another kind, and after a complaint.
  func traffic(_ test: Fields) -> Traffic? {
    for other in ["packet", "steps", "trigger", "wait"] where test[other] != nil {
      for key in Self.trafficKeys where test[key] != nil {
        complaints.add(test.position(of: other), "a test has `\(key)` or `\(other)`, and here are both")
        return nil
      }
    }
    if test["replay"] != nil, test["packets"] != nil {
      complaints.add(test.position(of: "packets"), "a test has `replay` or `packets`, and here are both")
      return nil
    }
    if let node = test["replay"] { return replay(node) }
    if let node = test["packets"] { return generated(node) }
    return nil
  }

  /// What is expected of every packet, as one step; what it expects of the state is expected after the last.
  func step(_ test: Fields, _ expect: Fields?, over traffic: inout Traffic) -> StepCase {
    var step = inputs(test, inheriting: nil)
    step.packet = traffic.frames.first?.bytes
    step.bare = traffic.bare
    step.hasPacket = true
    step.globals = nil
    step.maps = nil
    if let expect { read(expect, into: &step) }
    if let run = step.runOut {
      complaints.add(
        run.position, "of many packets no run is expected to be refused", hint: "write a test of one `packet`")
    }
    traffic.golden = step.golden.flatMap { golden($0, count: traffic.frames.count) }
    return step
  }

  private func golden(_ node: YAMLNode, count: Int) -> PerKernel<Golden>? {
    let files = CaptureFrames(complaints: complaints, folder: folder)
    let choice = PerKernel(node, complaints).compactMap { node -> Golden? in
      guard let name = node.text else {
        complaints.add(node.position, "`golden` is the name of a pcapng file, and here is \(node.kind)")
        return nil
      }
      let file = Located(name, node.position)
      if isRecording { return Golden(path: files.path(name), line: node.position.line, frames: nil) }
      return files.golden(file, count: count, fixture: complaints.path)
    }
    return choice.all.isEmpty ? nil : choice
  }

  // MARK: Captures

  private func replay(_ node: YAMLNode) -> Traffic? {
    let files = CaptureFrames(complaints: complaints, folder: folder)
    if let name = node.text {
      return files.read(Located(name, node.position), range: nil, as: CapturedPacket()).map { Traffic(name, $0) }
    }
    guard let fields = Fields(node, of: "`replay`", known: ["pcap", "frames"] + CapturedPacket.keys, complaints) else {
      return nil
    }
    guard let file = fields.text("pcap") else {
      complaints.add(node.position, "`replay` names no capture", hint: "write `replay: traffic.pcapng`")
      return nil
    }
    var range: Located<ClosedRange<Int>>?
    if let text = fields.text("frames") {
      guard let numbers = Self.range(text.value) else {
        complaints.add(text.position, "`frames` is a range like 1-100 or 5-, and here is `\(text.value)`")
        return nil
      }
      range = Located(numbers, text.position)
    }
    return files.read(file, range: range, as: CapturedPacket(fields, complaints)).map { Traffic(file.value, $0) }
  }

  /// `7`, `1-100`, or `5-` to the end.
  static func range(_ text: String) -> ClosedRange<Int>? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map {
      $0.drop { $0 == " " }.prefix { $0 != " " }
    }
    guard let first = parts.first.flatMap({ Int($0) }), first >= 1, parts.count <= 2 else { return nil }
    guard parts.count == 2 else { return first...first }
    if parts[1].isEmpty { return first...Int.max }
    guard let last = Int(parts[1]), last >= first else { return nil }
    return first...last
  }

  // MARK: Generated packets

  private func generated(_ node: YAMLNode) -> Traffic? {
    guard
      let fields = Fields(node, of: "`packets`", known: ["generate", "seed", "from", "vary"], complaints)
    else { return nil }
    guard let from = fields["from"], fields["generate"] != nil else {
      complaints.add(
        node.position, "generated packets need `generate`, how many, and `from`, the packet that they vary",
        hint: "write { generate: 1000, seed: 7, from: Ether()/IP()/TCP(), vary: [IP.src, TCP.dport, length] }")
      return nil
    }
    guard let count = fields.count("generate").map(Int.init), let seed = seed(fields) else { return nil }
    guard count <= Traffic.limit else {
      complaints.add(fields.position(of: "generate"), "a test generates at most \(Traffic.limit) packets")
      return nil
    }
    let vary = fields.texts("vary").compactMap { text -> PacketVariation? in
      do throws(FieldMaskError) {
        return try PacketVariation(text.value)
      } catch {
        complaints.add(text.position, error.message, hint: "a field is written like IP.src; `length` is the payload's")
        return nil
      }
    }
    guard !vary.isEmpty else {
      // What was listed and can't be read is told already.
      if fields.texts("vary").isEmpty {
        complaints.add(node.position, "nothing varies", hint: "list fields: `vary: [IP.src, TCP.dport, length]`")
      }
      return nil
    }
    guard let base = packets.packet(from) else { return nil }
    do throws(FieldMaskError) {
      let generator = try PacketGenerator(from: base, varying: vary, seed: seed)
      // A field may come out such that no packet can be built around it: that number is left out.
      let frames = (0..<count).compactMap { number in
        (try? generator.packet(number).build()).map { Traffic.Frame(number: number + 1, bytes: $0) }
      }
      guard !frames.isEmpty else {
        complaints.add(node.position, "none of the packets can be built")
        return nil
      }
      return Traffic(source: .generated(seed: seed), frames: frames)
    } catch {
      complaints.add(fields.position(of: "vary"), error.message)
      return nil
    }
  }

  /// The seed, 1 when none is given, so that every run makes the same packets.
  private func seed(_ fields: Fields) -> UInt64? {
    guard let node = fields["seed"] else { return 1 }
    guard case .integer(let number) = node.scalar, let seed = UInt64(exactly: number) else {
      complaints.add(node.position, "`seed` is a number from 0 to \(UInt64.max), and here is \(node.kind)")
      return nil
    }
    return seed
  }
}

extension StepReader {
  /// The fields of `ignore:`, which stands beside an expected packet or a golden.
  func masks(_ expect: Fields) -> [FieldMask] {
    let texts = expect.texts("ignore")
    if let first = texts.first, expect["packet"] == nil, expect["golden"] == nil {
      complaints.add(first.position, "`ignore` stands beside `packet` or `golden`, and here is neither")
    }
    return texts.compactMap { text in
      do throws(FieldMaskError) {
        return try FieldMask(text.value)
      } catch {
        complaints.add(text.position, error.message)
        return nil
      }
    }
  }

  /// Complains of goldens where there aren't many packets.
  func checkGoldens(_ steps: [StepCase], _ traffic: Traffic?) {
    guard traffic == nil, let golden = steps.lazy.compactMap(\.golden).first else { return }
    complaints.add(
      golden.position, "`golden` is for tests with `replay` or `packets`",
      hint: "of one packet, write what it must become: `packet: …`")
  }
}
