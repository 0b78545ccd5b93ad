import ArgumentParser
import Foundation
import Kernels
import Matrix

/// `bpftest kernels`: the local kernel store.
struct KernelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "The local kernel store.",
    subcommands: [KernelsList.self, KernelsFetch.self, KernelsRemove.self], defaultSubcommand: KernelsList.self)
}

struct CatalogOption: ParsableArguments {
  @Option(help: ArgumentHelp("A kernel catalog instead of bpftest.yaml's or the built-in one.", valueName: "file"))
  var catalog: String?

  func load() throws -> KernelCatalog { try Configuration.find().loadCatalog(catalog) }
}

struct KernelsList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the catalog's kernels, and which of them are here.")

  @OptionGroup var options: CatalogOption

  func run() async throws {
    let here = try KernelStore().installed()
    var rows = [["ID", "RELEASE", "SOURCE"]]
    let entries = try options.load().entries
    for entry in entries {
      let source =
        switch entry.source {
        case .apt(let suite, let package): "\(suite) \(package)"
        case .path(let vmlinuz, _): vmlinuz
        }
      rows.append([entry.id, here.first { $0.id == entry.id }?.release ?? "-", source])
    }
    for kernel in here where !entries.contains(where: { $0.id == kernel.id }) {
      rows.append([kernel.id, kernel.release, "(not in the catalog)"])
    }
    let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let padded = zip(row, widths).map { text, width in text + String(repeating: " ", count: width - text.count) }
      print((padded + row.suffix(1)).joined(separator: "  "))
    }
  }
}

struct KernelsFetch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Fetch kernels into the store; those that are there cost nothing.")

  @OptionGroup var options: CatalogOption

  @Flag(help: "Look for newer releases of kernels that are there.")
  var refresh = false

  @Argument(help: "Which: ids (5.10,6.1), a range (\">=6.1\"), lts or all.")
  var kernels = "all"

  func run() async throws {
    let catalog = try options.load()
    let ids = try catalog.select(kernels).map(\.id)
    let fetched = try await KernelStore().fetch(ids, catalog: catalog, refresh: refresh) { line in
      FileHandle.standardError.write(Data("\(line)\n".utf8))
    }
    for kernel in fetched { print("\(kernel.id)  \(kernel.release)") }
  }
}

struct KernelsRemove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove kernels from the store.")

  @Argument(help: "The ids of the kernels to remove.")
  var ids: [String]

  func run() async throws {
    for id in ids { try KernelStore().remove(id) }
  }
}
