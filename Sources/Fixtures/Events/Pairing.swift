/// Gives as many wishes as possible a thing of their own: a maximum bipartite matching, grown by augmenting paths (Berge's
/// theorem). A wish that is granted stays so, perhaps by another thing: those that come first go first.
struct Pairing {
  /// What each wish is granted, `nil` where others need all that fits.
  private(set) var things: [Int?]
  /// The wish that has each thing.
  private var owners: [Int?]
  /// Things that a path may still lead through.
  private var open: [Int]
  /// Where the next thing that is free and fits is looked for, by wish: none is free before.
  private var starts: [String: Int] = [:]
  private let wishes: [String]
  private let fits: (Int, Int) -> Bool

  /// - Parameters:
  ///   - wishes: Those that are alike fit the same things.
  ///   - count: How many things there are.
  ///   - fits: Whether a wish, by its index, is granted by a thing.
  init(_ wishes: [String], among count: Int, fits: @escaping (Int, Int) -> Bool) {
    things = .init(repeating: nil, count: wishes.count)
    owners = .init(repeating: nil, count: count)
    open = Array(0..<count)
    self.wishes = wishes
    self.fits = fits
    for wish in wishes.indices where !grantFree(wish) { grantByExchange(wish) }
  }

  /// Mostly the first that fits is free.
  private mutating func grantFree(_ wish: Int) -> Bool {
    var thing = starts[wishes[wish], default: 0]
    while thing < owners.count, owners[thing] != nil || !fits(wish, thing) { thing += 1 }
    starts[wishes[wish]] = thing
    guard thing < owners.count else { return false }
    give(thing, to: wish)
    return true
  }

  /// Asks those that have what fits, and in turn those that have what fits them, until one finds something free.
  private mutating func grantByExchange(_ first: Int) {
    var asked = [first]
    var known: Set = [wishes[first]]
    var takers: [Int: Int] = [:]
    var left = open
    var next = 0
    while next < asked.count {
      let wish = asked[next]
      next += 1
      var rest: [Int] = []
      for thing in left {
        guard fits(wish, thing) else {
          rest.append(thing)
          continue
        }
        takers[thing] = wish
        guard let owner = owners[thing] else {
          exchange(thing, takers)
          return
        }
        if known.insert(wishes[owner]).inserted { asked.append(owner) }
      }
      left = rest
    }
    // Nobody on the way finds anything else, so no later path leads through here either.
    open = left
  }

  /// From the free thing back: each takes what it found, and leaves what it had to the one that asked for it.
  private mutating func exchange(_ free: Int, _ takers: [Int: Int]) {
    var thing: Int? = free
    while let taken = thing, let taker = takers[taken] {
      thing = things[taker]
      give(taken, to: taker)
    }
  }

  private mutating func give(_ thing: Int, to wish: Int) {
    owners[thing] = wish
    things[wish] = thing
  }
}
