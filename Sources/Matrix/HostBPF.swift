import BPF
import Kernels

/// Whether this process may load BPF programs on the kernel it runs on.
public enum HostBPF {
  /// Why not, in words; `nil` when it may. Tried, not deduced: capabilities, LSMs and lockdown all have their say.
  public static func obstacle() -> String? {
    let refused = "the kernel refuses to load a program for it"
    do {
      return try KernelProbes.has(programType: BPFProgramType.xdp.rawValue) ? nil : refused
    } catch {
      return "\(refused): \(Errno.name(error.errno))"
    }
  }
}

extension Session.Choice {
  /// The kernel of that name; without one the host's, or the newest in a micro-VM where this process may not use BPF.
  public static func one(_ kernel: String?, note: (String) -> Void) throws -> Session.Choice {
    switch kernel {
    case "host": return .host
    case let id?: return .list(id)
    case nil: break
    }
    guard let why = HostBPF.obstacle() else { return .host }
    let newest = try Session.newestKernel()
    note("this process may not use BPF (\(why)): running on kernel \(newest) in a micro-VM")
    return .list(newest)
  }
}

extension Session {
  /// The id of the catalog's newest kernel, release candidates aside.
  public static func newestKernel() throws -> String {
    let catalog = try Configuration.find().loadCatalog()
    let stable = catalog.entries.last { $0.version.map { !$0.isCandidate } ?? false } ?? catalog.entries.last
    guard let stable else { throw CatalogError(reason: "the kernel catalog is empty") }
    return stable.id
  }
}
