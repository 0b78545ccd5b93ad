import Foundation
import Testing

@testable import Packets

/// How many times the usual number of inputs are tried: `BPFTEST_FUZZ=500` makes a million frames of two thousand.
let fuzzFactor = ProcessInfo.processInfo.environment["BPFTEST_FUZZ"].flatMap { Int($0) } ?? 1

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

func mutate(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
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
  var random = SeededGenerator(seed: 1)
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

@Test func mutatedExpressionsAreReadOrRefused() {
  var random = SeededGenerator(seed: 2)
  var refused = 0
  for _ in 0..<10_000 * fuzzFactor {
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
  #expect(refused > 2500)
}
