import Foundation
import Testing

/// `bpftest packet`, from the command line.
@Suite(.needsTheCLI) struct PacketTests {
  private func run(_ arguments: [String], input: String = "", in folder: Folder) async throws -> CLI.Outcome {
    try await CLI.run(["packet"] + arguments, in: folder, input: Array(input.utf8))
  }

  @Test func buildsALineForEachExpression() async throws {
    let seen = try await run(["build", "IP()/UDP()", "Raw(\"hi\")"], in: Folder())
    #expect(seen.status == 0, "\(seen)")
    #expect(seen.output == "4500001c0001000040117cce7f0000017f0000010035003500080172\n6869\n")
    #expect(seen.errors == "")
  }

  @Test func buildsFromStandardInput() async throws {
    let seen = try await run(
      ["build", "-", "--format", "expr"], input: "# two\nRaw('a')\n\nTCP(dport=9)\n", in: Folder())
    #expect(seen.status == 0, "\(seen)")
    #expect(seen.output == "Raw(\"a\")\nTCP(sport=20, dport=9)\n")
  }

  @Test(arguments: [
    (["build", "Ether()/IP(tl=3)"], "error: column 12: IP has no field tl"),
    (["build", "IP(len=1)/UDP()/Raw(b\"\\x00\"*140000)"], "error: column"),
    (["show", "nowhere.pcap"], "error: nowhere.pcap: no such file"),
    (["show", "0"], "error: column 1: a byte has two digits"),
    (["show", "text"], "error: text, line 2: column 1: “h” is no hexadecimal digit"),
    (["show", "."], "error: .: can't be read on: Is a directory"),
    (["show", "binary"], "error: binary: not a capture: it begins with 7f 45 4c 46"),
    (["show", "zipped"], "error: zipped: compressed by gzip"),
    (["show", "Raw('x')", "--frame", "2"], "error: the packet: has no frame 2"),
    (["diff", "Raw('x')", "Raw('x')", "--ignore", "IP.idd"], "error: IP has no field idd (did you mean id?)"),
    (["convert", "TCP()", "--output", "new.pcap"], "error: a capture needs a link layer"),
    (["convert", "IP()", "--output", "no/such/folder.pcap"], "error: no/such/folder.pcap: can't be written"),
  ])
  func badInputIsExit2AndSaysWhere(arguments: [String], message: String) async throws {
    let folder = try Folder(["text": "00\nhello\n", "binary": "\u{7f}ELF\u{1}\u{1}"])
    try folder.write("zipped", [0x1f, 0x8b, 8, 0, 0])
    let before = try folder.snapshot()
    let seen = try await run(arguments, in: folder)
    #expect(seen.status == 2, "\(seen)")
    #expect(seen.errors.hasPrefix(message), "\(seen)")
    #expect(try folder.snapshot() == before, "nothing is written")
  }

  @Test(arguments: [
    [], ["build"], ["show"], ["diff", "IP()"], ["convert", "IP()"], ["build", "IP()", "--format", "docx"],
    ["diff", "-", "-"], ["show", "IP()", "--frame", "0"],
  ])
  func usageIsExit64(arguments: [String]) async throws {
    let seen = try await run(arguments, in: Folder())
    #expect(seen.status == (arguments.isEmpty ? 0 : 64), "\(seen)")
  }

  @Test func differencesAreExit1() async throws {
    let folder = try Folder([
      "a.txt": "Ether()/IP(ttl=3)/UDP()\nEther()\n", "b.txt": "Ether()/IP(ttl=4)/UDP()\nEther()\n",
    ])
    let seen = try await run(["diff", "a.txt", "b.txt"], in: folder)
    #expect(seen.status == 1, "\(seen)")
    #expect(seen.output.contains("! ttl     22      3") && seen.output.contains("1 of 2 frames differs"), "\(seen)")
    let masked = try await run(["diff", "a.txt", "b.txt", "--ignore", "IP.ttl, IP.chksum"], in: folder)
    #expect(masked.status == 0 && masked.output == "", "\(masked)")
  }

  @Test func everyFormatComesBack() async throws {
    let expressions = "Ether()/IP()/TCP(dport=80)/Raw(\"GET / HTTP/1.1\")\nEther()/ARP()\n"
    let folder = try Folder(["a.txt": expressions])
    let hex = try await run(["convert", "a.txt", "--format", "hex"], in: folder).output
    #expect(hex.split(separator: "\n").count == 2)
    for name in ["b.pcap", "b.pcapng", "b.hex", "b.c", "b.expr"] {
      let there = try await run(["convert", "a.txt", "--output", name], in: folder)
      #expect(there.status == 0 && there.output == "", "\(there)")
      #expect(try await run(["convert", name, "--format", "hex"], in: folder).output == hex, "\(name)")
      #expect(try await run(["diff", "a.txt", name], in: folder).status == 0, "\(name)")
    }
  }

  @Test func aTruncatedCaptureGivesTheFramesItHas() async throws {
    let folder = try Folder()
    _ = try await run(
      ["build", "Ether()/IP()", "Ether()/ARP()", "--output", "a.pcapng", "--format", "pcapng"], in: folder)
    try folder.write("cut.pcapng", Array(try folder.read("a.pcapng").dropLast(10)))
    let shown = try await run(["show", "cut.pcapng", "--format", "expr"], in: folder)
    #expect(shown.status == 2, "\(shown)")
    #expect(shown.output.split(separator: "\n").count == 1)
    #expect(shown.errors.hasPrefix("error: cut.pcapng: broke off after frame 1, at byte "), "\(shown)")
    let saved = try await run(["convert", "cut.pcapng", "--output", "saved.hex"], in: folder)
    #expect(saved.status == 2, "\(saved)")
    #expect(String(decoding: try folder.read("saved.hex"), as: UTF8.self).split(separator: "\n").count == 1)
  }

  @Test func oneFrameIsShown() async throws {
    let seen = try await run(["show", "-", "--frame", "2"], input: "IP()\nIP(ttl=9)/UDP()\nIP()\n", in: Folder())
    #expect(seen.status == 0, "\(seen)")
    #expect(seen.output.hasPrefix("frame 2: 28 bytes\nIP  bytes 0..<20\n"), "\(seen)")
    #expect(seen.output.contains("  ttl      8   9\n"), "\(seen)")
  }

  @Test func nobodyReadingIsNoError() async throws {
    let folder = try Folder(["many.txt": String(repeating: "IP()/UDP()\n", count: 50_000)])
    let script = "'\(CLI.path)' packet build - < many.txt 2>errors | head -n 1; echo ${PIPESTATUS[0]}"
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(filePath: folder.path)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text == "4500001c0001000040117cce7f0000017f0000010035003500080172\n141\n")
    #expect(try folder.read("errors") == [], "it ends quietly")
  }
}
