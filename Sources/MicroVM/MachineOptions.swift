import Foundation

/// How a micro-VM's processor is made.
public enum Accel: String, Sendable, Hashable, CaseIterable {
  /// KVM where it is proven to run a guest, otherwise software emulation.
  case auto
  /// The processor's own virtualisation; an error where it doesn't work.
  case kvm
  /// Software emulation (QEMU's TCG), which works everywhere.
  case tcg
}

/// What micro-VMs are made of.
public struct MachineOptions: Sendable {
  /// How the processor is made.
  public var accel: Accel
  /// Boot from scratch each time, without snapshots.
  public var cold: Bool
  /// The guest's memory in MiB.
  public var memory: Int
  /// The guest's processors.
  public var cpus = 1
  /// The guest agent: a static executable (the product `bpftest-guest`).
  public var agentPath: String
  /// The emulator: a path, or a name on PATH.
  public var qemu: String
  /// The static busybox that goes into the guest.
  public var busybox: String
  /// The longest that a boot may take, in seconds.
  public var bootTimeout: Double
  /// Where snapshots are kept; `$XDG_CACHE_HOME/bpftest/snapshots` when `nil`.
  public var snapshots: String?

  public init(
    accel: Accel = .auto, cold: Bool = false, memory: Int = 256, agentPath: String = MachineOptions.defaultAgentPath(),
    qemu: String = "qemu-system-x86_64", busybox: String = "busybox", bootTimeout: Double = 60, snapshots: String? = nil
  ) {
    self.accel = accel
    self.cold = cold
    self.memory = memory
    self.agentPath = agentPath
    self.qemu = qemu
    self.busybox = busybox
    self.bootTimeout = bootTimeout
    self.snapshots = snapshots
  }

  /// `$BPFTEST_GUEST`, or `bpftest-guest` beside this executable or in `../libexec` of it.
  public static func defaultAgentPath() -> String {
    if let path = ProcessInfo.processInfo.environment["BPFTEST_GUEST"], !path.isEmpty { return path }
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "./bpftest"
    let folder = own.lastIndex(of: "/").map { String(own[..<$0]) } ?? "."
    let beside = folder + "/bpftest-guest"
    let library = folder + "/../libexec/bpftest-guest"
    return access(beside, F_OK) != 0 && access(library, F_OK) == 0 ? library : beside
  }
}
