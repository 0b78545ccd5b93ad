import BPF
import CBPFShims
import Glibc
import TestPlan

/// Descriptors and numbers that references of one entry stand for; those opened for it are closed with this value.
final class ResolvedReferences {
  private var opened: [Int32] = []

  deinit { for descriptor in opened { close(descriptor) } }

  /// The entry's key and value with everything filled in.
  func fill(
    _ entry: MapEntry, value: [UInt8], _ runner: StepRunner, in scene: TestScene
  ) throws(BPFError) -> (key: [UInt8], value: [UInt8]) {
    var (key, value) = (entry.key.array, value)
    for reference in entry.references ?? [] {
      let number = try number(reference.target, runner, scene)
      if reference.isKey {
        try store(number, &key, reference.offset)
      } else {
        try store(number, &value, reference.offset)
      }
    }
    return (key, value)
  }

  private func store(_ number: Int32, _ bytes: inout [UInt8], _ offset: Int) throws(BPFError) {
    guard offset >= 0, offset <= bytes.count - 4 else {
      throw BPFError(.badArgument, operation: "a reference at byte \(offset) lies outside \(bytes.count) bytes")
    }
    bytes.replaceSubrange(offset..<(offset + 4), with: withUnsafeBytes(of: number) { [UInt8]($0) })
  }

  private func number(
    _ target: MapReference.Target, _ runner: StepRunner, _ scene: TestScene
  ) throws(BPFError) -> Int32 {
    switch target {
    case .program(let name):
      return try runner.loaded(try runner.found(runner.programs[name], "program", name).descriptor, "program", name)
    case .interface(let name):
      let index = if_nametoindex(name)
      guard index > 0 else { throw BPFError(.kernel, errno: errno, operation: "there is no interface `\(name)`") }
      return Int32(bitPattern: index)
    case .cgroup("test"):
      if let cgroup = scene.environment?.cgroupDescriptor { return cgroup }
      throw BPFError(.badArgument, operation: "the test's environment has no cgroup")
    case .cgroup(let path):
      guard let mount = ControlGroup.mountPoint() else {
        throw BPFError(.kernel, errno: ENOENT, operation: "the cgroup2 file system is not mounted")
      }
      return try opening(mount + path)
    case .file(let path): return try opening(path)
    case .socket(let name):
      if let socket = scene.environment?.sockets.descriptor(of: name) { return socket }
      return try scene.sockets.socket(name)
    case .trigger: return try keep(bpftest_open_process(try scene.callerNumber()), "opening the triggers' process")
    case .task: return try keep(bpftest_open_thread(), "opening this thread")
    }
  }

  private func opening(_ path: String) throws(BPFError) -> Int32 {
    try keep(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), "opening \(path)")
  }

  private func keep(_ descriptor: Int32, _ operation: String) throws(BPFError) -> Int32 {
    guard descriptor >= 0 else { throw BPFError(.kernel, errno: errno, operation: operation) }
    opened.append(descriptor)
    return descriptor
  }
}
