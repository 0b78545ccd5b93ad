import CBPFShims
import Foundation
import Kernels

/// One line of QEMU's machine protocol (docs/interop/qmp-spec).
enum QMPMessage: Equatable {
  case greeting
  /// What a command returned: its `status` field where it has one.
  case result(status: String?)
  case refusal(class: String, words: String)
  case event(String)

  /// Reads a line; `nil` when it is nothing of the protocol.
  init?(line: [UInt8]) {
    struct Line: Decodable {
      struct Refusal: Decodable {
        var `class`: String
        var desc: String
      }
      struct Result: Decodable {
        var status: String?

        // A result may also be a list or a number, which nothing here reads.
        init(from decoder: any Decoder) throws {
          status = try? decoder.container(keyedBy: Key.self).decodeIfPresent(String.self, forKey: .status)
        }
        enum Key: CodingKey { case status }
      }
      struct Greeting: Decodable {}
      var greeting: Greeting?
      var `return`: Result?
      var error: Refusal?
      var event: String?
      enum CodingKeys: String, CodingKey {
        case greeting = "QMP"
        case `return`, error, event
      }
    }
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(line)) else { return nil }
    if let refusal = line.error {
      self = .refusal(class: refusal.class, words: refusal.desc)
    } else if let result = line.return {
      self = .result(status: result.status)
    } else if let event = line.event {
      self = .event(event)
    } else if line.greeting != nil {
      self = .greeting
    } else {
      return nil
    }
  }
}

/// Talks to one QEMU, a command at a time, on one thread.
final class QMPClient {
  private let wire: Wire
  private let deadline: Deadline
  private var buffer: [UInt8] = []

  /// - Parameter deadline: for the whole conversation.
  init(wire: Wire, deadline: Deadline) {
    self.wire = wire
    self.deadline = deadline
  }

  /// Awaits the greeting and leaves the negotiation mode.
  func open() throws(InfrastructureError) {
    while try next() != .greeting {}
    try execute("qmp_capabilities")
  }

  /// Runs a command and returns its result's `status`, if it has one.
  ///
  /// - Parameter arguments: a JSON object.
  /// - Parameter descriptor: passed along, as `getfd` wants it.
  @discardableResult
  func execute(
    _ command: String, _ arguments: String = "{}", descriptor: Int32? = nil
  ) throws(InfrastructureError) -> String? {
    let line = [UInt8]("{\"execute\":\"\(command)\",\"arguments\":\(arguments)}\n".utf8)
    if let descriptor {
      let result = bpftest_send_descriptor(wire.descriptor, line, line.count, descriptor)
      guard result == 0 else { throw failed(command, String(cString: strerror(-result))) }
    } else {
      do throws(WireError) {
        try wire.send(line, until: deadline)
      } catch {
        throw failed(command, "\(error)")
      }
    }
    while true {
      switch try next() {
      case .result(let status): return status
      case .refusal(let kind, let words): throw failed(command, "\(kind): \(words)")
      case .greeting, .event: continue
      }
    }
  }

  private func next() throws(InfrastructureError) -> QMPMessage {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(buffer[..<end])
        buffer.removeSubrange(...end)
        if line.allSatisfy({ $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: " ") }) { continue }
        guard let message = QMPMessage(line: line) else {
          throw failed("its answer", "can't read \(String(decoding: line.prefix(200), as: UTF8.self))")
        }
        return message
      }
      do throws(WireError) {
        buffer += try wire.receive(limit: 1 << 16, until: deadline)
      } catch {
        throw failed("its answer", "\(error)")
      }
    }
  }

  private func failed(_ command: String, _ why: String) -> InfrastructureError {
    InfrastructureError("QEMU's control channel failed at \(command)", why: why)
  }
}
