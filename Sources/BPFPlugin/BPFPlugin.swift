import Foundation
import PackagePlugin

/// Compiles the `*.bpf.c` in a target's folder, and generates a Swift type for each.
///
/// Arguments for the compiler stand in a `compile_flags.txt`. SwiftPM takes C and Swift in one target for a mistake: the target
/// excludes the folder of its BPF programs.
@main struct BPFPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
    guard let module = target.sourceModule else { return [] }
    let tool = try context.tool(named: "bpftest-skeleton")
    let files = Self.files(below: module.directoryURL)
    let headers = files.filter(Self.isHeader)
    let flagFiles = files.filter { $0.lastPathComponent == CompileFlags.name }
    let programs = files.filter { $0.lastPathComponent.hasSuffix(".bpf.c") }
    if programs.isEmpty {
      Diagnostics.warning("target \(target.name) has no *.bpf.c below \(module.directoryURL.path)")
    }
    for (program, other) in Self.namesakes(among: programs) {
      Diagnostics.error(
        "\(other.path) and \(program.path) would both become the same Swift type: give one of them another name")
    }
    return programs.map { program in
      let name = program.lastPathComponent.replacingOccurrences(of: ".bpf.c", with: "")
      let output = context.pluginWorkDirectoryURL.appending(path: "\(name).skeleton.swift")
      // What is in it is the tool's to read: SwiftPM asks the plugin anew only when files come or go.
      let flags = CompileFlags.file(for: program, in: module.directoryURL)
      let folders = flags.map { CompileFlags(reading: $0).folders } ?? []
      // Every header of the target, since one may be included tomorrow that isn't today, and what lies elsewhere.
      let others = folders.flatMap { Self.files(below: $0).filter(Self.isHeader) }
      let inputs = Set([program] + headers + flagFiles + others + Self.included(from: program))
      return .buildCommand(
        displayName: "Compiling \(program.lastPathComponent) for BPF", executable: tool.url,
        arguments: [
          program.path, "--output", output.path, "--cache",
          context.pluginWorkDirectoryURL.appending(path: "cache").path,
          "--include", module.directoryURL.path,
        ] + (flags.map { ["--flags", $0.path] } ?? []),
        inputFiles: inputs.sorted { $0.path < $1.path }, outputFiles: [output])
    }
  }

  /// Programs whose type has the name of an earlier one's: of a file's name counts what stands before its first dot, in
  /// words, and nothing of its folder.
  private static func namesakes(among programs: [URL]) -> [(program: URL, other: URL)] {
    var first: [[Substring]: URL] = [:]
    return programs.compactMap { program in
      let words = program.lastPathComponent.prefix { $0 != "." }.split { !$0.isLetter && !$0.isNumber }
      guard let other = first[words] else {
        first[words] = program
        return nil
      }
      return (program, other)
    }
  }

  private static func isHeader(_ file: URL) -> Bool { ["h", "inc"].contains(file.pathExtension) }

  private static func files(below folder: URL) -> [URL] {
    let found = FileManager.default.enumerator(
      at: folder, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
    return (found?.compactMap { $0 as? URL } ?? []).map(\.standardizedFileURL).sorted { $0.path < $1.path }
  }

  /// The files that a program includes in quotes, and those that they include, as far as they exist beside each other.
  private static func included(from program: URL) -> [URL] {
    var (seen, waiting): (Set<URL>, [URL]) = ([], [program])
    while let file = waiting.popLast() {
      guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
      for line in text.split(whereSeparator: \.isNewline) {
        let line = line.trimmingCharacters(in: .whitespaces)
        guard line.hasPrefix("#"), line.contains("include"), let start = line.firstIndex(of: "\"") else { continue }
        let name = line[line.index(after: start)...].prefix { $0 != "\"" }
        let found = file.deletingLastPathComponent().appending(path: String(name)).standardizedFileURL
        if FileManager.default.fileExists(atPath: found.path), seen.insert(found).inserted { waiting.append(found) }
      }
    }
    return Array(seen)
  }
}
