import Glibc
import Packets

/// Reads the frames of a capture that a fixture names.
struct CaptureFrames {
  let complaints: Complaints
  let folder: String

  /// Where a file named in the fixture is.
  func path(_ name: String) -> String { name.hasPrefix("/") || folder == "." ? name : "\(folder)/\(name)" }

  /// Why a frame can't go through a program, in words; `nil` for one that can.
  static func problem(_ frame: CaptureFrame, number: Int, of name: String) -> String? {
    if frame.linkType != .ethernet {
      return "frame \(number) of `\(name)` is of link type \(frame.linkType), and a packet is Ethernet"
    }
    guard frame.bytes.count < frame.originalLength else { return nil }
    return "frame \(number) of `\(name)` was cut short when it was captured: \(frame.bytes.count) of "
      + "\(frame.originalLength) bytes"
  }

  /// The frames whose numbers are in `range`, from 1; all of them without one. `nil` after a complaint.
  func read(_ file: Located<String>, range: Located<ClosedRange<Int>>?) -> [Traffic.Frame]? {
    do throws(CaptureError) {
      let reader = try CaptureReader(path: path(file.value))
      var frames: [Traffic.Frame] = []
      while let frame = try reader.next() {
        if let range, reader.count > range.value.upperBound { break }
        if let range, reader.count < range.value.lowerBound { continue }
        if let problem = Self.problem(frame, number: reader.count, of: file.value) {
          complaints.add(file.position, problem)
          return nil
        }
        guard frames.count < Traffic.limit else {
          complaints.add(
            file.position, "`\(file.value)` has more than \(Traffic.limit) frames",
            hint: "choose some: { pcap: \(file.value), frames: 1-\(Traffic.limit) }")
          return nil
        }
        frames.append(Traffic.Frame(number: reader.count, bytes: frame.bytes, nanoseconds: frame.nanoseconds))
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
      if let range, frames.isEmpty {
        complaints.add(
          range.position, "`\(file.value)` has no frame \(range.value.lowerBound): it has \(reader.count)")
        return nil
      }
      return frames
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
