import Foundation
import Packets

/// What packets cost: building, dissecting and reading captures, in one thread, beside Scapy on the same packet.
struct PacketBench {
  private static let expression = "Ether()/IP()/TCP()/Raw(b\"x\"*64)"

  func add(to table: inout BenchTable) throws {
    let packet = try Packet(expression: Self.expression)
    let bytes = try packet.build()
    let count = 200_000
    var checked = 0
    let built = try median(of: 5) {
      try Double(count) / seconds { for _ in 0..<count { checked &+= try packet.build().count } }
    }
    let composed = try median(of: 5) {
      let payload = Payload(repeating: 0x78, count: 64)
      return try Double(count)
        / seconds {
          for _ in 0..<count { checked &+= try (Ether() / IPv4() / TCP() / payload).build().count }
        }
    }
    let dissected = median(of: 5) {
      Double(count) / seconds { for _ in 0..<count { checked &+= Packet(dissecting: bytes).layerCount } }
    }
    guard checked == 5 * count * (2 * bytes.count + 4) else {
      throw BenchError("the packets are not what they should be")
    }
    let million = ("a million", 1_000_000.0)
    table.add("Ether/IP/TCP/64 bytes built", built, "packets/s", baseline: million, goal: 1, atLeast: true)
    table.add("Ether/IP/TCP/64 bytes dissected", dissected, "packets/s", baseline: million, goal: 1, atLeast: true)
    if let scapy = try scapy() {
      table.add("… built", built, "packets/s", baseline: ("Scapy", scapy.built), goal: 100, atLeast: true)
      table.add(
        "… put together and built", composed, "packets/s", baseline: ("Scapy", scapy.composed), goal: nil)
      table.add("… dissected", dissected, "packets/s", baseline: ("Scapy", scapy.dissected), goal: 100, atLeast: true)
    }
    for format in CaptureFormat.allCases { try addCapture(format, to: &table) }
  }

  /// A million frames of 1,000 bytes, read from page cache.
  private func addCapture(_ format: CaptureFormat, to table: inout BenchTable) throws {
    let path = NSTemporaryDirectory() + "bpftest-bench-\(UUID().uuidString).\(format.rawValue)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let frames = 1_000_000
    let writer = try CaptureWriter(path: path, format: format)
    let frame = CaptureFrame(try Packet(expression: "Ether()/IP()/TCP()/Raw(b\"x\"*946)").build())
    for _ in 0..<frames { try writer.write(frame) }
    try writer.finish()
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    let before = try Self.peakMemory()
    let reading = try median(of: 3) {
      try seconds {
        let reader = try CaptureReader(path: path)
        var bytes = 0
        while let frame = try reader.next() { bytes &+= frame.bytes.count }
        guard bytes == frames * frame.bytes.count, reader.brokenOff == nil else {
          throw BenchError("the capture is not what was written")
        }
      }
    }
    let grown = max(0, try Self.peakMemory() - before)
    table.add(
      "\(format.rawValue) of 1 M frames read (peak memory \(grown / 1024) KiB more)", Double(size) / reading / 1e9,
      "GB/s",
      baseline: ("one a second", 1), goal: 1, atLeast: true)
  }

  /// The most memory that this process had at once, in bytes (proc(5), `VmHWM`).
  private static func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return 1024 * (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
  }

  /// What Scapy makes of the same packet in a second; `nil` where there is none.
  private func scapy() throws -> (built: Double, composed: Double, dissected: Double)? {
    guard let python = ProcessInfo.processInfo.environment["BPFTEST_SCAPY_PYTHON"] else {
      FileHandle.standardError.write(Data("no Scapy to compare with: BPFTEST_SCAPY_PYTHON isn't set\n".utf8))
      return nil
    }
    let script = """
      import logging, time
      logging.disable(logging.CRITICAL)
      from scapy.all import Ether, IP, TCP, Raw
      a = dict(dst="ff:ff:ff:ff:ff:ff", src="00:00:00:00:00:00")
      b = dict(dst="127.0.0.1", src="127.0.0.1")
      packet = Ether(**a)/IP(**b)/TCP()/Raw(b"x"*64)
      whole = bytes(packet)
      def rate(body):
          rates = []
          for _ in range(5):
              start = time.perf_counter()
              for _ in range(1000): body()
              rates.append(1000 / (time.perf_counter() - start))
          return sorted(rates)[2]
      print(rate(lambda: bytes(packet)), rate(lambda: bytes(Ether(**a)/IP(**b)/TCP()/Raw(b"x"*64))), rate(lambda: Ether(whole)))
      """
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = ["-c", script]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let rates = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard process.terminationStatus == 0, rates.count == 3 else { throw BenchError("Scapy can't be measured: \(text)") }
    return (rates[0], rates[1], rates[2])
  }
}
