import Glibc

/// What an object says of what its maps hold, to tell why the kernel refused something of it.
public struct MapFacts: Sendable {
  /// By name.
  var shapes: [String: MapShape] = [:]
  /// Of maps of maps, by name: what the maps in them must be like.
  var inner: [String: MapShape] = [:]
  /// By name of the program.
  var kinds: [String: ProgramKind] = [:]
  /// Programs whose code names a prog array, by its name, in the order in which they are loaded.
  var users: [String: [String]] = [:]

  public init(_ object: BPFObject, bytes: [UInt8]) {
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
public struct MapUpdateExplainer {
  /// What is put into a map of the object: a program or a map, by name.
  public enum Subject: Sendable {
    case program(String)
    case map(String)
  }

  let facts: MapFacts
  /// Programs that are loaded.
  let programs: [String]
  /// Their types, also of those whose section says nothing.
  let types: [String: BPFProgramType]

  public init(facts: MapFacts, programs: [String], types: [String: BPFProgramType] = [:]) {
    self.facts = facts
    self.programs = programs
    self.types = types
  }

  private func kind(_ program: String) -> ProgramKind? {
    var kind = facts.kinds[program]
    if let type = types[program] { kind?.type = type }
    return kind
  }

  /// Why a program that the verifier accepted was refused: it shares a prog array with another that it can't share one with.
  ///
  /// Its cause is `map-type`: the kernel has both types of programs, and what it refuses is that one map holds both.
  public func sharing(errno: Int32, program refused: String?, verifierLog: String) -> String? {
    guard errno == EINVAL, let refused, let kind = kind(refused), VerifierLog(verifierLog).isAcceptance else {
      return nil
    }
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
  public func slot(libbpfLog: String) -> String? {
    for line in libbpfLog.split(separator: "\n") {
      let parts = line.split(separator: "'", omittingEmptySubsequences: false)
      guard parts.count >= 5, parts[0].hasSuffix("map "), parts[2].contains("failed to initialize slot [") else {
        continue
      }
      let (map, name) = (String(parts[1]), String(parts[3]))
      let isProgram = parts[2].hasSuffix("prog ")
      guard
        let errno = parts[4].split(separator: ": ").last.flatMap({ Int32($0.filter { "-0123456789".contains($0) }) })
      else { continue }
      // What no int can be is no errno of libbpf's.
      guard errno > .min else { continue }
      return explain(errno: -errno, map: map, [isProgram ? .program(name) : .map(name)])
    }
    return nil
  }

  /// Why an update was refused; `nil` when nothing is known beyond the errno.
  public func explain(errno: Int32, map: String, _ entries: [Subject]) -> String? {
    guard errno == EINVAL, let shape = facts.shapes[map] else { return nil }
    return switch shape.type {
    case .progArray: programs(entries, in: map)
    case .arrayOfMaps, .hashOfMaps: maps(entries, in: map)
    default: nil
    }
  }

  /// Which of the programs can't stand in a prog array.
  private func programs(_ entries: [Subject], in array: String) -> String? {
    let names = entries.compactMap { entry in if case .program(let name) = entry { name } else { nil } }
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
  private func maps(_ entries: [Subject], in outer: String) -> String? {
    guard let prototype = facts.inner[outer] else { return nil }
    for case .map(let name) in entries {
      guard let differences = facts.shapes[name]?.differences(from: prototype), !differences.isEmpty else { continue }
      return "`\(name)` is unlike the maps that `\(outer)` was made for: \(differences.joined(separator: ", "))"
    }
    return "`\(outer)` takes maps of the type, key size, value size and flags that it was made for, and of the same "
      + "max_entries where they are arrays"
  }
}
