import Foundation
import Kernels

/// Moves a machine into a file and out of it, with QEMU's migration.
///
/// Its memory is a file of its own and stays out of the stream (`x-ignore-shared`), so that what is left is small: 50 to
/// 330 KB of device state.
enum Migration {
  /// The stream is written within milliseconds.
  private static let timeout = 10.0
  private static let capabilities =
    #"{"capabilities":[{"capability":"x-ignore-shared","state":true}]}"#

  /// Stops a machine and writes its state to a file.
  static func save(_ machine: Machine, to path: String) throws(InfrastructureError) {
    let deadline = Deadline(seconds: timeout)
    let control = QMPClient(wire: machine.control, deadline: deadline)
    // QEMU's sandbox forbids it to start `cat`; a socket that it is handed needs no other program.
    let stream = try Wire.pair()
    var theirs: Int32? = stream.theirs
    defer { if let theirs { close(theirs) } }
    try control.open()
    // No `stop`: the migration stops the machine itself, and a clone of a machine that ran then runs by itself.
    try control.execute("migrate-set-capabilities", capabilities)
    try control.execute("getfd", #"{"fdname":"state"}"#, descriptor: stream.theirs)
    close(stream.theirs)
    theirs = nil
    try control.execute("migrate", #"{"uri":"fd:state"}"#)
    var state: [UInt8] = []
    reading: while true {
      do throws(WireError) {
        state += try stream.ours.receive(limit: 1 << 20, until: deadline)
      } catch {
        // The end of the stream is the end of the migration.
        if error == .closed { break reading }
        throw InfrastructureError("can't take a snapshot", why: "\(error)")
      }
    }
    // The stream ends a moment before the state is final.
    while true {
      switch try control.execute("query-migrate") {
      case "completed":
        do {
          return try Data(state).write(to: URL(fileURLWithPath: path))
        } catch {
          throw InfrastructureError("can't write \(path)", why: "\(error)", next: "Is the disk full?")
        }
      case "setup", "active", "device":
        guard !deadline.isOver else { throw InfrastructureError("can't take a snapshot", why: "it takes too long") }
        usleep(2000)
      case let status:
        throw InfrastructureError("can't take a snapshot", why: "the migration ended as \(status ?? "nothing")")
      }
    }
  }

  /// Brings a machine that was started with `-incoming defer` to life, from the state it has inherited.
  static func load(_ machine: Machine) throws(InfrastructureError) {
    let control = QMPClient(wire: machine.control, deadline: Deadline(seconds: timeout))
    do throws(InfrastructureError) {
      try control.open()
      try control.execute("migrate-set-capabilities", capabilities)
      try control.execute("migrate-incoming", #"{"uri":"fd:\#(QEMUCommandLine.payloadDescriptor)"}"#)
    } catch {
      // What QEMU printed says more than the channel that broke.
      guard let status = machine.process.wait(seconds: 0.2) else { throw error }
      throw InfrastructureError(error.what, why: machine.obituary(status))
    }
  }
}
