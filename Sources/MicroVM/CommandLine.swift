import Kernels

/// The QEMU command line of a micro-VM.
///
/// All that QEMU shares with us are descriptors that it inherits, so that no socket or temporary file has a name.
struct QEMUCommandLine {
  /// What the guest's memory is.
  enum Memory: Equatable {
    /// Its own, gone with it.
    case anonymous
    /// A file that becomes the snapshot's memory.
    case recorded(path: String)
    /// A snapshot's memory, mapped privately: clones share clean pages and never change it.
    case cloned(path: String)
  }

  var qemu: String
  var kernel: Kernel
  var accel: Accel
  var memory: Memory
  /// In MiB.
  var size: Int
  /// Processors.
  var cpus = 1

  // The descriptors that QEMU inherits; 0 to 2 are the usual ones.
  static let channelDescriptor = 3
  static let controlDescriptor = 4
  static let consoleDescriptor = 5
  /// The initramfs of a boot, the device state of a clone.
  static let payloadDescriptor = 6

  /// What the kernel is told. See vm/README.md for why.
  static let kernelLine =
    "console=ttyS0 quiet panic=-1 oops=panic nokaslr mitigations=off lsm=landlock,lockdown,yama,loadpin,safesetid,"
    + "integrity,bpf no_timer_check tsc=reliable lpj=4000000 random.trust_cpu=on cryptomgr.notests "
    + "rcupdate.rcu_expedited=1 printk.devkmsg=on hardened_usercopy=off 8250.nr_uarts=1"

  /// The name of the channel's port, by which the agent finds it.
  static let portName = "org.bpftest.0"

  /// The arguments after the program's name.
  var arguments: [String] {
    var line = ["-name", "bpftest-\(kernel.id)", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
    line += ["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"]
    // Devices that a BPF program never meets, and that cost time at boot.
    var machine = "q35,sata=off,smbus=off,vmport=off,hpet=off,usb=off"
    switch memory {
    case .anonymous: break
    case .recorded(let path), .cloned(let path):
      machine += ",memory-backend=mem"
      var share = "on"
      if case .cloned = memory { share = "off" }
      line += ["-object", "memory-backend-file,id=mem,size=\(size)M,mem-path=\(escaped(path)),share=\(share)"]
    }
    line += ["-M", machine, "-m", "\(size)M", "-smp", "\(cpus)"]
    // Page tables of five levels cost an emulated processor one more memory access at each miss. Without "enhanced rep
    // movsb" the kernel clears and copies memory in words: QEMU's emulation moves one element at a time.
    line += ["-accel", accel.rawValue, "-cpu", accel == .kvm ? "host" : "max,la57=off,erms=off,fsrm=off"]
    line += ["-kernel", kernel.vmlinuz, "-append", Self.kernelLine]
    line += ["-serial", "file:/proc/self/fd/\(Self.consoleDescriptor)"]
    // Without ioeventfd the emulated processor does the device's work itself, and needn't wake another thread for it.
    line += ["-device", "virtio-serial-pci,ioeventfd=off"]
    line += ["-chardev", "socket,id=channel,fd=\(Self.channelDescriptor)"]
    line += ["-device", "virtserialport,chardev=channel,name=\(Self.portName)"]
    line += ["-chardev", "socket,id=control,fd=\(Self.controlDescriptor)", "-mon", "chardev=control,mode=control"]
    if case .cloned = memory {
      line += ["-incoming", "defer"]
    } else {
      line += ["-initrd", "/proc/self/fd/\(Self.payloadDescriptor)"]
    }
    return line
  }

  /// QEMU's options have commas between them; one in a value is written twice.
  private func escaped(_ value: String) -> String {
    value.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
  }
}
