import Foundation
import Testing

@testable import Packets

/// How many times the usual number of inputs are tried: `BPFTEST_FUZZ=500`, as in `make fuzz`, makes a million frames of two
/// thousand.
private let fuzzFactor = ProcessInfo.processInfo.environment["BPFTEST_FUZZ"].flatMap { Int($0) }.map { max(1, $0) } ?? 1

private func mutate(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<Int.random(in: 1...4, using: &random) {
    switch Int.random(in: 0..<5, using: &random) {
    case 0 where !bytes.isEmpty: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
    case 1: bytes.append(.random(in: 0...255, using: &random))
    case 2 where !bytes.isEmpty: bytes.remove(at: .random(in: bytes.indices, using: &random))
    case 3 where !bytes.isEmpty:
      bytes.insert(.random(in: 0...255, using: &random), at: .random(in: bytes.indices, using: &random))
    default:
      guard !bytes.isEmpty else { continue }
      bytes[.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
    }
  }
  return bytes
}

@Test func dissectPrintParseBuildIsTheIdentityOnMutatedFrames() throws {
  var random = SplitMix64(seed: 1)
  let frames = try Golden.lines.map { (try Packet(expression: $0.expression).build(), Golden.link($0.expression)) }
  guard !frames.isEmpty else { return }
  for _ in 0..<2000 * fuzzFactor {
    let (frame, link) = frames[.random(in: frames.indices, using: &random)]
    let bytes = mutate(frame, &random)
    let packet = Packet(dissecting: bytes, from: link)
    #expect(try packet.build() == bytes)
    let printed = packet.expression
    let again = try Packet(expression: printed).build()
    #expect(again == bytes, "\(hex(bytes)) → \(printed)")
    _ = PacketDiff(expected: frame, seen: bytes, from: link).render()
    #expect(PacketDiff(expected: frame, seen: bytes, from: link).isEmpty == (frame == bytes))
  }
}

@Test func mutatedCapturesAreReadAsFarAsTheyGo() throws {
  var random = SplitMix64(seed: 3)
  var frames: [CaptureFrame] = []
  for line in Golden.lines.prefix(40) {
    let bytes = try Packet(expression: line.expression).build()
    frames.append(CaptureFrame(bytes, linkType: LinkType(Golden.link(line.expression)), comments: ["XDP_TX mark=7"]))
  }
  var captures: [[UInt8]] = []
  for format in CaptureFormat.allCases {
    for count in [0, 1, 3] {
      var encoder = CaptureEncoder(format: format)
      var bytes: [UInt8] = []
      for var frame in frames.filter({ format == .pcapng || $0.linkType == .ethernet }).shuffled(using: &random).prefix(
        count)
      {
        if format == .pcap { frame.comments = [] }
        bytes += try encoder.encode(frame)
      }
      captures.append(bytes + encoder.header())
    }
  }
  let traffic = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Tshark/traffic.pcapng")
  captures.append([UInt8](try Data(contentsOf: traffic).prefix(4000)))
  var (read, broken) = (0, 0)
  for _ in 0..<1000 * fuzzFactor {
    let capture = mutate(captures[.random(in: captures.indices, using: &random)], &random)
    guard let reader = try? CaptureReader(bytes: capture) else { continue }
    while let frame = try reader.next() {
      read += 1
      // Never more than there was.
      #expect(frame.bytes.count <= capture.count)
      #expect(try frame.packet.build() == frame.bytes)
    }
    if let reason = reader.brokenOff {
      broken += 1
      #expect(reason.hasPrefix("broke off after frame \(reader.count), at byte "))
    }
  }
  #expect(read > 100 && broken > 100)
}

@Test func mutatedTextsArePacketsOrRefused() {
  var random = SplitMix64(seed: 4)
  var refused = 0
  for _ in 0..<500 * fuzzFactor {
    let line = Golden.lines[.random(in: Golden.lines.indices, using: &random)]
    let arrays = "unsigned char a[] = {\n 0x\(line.hex.prefix(2)), 1,\n};\n"
    let text = mutate(Array("# x\n\(line.hex)\n\(line.expression)\n\(arrays)".utf8), &random)
    var source = TextPackets(CaptureInput(bytes: text), name: "text", link: nil, onlyExpressions: false)
    do {
      var encoder = PacketEncoder(.json)
      while let packet = try source.next() { _ = try encoder.encode(packet) }
    } catch {
      refused += 1
      #expect("\(error)".hasPrefix("text, line "), "\(error)")
    }
  }
  #expect(refused > 100)
}

@Test func mutatedExpressionsAreReadOrRefused() {
  var random = SplitMix64(seed: 2)
  var refused = 0
  let count = max(10_000, 200 * fuzzFactor)
  for _ in 0..<count {
    let line = Golden.lines[.random(in: Golden.lines.indices, using: &random)]
    let expression = String(decoding: mutate(Array(line.expression.utf8), &random), as: UTF8.self)
    do {
      _ = try Packet(expression: expression).build()
    } catch let error as PacketExpressionError {
      refused += 1
      #expect(error.column >= 1 && error.column <= expression.unicodeScalars.count + 1)
      #expect(error.description.contains("^"))
    } catch {
      #expect(error is PacketBuildError)
    }
  }
  // Most mutations break something; if none did, the fuzzer doesn't fuzz.
  #expect(refused > count / 4)
}
