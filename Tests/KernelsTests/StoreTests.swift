import Foundation
import Testing

@testable import Kernels

@Suite struct StoreTests {
  private let root = NSTemporaryDirectory() + "bpftest-store-\(UUID().uuidString)"

  private func put(_ id: String, _ release: String, version: String, record: Bool = true, parts: [String]? = ["x"])
    throws
  {
    let folder = "\(root)/\(id)/\(release)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    guard record else { return }
    let record = KernelRecord(
      id: id, release: release, arch: "x86_64", package: "linux-image-\(release)", version: version, suite: "sid",
      hasModules: true, parts: parts)
    try JSONEncoder().encode(record).write(to: URL(fileURLWithPath: folder + "/kernel.json"))
  }

  @Test func listsTheNewestReleaseOfEachKernelInOrder() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    try put("6.12", "6.12.9", version: "6.12.9-1")
    try put("6.12", "6.12.10", version: "6.12.10-1")
    try put("5.10", "5.10.0-1", version: "5.10.1-1")
    try put("6.1", "6.1.0-1", version: "6.1.1-1", record: false)
    let kernels = try KernelStore(root: root).installed()
    #expect(kernels.map(\.release) == ["5.10.0-1", "6.12.10"])
    #expect(kernels.last?.btf == "\(root)/6.12/6.12.10/btf/vmlinux")
    #expect(kernels.last?.modules == "\(root)/6.12/6.12.10/modules")
  }

  @Test func anEmptyStoreHasNoKernels() throws {
    #expect(try KernelStore(root: root).installed().isEmpty)
    #expect(!FileManager.default.fileExists(atPath: root))
  }

  @Test func fetchesNothingThatIsThere() async throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    try put("6.1", "6.1.0-1", version: "6.1.1-1")
    // A mirror that can't exist: any use of the network would throw.
    var catalog = try KernelCatalog.load()
    catalog.mirror = "http://mirror.invalid/debian"
    let kernels = try await KernelStore(root: root).fetch(["6.1"], catalog: catalog) { _ in }
    #expect(kernels.map(\.release) == ["6.1.0-1"])
  }

  @Test func aKernelFromBeforeConfigurationsWereFetchedIsFetchedOnceMore() async throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    try put("7.2", "7.2.12", version: "7.2.12-1", parts: nil)
    var catalog = try KernelCatalog.load()
    catalog.mirror = "http://mirror.invalid/debian"
    let mirrorless = catalog
    await #expect(throws: InfrastructureError.self) {
      _ = try await KernelStore(root: self.root).fetch(["7.2"], catalog: mirrorless) { _ in }
    }
    // It is still there for those who can't fetch, and is enough where it has its configuration.
    #expect(try KernelStore(root: root).installed().map(\.id) == ["7.2"])
    try Data().write(to: URL(fileURLWithPath: "\(root)/7.2/7.2.12/config"))
    let kernels = try await KernelStore(root: root).fetch(["7.2"], catalog: catalog) { _ in }
    #expect(kernels.count == 1)
  }

  @Test func looksForTheConfigurationBesideAnImageAndItsModules() {
    #expect(
      PathSource.configs(vmlinuz: "/boot/vmlinuz-6.1.0-9", modules: "/lib/modules/6.1.0-9") == [
        "/boot/config-6.1.0-9", "/lib/modules/6.1.0-9/config",
      ])
    #expect(PathSource.configs(vmlinuz: "/k/arch/x86/boot/bzImage", modules: nil) == ["/k/arch/x86/boot/config"])
  }

  @Test func removesAKernel() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    try put("6.1", "6.1.0-1", version: "6.1.1-1")
    try KernelStore(root: root).remove("6.1")
    #expect(try KernelStore(root: root).installed().isEmpty)
    #expect(throws: CatalogError.self) { try KernelStore(root: root).remove("6.1") }
    #expect(throws: CatalogError.self) { try KernelStore(root: root).remove("../kernels") }
  }

  @Test func aPathThatIsNoKernelIsRefusedAndLeavesNothing() async throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let image = root + "-image"
    defer { try? FileManager.default.removeItem(atPath: image) }
    try Data(repeating: 0, count: 0x2000).write(to: URL(fileURLWithPath: image))
    let catalog = try KernelCatalog.parse("kernels: [{ id: mine, path: { vmlinuz: \(image) } }]", file: "x")
    let error = await #expect(throws: InfrastructureError.self) {
      try await KernelStore(root: root).fetch(["mine"], catalog: catalog) { _ in }
    }
    #expect(error?.why.contains("no bzImage") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: root) == [".lock"])
  }

  @Test func readsASectionAndRefusesTornFiles() throws {
    let file = NSTemporaryDirectory() + "bpftest-elf-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let whole = Self.elf(section: ".BTF", contents: [1, 2, 3])
    try Data(whole).write(to: URL(fileURLWithPath: file))
    #expect(try ELFSections(path: file).section(named: ".BTF") == [1, 2, 3])
    #expect(try ELFSections(path: file).section(named: ".text") == nil)
    for length in [0, 10, 63, 64, 70, whole.count - 1] {
      try Data(whole.prefix(length)).write(to: URL(fileURLWithPath: file))
      #expect(throws: InfrastructureError.self) { try ELFSections(path: file).section(named: ".BTF") }
    }
    for position in [40, 47, 60, 62] {
      var torn = whole
      torn[position] = 0xff
      try Data(torn).write(to: URL(fileURLWithPath: file))
      #expect(throws: InfrastructureError.self, "byte \(position)") {
        try ELFSections(path: file).section(named: ".BTF")
      }
    }
  }

  /// A header, a section with contents, the section names, and the table of both at the end.
  private static func elf(section: String, contents: [UInt8]) -> [UInt8] {
    let names = [UInt8]("\0\(section)\0.shstrtab\0".utf8)
    func little(_ value: Int, _ width: Int) -> [UInt8] {
      (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    func header(name: Int, offset: Int, size: Int) -> [UInt8] {
      little(name, 4) + little(1, 4) + little(0, 16) + little(offset, 8) + little(size, 8) + little(0, 24)
    }
    let table = 64 + contents.count + names.count
    let start: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 33)
    let elf = start + little(table, 8) + little(0, 10) + little(64, 2) + little(2, 2) + little(1, 2)
    return elf + contents + names + header(name: 1, offset: 64, size: contents.count)
      + header(name: 2 + section.utf8.count, offset: 64 + contents.count, size: names.count)
  }
}
