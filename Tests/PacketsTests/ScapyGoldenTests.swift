import Foundation
import Testing

@testable import Packets

/// Expressions and the bytes that Scapy builds of them (`Scapy/golden.tsv`, written by `Scapy/make-golden.sh`).
enum Golden {
  static let lines: [(hex: String, expression: String)] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scapy/golden.tsv")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").map { line in
      let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), String(parts.last ?? ""))
    }
  }()

  static func link(_ expression: String) -> LinkLayer {
    if expression.hasPrefix("CookedLinuxV2") { return .linuxCooked2 }
    if expression.hasPrefix("CookedLinux") { return .linuxCooked }
    return ["Ether", "Dot3", "(Ether", "Dot1"].contains { expression.hasPrefix($0) } ? .ethernet : .rawIP
  }
}

func hex(_ bytes: [UInt8]) -> String { ByteText.hex(bytes, separator: nil) }

@Test func theGoldenIsThere() {
  #expect(Golden.lines.count >= 700)
}

@Test func buildsWhatScapyBuilds() throws {
  for (wanted, expression) in Golden.lines {
    let built = try Packet(expression: expression).build()
    #expect(hex(built) == wanted, "\(expression)")
  }
}

@Test func printsAnExpressionThatBuildsTheSame() throws {
  for (wanted, expression) in Golden.lines {
    let packet = try Packet(expression: expression)
    let printed = packet.expression
    #expect(hex(try Packet(expression: printed).build()) == wanted, "\(expression) → \(printed)")
  }
}

@Test func dissectsAndPrintsBackTheSameBytes() throws {
  for (wanted, expression) in Golden.lines {
    let bytes = try Packet(expression: expression).build()
    for link in [LinkLayer.ethernet, .rawIP] {
      let packet = Packet(dissecting: bytes, from: link)
      #expect(try packet.build() == bytes)
      let printed = packet.expression
      #expect(hex(try Packet(expression: printed).build()) == wanted, "\(expression) → \(printed)")
    }
  }
}
