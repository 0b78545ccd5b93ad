import CLibbpf
import Glibc

/// What to run a program with: the fields of `struct bpf_test_run_opts` (libbpf's bpf.h).
public struct TestRunOptions: Sendable {
  /// The packet, or `nil` for program types that take none.
  public var data: [UInt8]?
  /// The context in its user-space layout.
  public var context: [UInt8]?
  /// Room for the packet that comes back, in bytes.
  public var dataOutCapacity = 0
  /// Room for the context that comes back, in bytes.
  public var contextOutCapacity = 0
  /// What the first argument of a function of `bpf_dummy_ops` points to (`struct bpf_dummy_ops_state`): the first word of
  /// `context` is set to its address.
  public var state: [UInt8]?
  public var repetitions: UInt32 = 1
  /// `BPF_F_TEST_*`, see `TestRunFlags`.
  public var flags: UInt32 = 0
  public var cpu: UInt32 = 0
  public var batchSize: UInt32 = 0

  /// The most room that is made for what comes back, in bytes. The kernel takes any number of 32 bits and fills no more than
  /// a packet has: a head and at most `MAX_SKB_FRAGS` (17 to 45) pages, of 64 KiB at the largest (net/bpf/test_run.c).
  public static let mostCapacity = 1 << 26

  public init() {}

  /// All of it that doesn't point anywhere, as the C function takes it.
  var plain: bpf_test_run_opts {
    var opts = bpf_test_run_opts()
    opts.sz = MemoryLayout<bpf_test_run_opts>.size
    // Types that can't repeat refuse 1 too; to all others 0 is the same.
    opts.repeat = repetitions == 1 ? 0 : Int32(truncatingIfNeeded: repetitions)
    opts.flags = flags
    opts.cpu = cpu
    // Kernels that know no live frames don't look at the flag, and would run the program as always; a batch size they
    // refuse. 64 is what 0 means (net/bpf/test_run.c: NAPI_POLL_WEIGHT).
    let isLive = TestRunFlags(rawValue: flags).contains(.xdpLiveFrames)
    opts.batch_size = isLive && batchSize == 0 ? 64 : batchSize
    return opts
  }
}

/// What a run gave.
public struct TestRunResult: Sendable {
  /// 0, or the positive errno. `ENOSPC` comes with everything else filled in.
  public var errno: Int32
  public var returnValue: UInt32
  /// Nanoseconds per run.
  public var nanoseconds: UInt32
  /// As much of the packet as there was room for.
  public var data: [UInt8]
  /// The true length of the packet, with the metadata in front of it, in bytes; not more than `data` has where the kernel
  /// doesn't tell it.
  public var dataLength: Int
  /// `ctx_out`, as much of the context as there was room for.
  ///
  /// Without `contextOutCapacity` it is `ctx_in` as the run left it: programs of type syscall change it in place.
  public var context: [UInt8]
  /// `TestRunOptions.state` as the run left it.
  public var state: [UInt8] = []
  /// How often a signal interrupted the run, so that it was begun again.
  public var interruptions: UInt32
}

extension BPFProgram {
  /// Runs the program once or `repetitions` times. The C function is `bpf_prog_test_run_opts`.
  ///
  /// `EINTR` starts the run again and is counted. Every other refusal is in the result's `errno`; only a program that
  /// isn't loaded throws.
  public func testRun(_ options: TestRunOptions) throws(BPFError) -> TestRunResult {
    guard let descriptor else {
      throw BPFError(.badArgument, operation: "test run of program `\(name)`", detail: "it isn't loaded")
    }
    try checkRoom(options)
    var interruptions: UInt32 = 0
    while true {
      var result = Self.run(descriptor, options)
      guard result.errno == EINTR else {
        result.interruptions = interruptions
        return result
      }
      interruptions += 1
    }
  }

  /// Throws when no room can be made for what is to come back.
  func checkRoom(_ options: TestRunOptions) throws(BPFError) {
    let room = 0...TestRunOptions.mostCapacity
    if room.contains(options.dataOutCapacity), room.contains(options.contextOutCapacity) { return }
    let wrong = room.contains(options.dataOutCapacity) ? options.contextOutCapacity : options.dataOutCapacity
    throw BPFError(
      .badArgument, operation: "test run of program `\(name)`",
      detail: "room for \(wrong) bytes can't be made, only for 0 to \(TestRunOptions.mostCapacity)")
  }

  static func run(_ descriptor: Int32, _ options: TestRunOptions) -> TestRunResult {
    var opts = options.plain
    var status: Int32 = 0
    var contextOut: [UInt8] = []
    // The kernel writes to both.
    var contextIn = options.context
    var state = options.state
    let dataOut = [UInt8](unsafeUninitializedCapacity: options.dataOutCapacity) { data, dataCount in
      contextOut = [UInt8](unsafeUninitializedCapacity: options.contextOutCapacity) { context, contextCount in
        withOptionalBytes(options.data) { dataIn in
          withMutableBytes(&state) { state in
            withMutableBytes(&contextIn) { contextIn in
              if let state, let contextIn, contextIn.count >= 8 {
                contextIn.storeBytes(of: UInt64(UInt(bitPattern: state.baseAddress)), as: UInt64.self)
              }
              opts.data_in = dataIn?.baseAddress
              opts.data_size_in = UInt32(clamping: dataIn?.count ?? 0)
              opts.ctx_in = UnsafeRawPointer(contextIn?.baseAddress)
              opts.ctx_size_in = UInt32(clamping: contextIn?.count ?? 0)
              if options.dataOutCapacity > 0 {
                opts.data_out = UnsafeMutableRawPointer(data.baseAddress)
                opts.data_size_out = UInt32(clamping: options.dataOutCapacity)
              }
              if options.contextOutCapacity > 0 {
                opts.ctx_out = UnsafeMutableRawPointer(context.baseAddress)
                opts.ctx_size_out = UInt32(clamping: options.contextOutCapacity)
              }
              status = bpf_prog_test_run_opts(descriptor, &opts)
            }
          }
        }
        contextCount = isWritten(status, opts, options) ? min(Int(opts.ctx_size_out), options.contextOutCapacity) : 0
      }
      dataCount = isWritten(status, opts, options) ? min(Int(opts.data_size_out), options.dataOutCapacity) : 0
    }
    // There is room for much more than most packets have, which isn't to be kept.
    let data = dataOut.capacity - dataOut.count > 4096 ? dataOut.withUnsafeBufferPointer { Array($0) } : dataOut
    return TestRunResult(
      errno: -status, returnValue: opts.retval, nanoseconds: opts.duration, data: data,
      dataLength: Int(opts.data_size_out), context: options.contextOutCapacity > 0 ? contextOut : contextIn ?? [],
      state: state ?? [], interruptions: 0)
  }
}

extension BPFProgram {
  /// Whether the kernel wrote what it has. Of a packet in several parts it writes nothing when they have no room, and tells no
  /// size either (`bpf_test_finish` in net/bpf/test_run.c).
  static func isWritten(_ status: Int32, _ opts: bpf_test_run_opts, _ options: TestRunOptions) -> Bool {
    status == 0 || status == -ENOSPC && Int(opts.data_size_out) > options.dataOutCapacity
  }
}

private func withOptionalBytes(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Void) {
  guard let bytes else { return body(nil) }
  bytes.withUnsafeBytes { body($0) }
}

private func withMutableBytes(_ bytes: inout [UInt8]?, _ body: (UnsafeMutableRawBufferPointer?) -> Void) {
  if bytes == nil { return body(nil) }
  bytes?.withUnsafeMutableBytes { body($0) }
}
