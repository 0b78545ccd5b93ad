import BPF
import Glibc
import TestPlan

/// What an object says of what its maps hold, to tell why the kernel refused something of it.
struct MapFacts: Sendable {
  /// By name.
  var shapes: [String: MapShape] = [:]
  /// Of maps of maps, by name: what the maps in them must be like.
  var inner: [String: MapShape] = [:]
  /// By name of the program.
  var kinds: [String: ProgramKind] = [:]
  /// Programs whose code names a prog array, by its name, in the order in which they are loaded.
  var users: [String: [String]] = [:]

  init(_ object: BPFObject, bytes: [UInt8]) {
    let maps = object.maps.filter { !$0.isInternal }
    for map in maps {
      shapes[map.name] = MapShape(map)
      if map.type == .arrayOfMaps || map.type == .hashOfMaps { inner[map.name] = MapShape.inner(of: map) }
    }
    let arrays = maps.filter { $0.type == .progArray }.map(\.name)
    guard !arrays.isEmpty else { return }
    for program in object.programs { kinds[program.name] = ProgramKind(program) }
    let uses = MapUses.byFunction(of: bytes)
    for array in arrays {
      users[array] = object.programs.map(\.name).filter { uses[$0]?.contains(array) == true }
    }
  }
}

/// Says in words why the kernel refused an update of a map, or to load what shares one.
struct MapUpdateExplainer {
  let facts: MapFacts
  /// Programs that the test loads.
  let programs: [String]
  /// Their types, also of those whose section says nothing.
  let types: [String: BPFProgramType]

  private func kind(_ program: String) -> ProgramKind? {
    var kind = facts.kinds[program]
    if let type = types[program] { kind?.type = type }
    return kind
  }

  /// Why a program that the verifier accepted was refused: it shares a prog array with another that it can't share one with.
  ///
  /// Its cause is `map-type`: the kernel has both types of programs, and what it refuses is that one map holds both.
  func sharing(_ refusal: Refusal) -> String? {
    guard refusal.errno == EINVAL, let refused = refusal.program, let kind = kind(refused),
      VerifierLog(refusal.verifierLog).isAcceptance
    else { return nil }
    for (array, users) in facts.users.sorted(by: { $0.key < $1.key }) where users.contains(refused) {
      let before = users.prefix { $0 != refused }.filter { programs.contains($0) }
      for owner in before {
        guard let difference = self.kind(owner).flatMap({ kind.difference(from: $0) }) else { continue }
        return "`\(refused)` is \(difference.mine), and prog array `\(array)` belongs to \(difference.theirs) since "
          + "`\(owner)` was loaded with it: an array serves programs of one kind, so give each kind one of its own "
          + "(the verifier accepted both)"
      }
    }
    return nil
  }

  /// Why a slot that the object itself fills at load was refused: libbpf says which
  /// (libbpf.c: `bpf_map__init_slots`, `init_prog_array_slots`).
  func slot(_ refusal: Refusal) -> String? {
    for line in refusal.libbpfLog.split(separator: "\n") {
      let parts = line.split(separator: "'", omittingEmptySubsequences: false)
      guard parts.count >= 5, parts[0].hasSuffix("map "), parts[2].contains("failed to initialize slot [") else {
        continue
      }
      let (map, name) = (String(parts[1]), String(parts[3]))
      let isProgram = parts[2].hasSuffix("prog ")
      guard
        let errno = parts[4].split(separator: ": ").last.flatMap({ Int32($0.filter { "-0123456789".contains($0) }) })
      else { continue }
      let value: MapValue = isProgram ? .program(name) : .map(name)
      return explain(-errno, map, [MapEntry(key: Bytes(), value: value)])
    }
    return nil
  }

  /// Why an update was refused; `nil` when nothing is known beyond the errno.
  func explain(_ refusal: Refusal, _ writes: [MapWrite]) -> String? {
    guard refusal.errno != 0, refusal.operation.hasPrefix("update"),
      let write = writes.first(where: { refusal.operation.contains("`\($0.map)`") })
    else { return nil }
    return explain(refusal.errno, write.map, write.entries)
  }

  private func explain(_ errno: Int32, _ map: String, _ entries: [MapEntry]) -> String? {
    guard errno == EINVAL, let shape = facts.shapes[map] else { return nil }
    return switch shape.type {
    case .progArray: programs(entries, in: map)
    case .arrayOfMaps, .hashOfMaps: maps(entries, in: map)
    default: nil
    }
  }

  /// Which of the programs can't stand in a prog array.
  private func programs(_ entries: [MapEntry], in array: String) -> String? {
    let names = entries.compactMap { entry in if case .program(let name) = entry.value { name } else { nil } }
    // The array belongs to the first program that is loaded with it, or else that is put into it.
    let users = (facts.users[array] ?? []).filter { programs.contains($0) }
    for name in names {
      guard let owner = users.first ?? names.first, let theirs = kind(owner), let kind = kind(name),
        let difference = kind.difference(from: theirs)
      else { continue }
      let since = users.isEmpty ? "was put into it first" : "uses it"
      return "`\(name)` is \(difference.mine), and the array belongs to \(difference.theirs), since `\(owner)` \(since)"
    }
    return "the array takes programs of its own kind only: the same type, attach type and frags flag, compiled or "
      + "interpreted alike, and for tracing the same target; none that uses bpf_override_return()"
  }

  /// Which of the maps can't stand in a map of maps.
  private func maps(_ entries: [MapEntry], in outer: String) -> String? {
    guard let prototype = facts.inner[outer] else { return nil }
    for case .map(let name) in entries.map(\.value) {
      guard let differences = facts.shapes[name]?.differences(from: prototype), !differences.isEmpty else { continue }
      return "`\(name)` is unlike the maps that `\(outer)` was made for: \(differences.joined(separator: ", "))"
    }
    return "`\(outer)` takes maps of the type, key size, value size and flags that it was made for, and of the same "
      + "max_entries where they are arrays"
  }
}
