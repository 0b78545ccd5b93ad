import ArgumentParser
import Foundation
import Packets

/// `bpftest packet`: packets on the command line.
struct PacketCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "packet", abstract: "Build, show, compare and convert packets and captures.",
    discussion: """
      A packet is an expression in Scapy's syntax or hexadecimal digits:

        bpftest packet build 'Ether()/IP(dst="10.0.0.1")/TCP(dport=443, flags="S")'
        bpftest packet show traffic.pcapng
        bpftest packet diff expected.pcapng seen.pcapng --ignore IP.id,TCP.chksum
        bpftest packet convert traffic.pcap --output traffic.c

      Exit codes: 0; 1 from diff when there is a difference; 2 bad input, such as a capture that breaks off; 64 usage.
      """,
    subcommands: [PacketBuild.self, PacketShow.self, PacketDiffCommand.self, PacketConvert.self])
}

struct PacketBuild: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Write the bytes that expressions describe.",
    discussion: "Lengths and checksums are computed unless they are given.")

  @Option(help: "hex, raw, pcapng, pcap, c, expr, json or tree.")
  var format: PacketFormat = .hex

  @OptionGroup var output: PacketOutputOption

  @Argument(help: ArgumentHelp("Expressions; - reads one from each line of standard input.", valueName: "expression"))
  var expressions: [String]

  func run() throws {
    try PacketOutput.write(format, to: output.file) { sink in
      for expression in expressions {
        try sink.write(PacketSource(expression: expression), isAlone: expressions.count == 1)
      }
    }
  }
}

struct PacketShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Take packets apart: every layer and field.",
    discussion: "What can't be read is Raw, with the reason; a checksum that is wrong says what would be right.")

  @Option(help: "tree, expr or json; also hex, c, raw, pcap and pcapng.")
  var format: PacketFormat = .tree

  @OptionGroup var input: PacketInputOptions
  @OptionGroup var output: PacketOutputOption

  func run() throws {
    try input.write(format, to: output.file)
  }
}

struct PacketConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Write packets in another format, one input after the other.",
    discussion: """
      From pcap, pcapng, hexadecimal digits, expressions and arrays in C, to each of these; the old pcap drops comments.
      A capture that breaks off gives the frames it has, and exit code 2.
      """)

  @Option(help: "pcapng, pcap, hex, expr, c, json, raw or tree. Default: by the output's ending.")
  var format: PacketFormat?

  @OptionGroup var input: PacketInputOptions
  @OptionGroup var output: PacketOutputOption

  func run() throws {
    guard let format = format ?? output.output.flatMap({ PacketFormat(path: $0) }) else {
      throw ValidationError("which format? Say --format, or --output with an ending such as .pcapng, .hex or .c")
    }
    try input.write(format, to: output.file)
  }
}

struct PacketDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two packets, or two captures frame by frame.",
    discussion: "Prints nothing when they are the same; exit code 1 says that they differ.")

  @Option(help: ArgumentHelp("Layers and fields that may differ: IP.id,TCP.chksum.", valueName: "fields"))
  var ignore: String?

  @Option(help: "What bytes in hexadecimal begin with: ethernet, rawIP, linuxCooked or linuxCooked2. Default: a guess.")
  var link: LinkLayer?

  @Argument(help: "An expression, hexadecimal digits, a capture, or - for standard input.")
  var expected: String

  @Argument(help: "The other one.")
  var seen: String

  func run() throws {
    guard expected != "-" || seen != "-" else { throw ValidationError("only one of the two can be standard input") }
    let masks = try (ignore ?? "").split(separator: ",").map { try FieldMask($0.trimming()) }
    let comparison = PacketComparison(
      expected: try PacketSource(expected, link: link), seen: try PacketSource(seen, link: link), ignoring: masks)
    let isSame = try PacketOutput.write(to: nil) { sink in
      while let text = try comparison.next(color: sink.color) { try sink.write(Array(text.utf8)) }
      return comparison.isSame
    }
    if !isSame { throw ExitCode(1) }
  }
}

struct PacketInputOptions: ParsableArguments {
  @Option(help: "What bytes in hexadecimal begin with: ethernet, rawIP, linuxCooked or linuxCooked2. Default: a guess.")
  var link: LinkLayer?

  @Option(help: ArgumentHelp("Only this frame of each input, counted from 1.", valueName: "n"))
  var frame: Int?

  @Argument(
    help: ArgumentHelp(
      "Captures, files with a packet on each line, hexadecimal digits or expressions; - is standard input.",
      valueName: "input"))
  var inputs: [String]

  func validate() throws {
    if let frame, frame < 1 { throw ValidationError("--frame counts from 1") }
  }

  func write(_ format: PacketFormat, to path: String?) throws {
    try PacketOutput.write(format, to: path) { sink in
      for input in inputs {
        try sink.write(PacketSource(input, link: link), only: frame, isAlone: inputs.count == 1)
      }
    }
  }
}

struct PacketOutputOption: ParsableArguments {
  @Option(help: ArgumentHelp("Write to a file, whole or not at all, instead of standard output.", valueName: "file"))
  var output: String?

  /// `nil` for standard output.
  var file: String? { output == "-" ? nil : output }
}

extension PacketFormat: ExpressibleByArgument {}
extension LinkLayer: ExpressibleByArgument {}

extension Substring {
  fileprivate func trimming() -> String { String(self).trimmingCharacters(in: .whitespaces) }
}
