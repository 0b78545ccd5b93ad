import Glibc
import Packets

/// Reads the frames of a capture that a fixture names.
struct CaptureFrames {
  let complaints: Complaints
  let folder: String

  /// Where a file named in the fixture is.
  func path(_ name: String) -> String { name.hasPrefix("/") || folder == "." ? name : "\(folder)/\(name)" }

  /// What a capture gave.
  struct Read {
    var frames: [Traffic.Frame] = []
    /// Frames left out, since they were cut when they were captured.
    var cut = 0
    /// A frame without an Ethernet header, in words.
    var bare: Located<String>?
  }

  /// The frames whose numbers are in `range`, from 1; all of them without one. `nil` after a complaint.
  func read(_ file: Located<String>, range: Located<ClosedRange<Int>>?, as packets: CapturedPacket) -> Read? {
    do throws(CaptureError) {
      let reader = try CaptureReader(path: path(file.value))
      var read = Read()
      while let frame = try reader.next() {
        if let range, reader.count > range.value.upperBound { break }
        if let range, reader.count < range.value.lowerBound { continue }
        let bytes: [UInt8]
        switch packets.packet(frame, number: reader.count, of: file.value) {
        case .packet(let packet, let isBare):
          bytes = packet
          if isBare, read.bare == nil {
            read.bare = Located(CapturedPacket.bare(reader.count, of: file.value), file.position)
          }
        case .cut:
          read.cut += 1
          continue
        case .problem(let problem):
          complaints.add(file.position, problem)
          return nil
        }
        guard read.frames.count < Traffic.limit else {
          complaints.add(
            file.position, "`\(file.value)` has more than \(Traffic.limit) frames",
            hint: "choose some: { pcap: \(file.value), frames: 1-\(Traffic.limit) }")
          return nil
        }
        read.frames.append(Traffic.Frame(number: reader.count, bytes: bytes, nanoseconds: frame.nanoseconds))
      }
      if let broken = reader.brokenOff {
        complaints.add(file.position, "`\(file.value)` \(broken)")
        return nil
      }
      let last = range?.value.upperBound
      if reader.count == 0 {
        complaints.add(file.position, "`\(file.value)` has no frames, so there is nothing to replay")
        return nil
      }
      if let range, let last, last != .max, reader.count < last {
        complaints.add(range.position, "`\(file.value)` has no frame \(last): it has \(reader.count)")
        return nil
      }
      if read.frames.isEmpty, read.cut > 0 {
        complaints.add(
          file.position,
          "all that would be replayed of `\(file.value)` was cut short when it was captured (\(read.cut) "
            + "\(read.cut == 1 ? "frame" : "frames"))",
          hint: "`truncated: run` runs frames as they are: { pcap: \(file.value), truncated: run }")
        return nil
      }
      if let range, read.frames.isEmpty {
        complaints.add(
          range.position, "`\(file.value)` has no frame \(range.value.lowerBound): it has \(reader.count)")
        return nil
      }
      return read
    } catch {
      complaints.add(file.position, error.description)
      return nil
    }
  }

  /// The golden of `count` frames; `nil` after a complaint.
  func golden(_ file: Located<String>, count: Int, fixture: String) -> Golden? {
    let path = path(file.value)
    let record = "record it with: bpftest run \(fixture) --record"
    guard access(path, F_OK) == 0 else {
      complaints.add(file.position, "the golden `\(file.value)` isn't there", hint: record)
      return nil
    }
    do throws(CaptureError) {
      let reader = try CaptureReader(path: path)
      let frames = try reader.rest()
      if let broken = reader.brokenOff {
        complaints.add(file.position, "the golden `\(file.value)` \(broken)", hint: record)
        return nil
      }
      guard frames.count == count else {
        complaints.add(
          file.position,
          frames.isEmpty
            ? "the golden `\(file.value)` has no frames"
            : "the golden `\(file.value)` has \(frames.count) frames, and \(count) go in", hint: record)
        return nil
      }
      for (index, frame) in frames.enumerated() where frame.comments.isEmpty {
        complaints.add(
          file.position, "frame \(index + 1) of the golden `\(file.value)` has no comment that says what was returned",
          hint: record)
        return nil
      }
      return Golden(
        path: path, line: file.position.line,
        frames: frames.map {
          GoldenFrame(bytes: $0.bytes, length: $0.originalLength, comment: $0.comments.first ?? "")
        })
    } catch {
      complaints.add(file.position, error.description, hint: record)
      return nil
    }
  }
}
