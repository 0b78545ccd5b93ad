import BPF
import Packets
import Results
import TestPlan

/// How a test that is written in programs is judged: by what they return and write down.
struct PlannedProgramTest: Sendable {
  /// What its own steps are for, the last of the plan's.
  var roles: [ProgramTest.Role]
  /// The first of them.
  var first: Int
  var line: Int

  /// What a test comes to.
  enum Outcome {
    case failures([Failure])
    /// It says so itself, with what it logged.
    case skipped(String)
    /// Nothing was observed of a step.
    case unobserved(String)
  }

  func judge(_ seen: [StepObservation], plan: TestPlan, type: BPFProgramType, release: KernelRelease) -> Outcome {
    for (index, role) in roles.enumerated() {
      guard first + index < seen.count else { return .unobserved(role.rawValue) }
      let step = plan.steps[first + index]
      let observation = seen[first + index]
      if let refusal = observation.refusal {
        let why = RunRefusal.explain(refusal, step: step.sending(observation), type: type, release: release)
        return .failures([failure(role.rawValue, "a run", why)])
      }
      if role == .check { return check(observation, after: first > 0 ? seen[first - 1] : nil) }
      // What a program under test returns means something else, and is smaller.
      let status = ProgramTestResult.Status(UInt64(observation.returnValue))
      if observation.returnValue >= 100, let status, status == .error || status == .fail {
        return .failures([failure(role.rawValue, "a packet", "\(status.name) (\(observation.returnValue))")])
      }
    }
    return .failures([])
  }

  /// - Parameter before: the last step of the tests before it, whose packet assertions are still there.
  private func check(_ seen: StepObservation, after before: StepObservation?) -> Outcome {
    let result = seen.maps.first { $0.map == ProgramTestPlanner.resultMap }.flatMap { map -> ProgramTestResult? in
      guard case .bytes(let bytes)? = map.entries.first?.value else { return nil }
      return ProgramTestResult(bytes.array)
    }
    var failures: [Failure] = []
    for part in result?.parts ?? [] {
      let status = ProgramTestResult.Status(part.status)
      guard status != .pass, status != .skip else { continue }
      let words = status.map { "\($0.name) (\(part.status))" } ?? "\(part.status)"
      failures.append(failure(part.name, "TEST_PASS", ([words] + part.log).joined(separator: ": ")))
    }
    let log = result?.log ?? []
    let status = ProgramTestResult.Status(UInt64(seen.returnValue))
    switch status {
    case .pass: break
    case .skip where failures.isEmpty: return .skipped(log.joined(separator: "; "))
    default:
      let words = status.map { "\($0.name) (\(seen.returnValue))" } ?? "\(seen.returnValue)"
      failures.append(failure("check", "TEST_PASS", ([words] + log).joined(separator: ": ")))
    }
    if result?.isBroken == true {
      failures.append(
        failure(
          ProgramTestPlanner.resultMap, "results to its end",
          "something that is no message of Protocol Buffers"))
    }
    let known = before.map(PacketAssertion.read) ?? []
    failures += PacketAssertion.read(seen).filter { !known.contains($0) }.map { $0.failure(line: line) }
    return .failures(failures)
  }

  private func failure(_ path: String, _ expected: String, _ seen: String) -> Failure {
    Failure(path: path, expected: expected, seen: seen, line: line)
  }
}

/// A packet that newer checks have compared with what it should be and found different, `struct scapy_assert` in
/// `scapy_assert_map`: name, file, line and first layer of 128 bytes each, then what was expected and what was there, each a
/// length of two bytes and 1518 bytes.
struct PacketAssertion: Hashable {
  static let map = "scapy_assert_map"
  private static let text = 128, room = 1518

  var name: String
  var place: String
  var expected: [UInt8]
  var seen: [UInt8]

  /// Those that failed, up to the first entry that is empty.
  static func read(_ observation: StepObservation) -> [PacketAssertion] {
    let entries = observation.maps.first { $0.map == map }?.entries ?? []
    return entries.compactMap { entry in
      guard case .bytes(let bytes) = entry.value else { return nil }
      return PacketAssertion(bytes.array)
    }
  }

  private init?(_ bytes: [UInt8]) {
    let start = 4 * Self.text
    guard bytes.count >= start + 2 * (2 + Self.room) else { return nil }
    func text(_ index: Int) -> String {
      String(decoding: bytes[(index * Self.text)..<((index + 1) * Self.text)].prefix { $0 != 0 }, as: UTF8.self)
    }
    func packet(at offset: Int) -> [UInt8]? {
      let length = Int(bytes[offset]) | Int(bytes[offset + 1]) << 8
      return (1...Self.room).contains(length) ? Array(bytes[(offset + 2)..<(offset + 2 + length)]) : nil
    }
    guard let expected = packet(at: start), let seen = packet(at: start + 2 + Self.room) else { return nil }
    (name, place) = (text(0), "\(text(1)):\(text(2))")
    (self.expected, self.seen) = (expected, seen)
  }

  func failure(line: Int) -> Failure {
    let diff = PacketDiff(expected: expected, seen: seen)
    return Failure(
      path: name, expected: "\(expected.count) bytes", seen: "\(diff.summary), at \(place)", detail: diff.render(),
      line: line)
  }
}
