import Foundation
import Kernels
import Synchronization
import TestPlan

/// Boots kernels and hands out guests. It may be used by several threads at once; its calls block.
public final class MachineRoom: Sendable {
  /// What its machines are made of.
  public let options: MachineOptions
  private let note: @Sendable (String) -> Void
  private let snapshots: Snapshots
  private let known = Mutex<Ingredients?>(nil)
  private let accel = Mutex<Accel?>(nil)

  /// - Parameter note: called with a line for people when something is worth a word: a fallback, a snapshot dropped.
  public init(options: MachineOptions, note: @escaping @Sendable (String) -> Void = { _ in }) {
    self.options = options
    self.note = note
    self.snapshots = Snapshots(root: options.snapshots ?? CacheFolder.path("snapshots"))
  }

  /// A guest that runs this kernel: a clone of its snapshot, which is made first where there is none, or a machine
  /// booted from scratch where `cold` is asked for or a clone doesn't come up.
  public func boot(_ kernel: Kernel) throws(InfrastructureError) -> Guest {
    let ingredients = try readIngredients()
    let accel = try resolve(for: kernel, ingredients)
    if options.cold { return try bootCold(kernel, accel, ingredients) }
    let key = ingredients.key(kernel, accel, memory: options.memory, cpus: options.cpus)
    let snapshot: Snapshots.Snapshot
    if let found = snapshots.find(kernel, key: key) {
      snapshot = found
    } else if !snapshots.hasRoom(for: options.memory) {
      note(
        "no room for a snapshot of kernel \(kernel.id) in \(snapshots.root): booting from scratch, which takes seconds")
      return try bootCold(kernel, accel, ingredients)
    } else {
      let deadline = Deadline(seconds: options.bootTimeout)
      do throws(InfrastructureError) {
        snapshot = try makeSnapshot(kernel, key, accel, ingredients)
      } catch {
        // A machine that hung would hang again; one that died may have been killed, by a shortage of memory or by hand.
        guard !deadline.isOver else { throw error }
        note("kernel \(kernel.id): no snapshot (\(error.why)); booting from scratch")
        return try bootCold(kernel, accel, ingredients)
      }
    }
    do throws(InfrastructureError) {
      return try clone(snapshot, kernel, accel, ingredients)
    } catch {
      snapshots.drop(snapshot)
      note("kernel \(kernel.id): the snapshot gave no guest and was dropped (\(error.why)); booting from scratch")
      return try bootCold(kernel, accel, ingredients)
    }
  }

  /// The QEMU command line of a kernel's first boot, the program's name included.
  ///
  /// Where nothing is remembered about KVM, `auto` is shown as what will be tried first.
  public func commandLine(_ kernel: Kernel) -> [String] {
    let accel: Accel =
      switch options.accel {
      case .auto: self.accel.withLock { $0 } ?? guess()
      case let chosen: chosen
      }
    let qemu = PathNames.executable(options.qemu) ?? options.qemu
    let memory: QEMUCommandLine.Memory = options.cold ? .anonymous : .recorded(path: snapshots.root + "/…/ram.img")
    return [qemu]
      + QEMUCommandLine(
        qemu: qemu, kernel: kernel, accel: accel, memory: memory, size: options.memory, cpus: options.cpus
      ).arguments
  }

  private func guess() -> Accel {
    guard KVMProof.obstacle() == nil else { return .tcg }
    let qemu = PathNames.executable(options.qemu) ?? options.qemu
    return KVMProof.remembered(KVMProof.circumstances(qemu: qemu))?.works == false ? .tcg : .kvm
  }

  private func readIngredients() throws(InfrastructureError) -> Ingredients {
    let known = self.known.withLock { $0 }
    if let known { return known }
    let made = try Ingredients(options)
    self.known.withLock { $0 = made }
    return made
  }

  // MARK: - Acceleration

  /// Finds out once whether KVM runs guests. Other threads wait for the answer.
  private func resolve(for kernel: Kernel, _ ingredients: Ingredients) throws(InfrastructureError) -> Accel {
    switch options.accel {
    case .tcg: return .tcg
    case .kvm:
      if let obstacle = KVMProof.obstacle() {
        throw InfrastructureError(
          "can't use KVM", why: obstacle, next: "Use `--accel tcg`, or `--accel auto` to let bpftest choose.")
      }
      return .kvm
    case .auto:
      return accel.withLock { known in
        if let known { return known }
        let chosen = prove(kernel, ingredients)
        known = chosen
        return chosen
      }
    }
  }

  private func prove(_ kernel: Kernel, _ ingredients: Ingredients) -> Accel {
    if let obstacle = KVMProof.obstacle() {
      note("no KVM (\(obstacle)): using software emulation")
      return .tcg
    }
    let circumstances = KVMProof.circumstances(qemu: ingredients.qemu)
    if let proof = KVMProof.remembered(circumstances) {
      return proof.works ? .kvm : .tcg
    }
    var proof = KVMProof(circumstances: circumstances, works: true, reason: "")
    do throws(InfrastructureError) {
      // With KVM a guest is up in less than a second; ten tell a busy machine from one that hangs.
      try bootCold(kernel, .kvm, ingredients, timeout: 10).close()
    } catch {
      proof.works = false
      let why = error.why.split(separator: "\n").first.map(String.init) ?? ""
      proof.reason = "/dev/kvm is there, but a guest didn't come up on it within 10 s: \(why)"
      note("no KVM (\(proof.reason)): using software emulation from now on")
    }
    proof.remember()
    return proof.works ? .kvm : .tcg
  }

  // MARK: - Booting

