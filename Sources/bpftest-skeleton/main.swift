import BPF
import Compiling
import Foundation
import Skeletons

// What the build plugin runs: compiles a BPF program and writes the Swift type of its object.
//
//     bpftest-skeleton PROGRAM.bpf.c --output FILE.swift --cache FOLDER [--include FOLDER]… [--flags FILE]

var source: String?
var output: String?
var cache: String?
var includes: [String] = []
var flags: String?

func fail(_ message: String) -> Never {
  let line = [UInt8]("\(message)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
  exit(1)
}

var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
  switch argument {
  case "--output": output = arguments.popFirst()
  case "--cache": cache = arguments.popFirst()
  case "--include": if let folder = arguments.popFirst() { includes.append(folder) }
  case "--flags": flags = arguments.popFirst()
  default: source = argument
  }
}
guard let source, let output, let cache else {
  fail("usage: bpftest-skeleton PROGRAM.bpf.c --output FILE.swift --cache FOLDER [--include FOLDER]… [--flags FILE]")
}

let given = flags.map { CompileFlags(reading: URL(filePath: $0)) }
if let flags, let complaint = given?.complaint { fail("\(flags): error: \(complaint)") }

do {
  let object = try await ProgramCompiler(cache: cache)
    .compile(ProgramSource(path: source, includes: includes, cflags: given?.arguments ?? []))
  let text = try Skeleton(of: object.bytes.array, source: source).text
  try CacheFiles.write([UInt8](text.utf8), to: output)
} catch let error as CompileError {
  // The build system shows the compiler's own words with their file and line.
  fail(error.diagnostics ?? error.message)
} catch {
  fail("\(source): error: \(error)")
}
