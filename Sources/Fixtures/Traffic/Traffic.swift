import Packets

/// Many packets through one program, one after the other: the frames of a capture, or generated ones.
struct Traffic: Sendable {
  enum Source: Hashable, Sendable {
    /// A capture's file.
    case capture(String)
    /// Made by a `PacketGenerator` of that seed.
    case generated(seed: UInt64)
  }

  struct Frame: Sendable {
    /// From 1: the frame's number in its capture, as Wireshark counts, or the generated packet's.
    var number: Int
    /// From its Ethernet header on.
    var bytes: [UInt8]
    /// When it was captured, in nanoseconds since 1970 (UTC).
    var nanoseconds: UInt64 = 0
  }

  /// More packets than this make a plan that no longer fits a small micro-VM beside its object.
  static let limit = 100_000

  var source: Source
  /// At least one.
  var frames: [Frame]
  /// What the frames must become; `nil` for a test that has no golden.
  var golden: PerKernel<Golden>?

  /// Frames of the capture that were left out, since they were cut when they were captured.
  var cut = 0
  /// A frame whose Ethernet header was made up, in words.
  var bare: Located<String>?

  /// What a message calls one of them.
  var noun: String {
    switch source {
    case .capture: "frame"
    case .generated: "packet"
    }
  }
}

extension Traffic {
  /// The frames of a capture.
  init(_ capture: String, _ read: CaptureFrames.Read) {
    self.init(source: .capture(capture), frames: read.frames, cut: read.cut, bare: read.bare)
  }
}

/// The output of a replay as it was recorded, to be compared with.
struct Golden: Sendable {
  /// The pcapng file.
  var path: String
  /// The line of the fixture that names it, from 1.
  var line: Int
  /// One for each input frame; `nil` while the golden is being recorded.
  var frames: [GoldenFrame]?
}
