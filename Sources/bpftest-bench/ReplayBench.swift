import Foundation
import Matrix
import Packets

/// How many frames of a capture are replayed in a second and compared with a golden, through the whole engine.
struct ReplayBench {
  private static let frames = 10_000
  private let folder: String

  /// Makes a capture and its golden in a folder that has `counter.bpf.c`.
  init(beside folder: String) async throws {
    self.folder = folder + "/replay"
    try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: folder + "/counter.bpf.c", toPath: self.folder + "/counter.bpf.c")
    let writer = try CaptureWriter(path: self.folder + "/traffic.pcapng")
    for number in 0..<Self.frames {
      let packet = try Packet(expression: "Ether()/IP(id=\(number & 0xffff))/UDP()/Raw('x'*22)")
      try writer.write(CaptureFrame(packet.build(), nanoseconds: UInt64(number) * 1000))
    }
    try writer.finish()
    try """
    object: counter.bpf.c
    tests:
      - { name: replay, replay: traffic.pcapng, expect: { golden: golden.pcapng } }

    """.write(toFile: self.folder + "/counter.bpftest.yaml", atomically: true, encoding: .utf8)
    var options = MatrixRun.Options()
    options.record = true
    let session = try await Session.prepare(paths: [self.folder], choice: .host, recording: true)
    guard await session.run(options: options).exitCode == 0 else { throw BenchError("the golden isn't recorded") }
  }

  /// Frames a second, the median of five runs. The suite is read, compiled and planned before.
  func framesPerSecond() async throws -> Double {
    let session = try await Session.prepare(paths: [folder], choice: .host)
    var rates: [Double] = []
    for _ in 0..<5 {
      let clock = ContinuousClock.now
      let results = await session.run(options: MatrixRun.Options())
      rates.append(Double(Self.frames) / ((ContinuousClock.now - clock) / .seconds(1)))
      guard results.exitCode == 0 else { throw BenchError("the replay differs: \(results.cells)") }
    }
    return rates.sorted()[2]
  }
}
