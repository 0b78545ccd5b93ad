import Foundation
import Testing

@testable import Kernels

@Suite struct CatalogTests {
  @Test func theCatalogFileAndTheOneInsideTheProgramAgree() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("kernels/catalog.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text == DefaultCatalog.text + "\n")
  }

  @Test func theDefaultCatalogHasElevenKernelsInOrder() throws {
    let ids = try KernelCatalog.load().entries.map(\.id)
    #expect(ids == ["5.10", "6.1", "6.12", "6.16", "6.17", "6.18", "6.19", "7.0", "7.1", "7.2", "7.3-rc"])
  }

  @Test(arguments: [
    ("5.10,6.1", "5.10 6.1"), ("6.1, 5.10", "5.10 6.1"), ("lts", "5.10 6.1 6.12 6.18"), (">=7.0", "7.0 7.1 7.2 7.3-rc"),
    (">7.1", "7.2 7.3-rc"), ("<6.12", "5.10 6.1"), ("<=6.12", "5.10 6.1 6.12"), (">=6.16,<6.19", "6.16 6.17 6.18"),
    ("5.10,>=7.2", "5.10 7.2 7.3-rc"), ("7.3-rc", "7.3-rc"), ("==6.1.0", "6.1"), (">7.2", "7.3-rc"),
    ("6.1,lts,6.1", "5.10 6.1 6.12 6.18"),
  ])
  func aListSelects(list: String, ids: String) throws {
    #expect(try KernelCatalog.load().select(list).map(\.id).joined(separator: " ") == ids)
  }

  @Test func allSelectsEverything() throws {
    let catalog = try KernelCatalog.load()
    #expect(try catalog.select("all") == catalog.entries)
  }

  @Test(arguments: ["", "6.2", "5.10,,6.1", ">=", ">=x", ">=99", "ALL"])
  func aListThatSelectsNothingIsAnError(list: String) throws {
    let catalog = try KernelCatalog.load()
    #expect(throws: CatalogError.self) { try catalog.select(list) }
  }

  @Test func anUnknownIdIsAnsweredWithThoseThereAre() throws {
    let catalog = try KernelCatalog.load()
    let error = #expect(throws: CatalogError.self) { try catalog.select("6.2") }
    #expect(error?.description.contains("no kernel `6.2`; the catalog has 5.10, 6.1,") == true)
  }

  @Test func ownNamesComeLastAndAreInNoRange() throws {
    let catalog = try KernelCatalog.parse(
      """
      mirror: http://mirror.example/debian
      kernels:
        - { id: mine, path: { vmlinuz: /boot/vmlinuz, modules: /lib/modules/x } }
        - { id: "6.10", apt: { suite: sid, package: "linux-image-6.10*" } }
        - { id: "6.9", apt: { suite: sid, package: "linux-image-6.9*" } }
      """, file: "own.yaml")
    #expect(catalog.entries.map(\.id) == ["6.9", "6.10", "mine"])
    #expect(try catalog.select(">=0").map(\.id) == ["6.9", "6.10"])
    #expect(catalog.entries[2].source == .path(vmlinuz: "/boot/vmlinuz", modules: "/lib/modules/x"))
    #expect(catalog.mirror == "http://mirror.example/debian")
  }

  @Test(arguments: [
    ("kernels:\n  - id: a\n    atp: {}", "own.yaml:3: a kernel has no key `atp`"),
    ("kernels:\n  - lts: true", "own.yaml:2: this kernel has no `id`"),
    ("kernels:\n  - id: a", "own.yaml:2: kernel `a` wants one source"),
    ("kernels:\n  - id: all\n    path: {vmlinuz: x}", "own.yaml:2: `all` can't be an id"),
    ("kernels:\n  - id: ../x\n    path: {vmlinuz: x}", "own.yaml:2: `../x` can't be an id"),
    (
      "kernels:\n  - {id: a, path: {vmlinuz: x}}\n  - {id: a, path: {vmlinuz: x}}",
      "own.yaml:3: kernel `a` is listed twice"
    ),
    ("kernels: 3", "own.yaml:1: `kernels:` wants a list"), ("[", "own.yaml: not YAML"),
    ("", "own.yaml: the catalog is empty"),
  ])
  func aMistakeIsNamedWithItsLine(text: String, message: String) {
    let error = #expect(throws: CatalogError.self) { try KernelCatalog.parse(text, file: "own.yaml") }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test func aMissingCatalogIsNamed() {
    let error = #expect(throws: CatalogError.self) { try KernelCatalog.load("/nowhere/catalog.yaml") }
    #expect(error?.description.hasPrefix("/nowhere/catalog.yaml: can't read") == true)
  }
}