  private func initramfs(_ kernel: Kernel, _ ingredients: Ingredients) throws(InfrastructureError) -> MemoryFile {
    let modules: GuestModules
    do {
      modules = try GuestModules(of: kernel)
    } catch {
      throw error as? InfrastructureError
        ?? InfrastructureError("can't read the modules of kernel \(kernel.id)", why: "\(error)")
    }
    let root = Initramfs.build(
      agent: try ingredients.readAgent(), busybox: try ingredients.busybox.read(), modules: modules, kernel: kernel)
    return try MemoryFile(name: "initramfs", contents: root)
  }

  private func bootCold(
    _ kernel: Kernel, _ accel: Accel, _ ingredients: Ingredients, timeout: Double? = nil
  ) throws(InfrastructureError) -> Guest {
    let (machine, facts, seconds) = try power(kernel, accel, ingredients, memory: .anonymous, timeout: timeout)
    return Guest(machine: machine, facts: facts, start: "cold", accel: accel.rawValue, seconds: seconds)
  }

  /// Starts a machine from scratch and waits for its agent.
  private func power(
    _ kernel: Kernel, _ accel: Accel, _ ingredients: Ingredients, memory: QEMUCommandLine.Memory, timeout: Double? = nil
  ) throws(InfrastructureError) -> (machine: Machine, facts: GuestFacts, seconds: Double) {
    let begin = ContinuousClock.now
    let deadline = Deadline(seconds: timeout ?? options.bootTimeout)
    let root = try initramfs(kernel, ingredients)
    let line = QEMUCommandLine(
      qemu: ingredients.qemu, kernel: kernel, accel: accel, memory: memory, size: options.memory, cpus: options.cpus)
    let machine = try Machine(line, payload: root.descriptor)
    let facts = try ready(machine, kernel, until: deadline)
    return (machine, facts, (ContinuousClock.now - begin) / .seconds(1))
  }

  private func ready(_ machine: Machine, _ kernel: Kernel, until deadline: Deadline) throws(InfrastructureError)
    -> GuestFacts
  {
    do throws(WireError) {
      while true {
        if case .ready(let facts) = try machine.receive(until: deadline) { return facts }
      }
    } catch {
      let why: String
      let said: String
      switch machine.failure(error) {
      case .crashed(let reason, let console): (why, said) = ("its kernel died: \(reason)", console)
      case .hung(let console): (why, said) = ("its agent didn't answer in time", console)
      case .infra(let reason, let console): (why, said) = (reason, console)
      }
      throw InfrastructureError(
        "a micro-VM of kernel \(kernel.id) never came up", why: why,
        next: said.isEmpty ? "Its console is empty." : "Its console ends with:\n\(said)")
    }
  }

  // MARK: - Snapshots

  /// Seconds from the agent's word to the snapshot: the kernel still takes apart what the agent has warmed up with, in grace
  /// periods and worker threads, and what isn't done by then every clone must do.
  private static let settling = 0.25

  /// Boots with memory in a file, stops, and writes the devices' state beside it.
  private func makeSnapshot(
    _ kernel: Kernel, _ key: String, _ accel: Accel, _ ingredients: Ingredients
  ) throws(InfrastructureError) -> Snapshots.Snapshot {
    let (lock, draft) = try open(kernel, key)
    defer { withExtendedLifetime(lock) {} }
    // Another thread or process may have made it while we waited.
    if let snapshot = snapshots.find(kernel, key: key) {
      snapshots.drop(draft)
      return snapshot
    }
    do throws(InfrastructureError) {
      let (machine, _, _) = try power(kernel, accel, ingredients, memory: .recorded(path: draft.memory))
      Thread.sleep(forTimeInterval: Self.settling)
      try Migration.save(machine, to: draft.state)
      machine.process.kill()
      return try snapshots.keep(draft, kernel, key: key)
    } catch {
      snapshots.drop(draft)
      throw error
    }
  }

  private func open(_ kernel: Kernel, _ key: String) throws(InfrastructureError) -> (FileLock, Snapshots.Snapshot) {
    do {
      return (try snapshots.lock(kernel, key: key), try snapshots.begin())
    } catch {
      throw error as? InfrastructureError ?? InfrastructureError("can't make a snapshot", why: "\(error)")
    }
  }

  private func clone(
    _ snapshot: Snapshots.Snapshot, _ kernel: Kernel, _ accel: Accel, _ ingredients: Ingredients
  ) throws(InfrastructureError) -> Guest {
    let begin = ContinuousClock.now
    let state = Glibc.open(snapshot.state, O_RDONLY | O_CLOEXEC)
    guard state >= 0 else {
      throw InfrastructureError("can't open \(snapshot.state)", why: String(cString: strerror(errno)))
    }
    defer { Glibc.close(state) }
    let line = QEMUCommandLine(
      qemu: ingredients.qemu, kernel: kernel, accel: accel, memory: .cloned(path: snapshot.memory),
      size: options.memory,
      cpus: options.cpus)
    let machine = try Machine(line, payload: state)
    // A clone is up in a tenth of a second; twenty seconds are for a machine under heavy load.
    let deadline = Deadline(seconds: 20)
    try Migration.load(machine)
    do {
      try machine.channel.send(Frame.wrap(HostMessage.hello.payload), until: deadline)
    } catch {
      throw InfrastructureError("a clone of kernel \(kernel.id) can't be greeted", why: "\(error)")
    }
    let facts = try ready(machine, kernel, until: deadline)
    return Guest(
      machine: machine, facts: facts, start: "clone", accel: accel.rawValue,
      seconds: (ContinuousClock.now - begin) / .seconds(1))
  }
}
