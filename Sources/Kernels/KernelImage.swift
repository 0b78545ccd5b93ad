import Foundation

/// A bzImage: what release it says it is, and the compressed kernel inside.
///
/// Field offsets are those of the kernel's Documentation/arch/x86/boot.rst.
struct KernelImage {
  let path: String
  /// `uname -r`, from the version string in the header.
  let release: String
  private let payload: Range<Int>

  /// Reads the header; throws when the file is no x86 kernel image.
  init(path: String) throws {
    self.path = path
    func broken(_ why: String) -> InfrastructureError {
      InfrastructureError(
        "\(path) can't be booted", why: why, next: "An x86 bzImage is wanted: what distributions call vmlinuz.")
    }
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else {
      throw broken("it can't be read: \(Command.errnoText())")
    }
    guard data.count > 0x1000, data[0x202..<0x206].elementsEqual("HdrS".utf8) else { throw broken("it is no bzImage") }
    let header = [UInt8](data[0..<0x1000])
    // Protocol 2.08 brought payload_offset and payload_length.
    guard ELFSections.word(header, 0x206, 2) >= 0x208 else { throw broken("its boot protocol is older than 2.08") }
    let setupSectors = header[0x1f1] == 0 ? 4 : Int(header[0x1f1])
    let base = (setupSectors + 1) * 512
    let start = base + Int(ELFSections.word(header, 0x248, 4))
    let length = Int(ELFSections.word(header, 0x24c, 4))
    guard length > 8, start + length <= data.count else { throw broken("it ends before its payload does") }
    payload = start..<(start + length)
    let version = 0x200 + Int(ELFSections.word(header, 0x20e, 2))
    guard version > 0x200, version < data.count else { throw broken("it names no version") }
    let text = data[version...].prefix(256).prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
    release = String(decoding: text, as: UTF8.self)
    guard !release.isEmpty, !release.contains("/"), !release.hasPrefix(".") else { throw broken("it names no version") }
  }

  /// A way to pack a kernel: how it begins, the tool that undoes it, and that tool's Debian package.
  private struct Packing {
    var magic: [UInt8]
    var tool: String
    var package: String
    var arguments: [String] = ["-dc"]
    /// The build appends the unpacked size (4 bytes) where the format itself doesn't end with it (`size_append` in
    /// scripts/Makefile.lib).
    var hasTrailer = true
  }

  private static let packings = [
    Packing(magic: [0x28, 0xb5, 0x2f, 0xfd], tool: "zstd", package: "zstd"),
    Packing(magic: [0x02, 0x21, 0x4c, 0x18], tool: "lz4", package: "lz4"),
    Packing(magic: [0x1f, 0x8b], tool: "gzip", package: "gzip", hasTrailer: false),
    Packing(magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], tool: "xz", package: "xz-utils"),
    Packing(magic: [0x42, 0x5a, 0x68], tool: "bzip2", package: "bzip2"),
  ]

  /// The kernel's own BTF, from the `.BTF` section of the vmlinux inside. `scratch` is a folder for big temporary files.
  func btf(scratch: String) async throws -> [UInt8] {
    let what = "can't get the BTF of \(release)"
    let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    guard payload.upperBound <= data.count else { throw InfrastructureError(what, why: "the image has been cut short") }
    let packed = data[payload]
    guard let packing = Self.packings.first(where: { packed.starts(with: $0.magic) }) else {
      throw InfrastructureError(
        what, why: "the image is packed in a way that is not known here (gzip, xz, lz4, zstd are)")
    }
    let input = scratch + "/payload"
    let output = scratch + "/vmlinux"
    defer { for file in [input, output] { try? FileManager.default.removeItem(atPath: file) } }
    try packed.dropLast(packing.hasTrailer ? 4 : 0).write(to: URL(fileURLWithPath: input))
    let outcome = try await Command.filter(
      packing.tool, packing.arguments, package: packing.package, input: input, output: output)
    guard outcome.status == 0 else { throw InfrastructureError(what, why: "\(packing.tool): \(outcome.complaint)") }
    guard let btf = try ELFSections(path: output).section(named: ".BTF"), !btf.isEmpty else {
      throw InfrastructureError(
        what, why: "it has none: it was built without CONFIG_DEBUG_INFO_BTF",
        next: "Use a kernel that has it; libbpf needs it for CO-RE.")
    }
    return btf
  }
}
