import Foundation
import Testing

@testable import Packets

private func encoded(_ frames: [CaptureFrame], _ format: CaptureFormat) throws -> [UInt8] {
  var encoder = CaptureEncoder(format: format)
  var out: [UInt8] = []
  for frame in frames { out += try encoder.encode(frame) }
  return out + encoder.header()
}

/// The words of a capture in the other byte order; frames and texts are left as they are.
private func words(_ values: [UInt32], big: Bool) -> [UInt8] {
  values.flatMap { value in withUnsafeBytes(of: big ? value.bigEndian : value.littleEndian) { Array($0) } }
}

private let frames = [
  CaptureFrame([1, 2, 3], nanoseconds: 1_700_000_000_123_456_789),
  CaptureFrame([], nanoseconds: 5),
  CaptureFrame(Array(repeating: 7, count: 100), nanoseconds: 1_000_000_000, originalLength: 1500),
]

@Test(arguments: CaptureFormat.allCases)
func aCaptureIsReadAsItWasWritten(format: CaptureFormat) throws {
  let reader = try CaptureReader(bytes: encoded(frames, format))
  #expect(reader.format == format)
  #expect(try reader.rest() == frames)
  #expect(reader.brokenOff == nil)
}

@Test func pcapngKeepsCommentsAndSeveralLinkTypes() throws {
  let mixed = [
    CaptureFrame([1], comments: ["XDP_TX mark=7", "zwei"]), CaptureFrame([0x45], linkType: .rawIP),
    CaptureFrame([2], linkType: .linuxCooked2, nanoseconds: .max / 2), CaptureFrame([3, 4, 5], comments: [""]),
  ]
  #expect(try CaptureReader(bytes: encoded(mixed, .pcapng)).rest() == mixed)
}

@Test func pcapRefusesWhatItCannotHold() {
  #expect(throws: CaptureError.self) { try encoded([CaptureFrame([1], comments: ["x"])], .pcap) }
  #expect(throws: CaptureError.self) { try encoded([CaptureFrame([1]), CaptureFrame([1], linkType: .rawIP)], .pcap) }
}

@Test(arguments: [(UInt32(0xa1b2_c3d4), UInt64(1000)), (0xa1b2_3c4d, 1)], [false, true])
func oldCapturesOfBothOrdersAndBothUnitsAreRead(magic: (UInt32, UInt64), big: Bool) throws {
  let bytes = words([magic.0, big ? 0x0002_0004 : 0x0004_0002, 0, 0, 65535, 101, 10, 20, 2, 60], big: big) + [0x45, 0]
  let frame = try #require(try CaptureReader(bytes: bytes).next())
  #expect(
    frame == CaptureFrame([0x45, 0], linkType: .rawIP, nanoseconds: 10_000_000_000 + 20 * magic.1, originalLength: 60))
}

@Test(arguments: [false, true])
func newCapturesOfBothOrdersAreRead(big: Bool) throws {
  let half: UInt32 = big ? 101 << 16 : 101
  // A block of a type that nobody knows, an interface with microseconds, a frame, and a simple one.
  let bytes =
    words([0x0a0d_0d0a, 28, 0x1a2b_3c4d, big ? 0x0001_0000 : 1, .max, .max, 28], big: big)
    + words([0x0bad, 16, 0, 16], big: big) + words([1, 20, half, 0, 20], big: big)
    + words([6, 36, 0, 0, 3_000_001, 1, 1], big: big) + [9, 0, 0, 0] + words([36], big: big)
    + words([3, 20, 2], big: big) + [8, 8, 0, 0] + words([20], big: big)
  let reader = try CaptureReader(bytes: bytes)
  #expect(try reader.next() == CaptureFrame([9], linkType: .rawIP, nanoseconds: 3_000_001_000))
  #expect(try reader.next() == CaptureFrame([8, 8], linkType: .rawIP))
  #expect(try reader.next() == nil)
  #expect(reader.brokenOff == nil)
}

@Test(arguments: CaptureFormat.allCases)
func aCaptureThatBreaksOffYieldsWhatItHas(format: CaptureFormat) throws {
  let whole = try encoded(frames, format)
  for length in 24..<whole.count {
    let reader = try CaptureReader(bytes: Array(whole.prefix(length)))
    let read = try reader.rest()
    #expect(read == Array(frames.prefix(read.count)))
    if reader.brokenOff == nil { #expect(try encoded(read, format).count >= length - 32) }
  }
  let cut = try CaptureReader(bytes: Array(whole.dropLast(3)))
  #expect(try cut.rest().count == 2)
  #expect(cut.brokenOff?.hasPrefix("broke off after frame 2, at byte ") == true)
}

@Test func whatIsNoCaptureIsRefused() {
  do {
    _ = try CaptureReader(bytes: Array("#!/bin/sh\necho this is a script\n".utf8))
    Issue.record("should have been refused")
  } catch {
    #expect(error.description == "not a capture: it begins with 23 21 2f 62, which is neither pcap nor pcapng")
  }
  #expect(throws: CaptureError.self) { try CaptureReader(bytes: []) }
  #expect(throws: CaptureError.self) { try CaptureReader(path: "/nonexistent/x.pcap") }
}

@Test func aFileIsThereOnlyWhenItIsFinished() throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "captures-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let path = folder.appending(path: "a.pcapng").path
  do {
    let writer = try CaptureWriter(path: path)
    try writer.write(frames[0])
    #expect(!FileManager.default.fileExists(atPath: path))
  }
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty, "an unfinished file goes away")
  let writer = try CaptureWriter(path: path)
  // More than the reader's window, so that frames lie across its edges.
  let many = (0..<3000).map {
    CaptureFrame(Array(repeating: UInt8($0 % 251), count: 200 + $0 % 7), nanoseconds: UInt64($0))
  }
  for frame in many { try writer.write(frame) }
  try writer.finish()
  let reader = try CaptureReader(path: path)
  #expect(try reader.rest() == many)
  #expect(reader.count == 3000)
}
