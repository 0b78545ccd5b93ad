/// Gives as many wishes as possible a thing of their own: a maximum bipartite matching, grown by augmenting paths (Berge's
/// theorem). A wish that is granted stays so, perhaps by another thing: those that come first go first.
struct Pairing {
  /// The things that a wish is known to be granted by, as far as they have been looked at.
  private struct Fitting {
    var things: [Int] = []
    var next = 0
  }

  /// What each wish is granted, `nil` where others need all that fits.
  private(set) var things: [Int?]
  /// The wish that has each thing.
  private var owners: [Int?]
  /// Whether no path that leads through a thing ends at one that is free.
  private var isClosed: [Bool]
  /// By wish: those that are alike fit the same things.
  private var fitting: [String: Fitting] = [:]
  /// How many of the first that fit a wish have owners, who may exchange them but never give them up.
  private var taken: [String: Int] = [:]
  private let wishes: [String]
  private let fits: (Int, Int) -> Bool

  /// - Parameters:
  ///   - wishes: Those that are alike fit the same things.
  ///   - count: How many things there are.
  ///   - fits: Whether a wish, by its index, is granted by a thing. Asked once for all that are alike.
  init(_ wishes: [String], among count: Int, fits: @escaping (Int, Int) -> Bool) {
    things = .init(repeating: nil, count: wishes.count)
    owners = .init(repeating: nil, count: count)
    isClosed = .init(repeating: false, count: count)
    self.wishes = wishes
    self.fits = fits
    for wish in wishes.indices where !grantFree(wish) { grantByExchange(wish) }
  }

  /// The thing that fits a wish after so many others, `nil` when there is none.
  private mutating func thing(_ index: Int, fitting wish: Int) -> Int? {
    var known = fitting.removeValue(forKey: wishes[wish]) ?? Fitting()
    defer { fitting[wishes[wish]] = known }
    while index >= known.things.count, known.next < owners.count {
      if fits(wish, known.next) { known.things.append(known.next) }
      known.next += 1
    }
    return index < known.things.count ? known.things[index] : nil
  }

  /// Mostly the first that fits is free.
  private mutating func grantFree(_ wish: Int) -> Bool {
    var index = taken[wishes[wish], default: 0]
    defer { taken[wishes[wish]] = index }
    while let thing = thing(index, fitting: wish) {
      if owners[thing] == nil {
        give(thing, to: wish)
        return true
      }
      index += 1
    }
    return false
  }

  /// Asks those that have what fits, and in turn those that have what fits them, until one finds something free.
  private mutating func grantByExchange(_ first: Int) {
    var asked = [first]
    var known: Set = [wishes[first]]
    var takers: [Int: Int] = [:]
    var next = 0
    while next < asked.count {
      let wish = asked[next]
      next += 1
      var index = 0
      while let thing = thing(index, fitting: wish) {
        index += 1
        guard !isClosed[thing], takers[thing] == nil else { continue }
        takers[thing] = wish
        guard let owner = owners[thing] else {
          exchange(thing, takers)
          return
        }
        if known.insert(wishes[owner]).inserted { asked.append(owner) }
      }
    }
    for thing in takers.keys { isClosed[thing] = true }
  }

  /// From the free thing back: each takes what it found, and leaves what it had to the one that asked for it.
  private mutating func exchange(_ free: Int, _ takers: [Int: Int]) {
    var thing: Int? = free
    while let found = thing, let taker = takers[found] {
      thing = things[taker]
      give(found, to: taker)
    }
  }

  private mutating func give(_ thing: Int, to wish: Int) {
    owners[thing] = wish
    things[wish] = thing
  }
}
