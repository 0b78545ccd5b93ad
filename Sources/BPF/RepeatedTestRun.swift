import CLibbpf
import Glibc

extension BPFProgram {
  /// Runs the program as `testRun(_:)` does, and writes what it gave over `result`, whose memory is used again: in a loop
  /// over small programs, making room for each packet anew would be a tenth of the time.
  public func testRun(_ options: TestRunOptions, into result: inout TestRunResult) throws(BPFError) {
    guard let descriptor, options.context == nil, options.state == nil, options.contextOutCapacity == 0,
      let packet = options.data
    else {
      result = try testRun(options)
      return
    }
    try checkRoom(options)
    var opts = options.plain
    if !result.context.isEmpty { result.context = [] }
    if !result.state.isEmpty { result.state = [] }
    result.data.setCount(options.dataOutCapacity)
    result.interruptions = 0
    var status: Int32 = 0
    while true {
      status = packet.withUnsafeBytes { packet in
        result.data.withUnsafeMutableBytes { data in
          opts.data_in = packet.baseAddress
          opts.data_size_in = UInt32(clamping: packet.count)
          // A size without a pointer, or the other way round, is a mistake to the kernel.
          opts.data_out = data.isEmpty ? nil : data.baseAddress
          opts.data_size_out = UInt32(clamping: data.count)
          return bpf_prog_test_run_opts(descriptor, &opts)
        }
      }
      guard status == -EINTR else { break }
      result.interruptions &+= 1
    }
    let isWritten = Self.isWritten(status, opts, options)
    result.data.setCount(isWritten ? min(Int(opts.data_size_out), options.dataOutCapacity) : 0)
    result.errno = -status
    result.returnValue = opts.retval
    result.nanoseconds = opts.duration
    result.dataLength = Int(opts.data_size_out)
  }
}

extension TestRunResult {
  /// Of no run yet: for `testRun(_:into:)`.
  public init() {
    self.init(errno: 0, returnValue: 0, nanoseconds: 0, data: [], dataLength: 0, context: [], interruptions: 0)
  }
}

extension [UInt8] {
  /// Cuts it off, or fills it up with zeros.
  fileprivate mutating func setCount(_ wanted: Int) {
    if count == wanted { return }
    if count > wanted {
      removeLast(count - wanted)
    } else {
      append(contentsOf: repeatElement(0, count: wanted - count))
    }
  }
}
