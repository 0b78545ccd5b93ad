import BPF
import Housekeeping
import TestPlan

/// For an object and a kernel, the part of the kernel's BTF that the object's CO-RE relocations need.
///
/// Cutting it out takes a tenth of a second, once; without it every load of the object in a micro-VM would take that long.
public struct RelocationCache: Sendable {
  private let folder: String

  /// - Parameter folder: where what was cut out is kept; made when it is first needed.
  public init(folder: String) { self.folder = folder }

  /// `nil` when the object needs none of it or, for the kinds of relocation that `RelocationBTF` names, all of it.
  ///
  /// A cache that can't be read or written costs time and nothing else.
  public func types(for id: ObjectID, bytes: Bytes, kernelBTF path: String) -> Bytes? {
    guard let stamp = FileStamp(path) else { return nil }
    let file = "\(folder)/\(ContentHash.of([id.rawValue, path, stamp.text]))"
    if let cached = readFile(file) { return cached.isEmpty ? nil : Bytes(cached) }
    guard let object = try? BPFObject(bytes: bytes.array, name: id.rawValue), let kernel = readFile(path) else {
      return nil
    }
    let types = (try? RelocationBTF.extract(for: object, bytes: bytes.array, from: kernel)) ?? nil
    // An empty file stands for the answer that there is nothing to cut out.
    try? CacheFiles.write(types ?? [], to: file)
    return types.map { Bytes($0) }
  }
}
