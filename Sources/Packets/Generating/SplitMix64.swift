/// A small random generator with a seed (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014): the same
/// numbers on every machine.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The generator of one of many independent runs of the same seed.
  init(seed: UInt64, run: Int) {
    var mixer = SplitMix64(seed: seed ^ UInt64(bitPattern: Int64(run)) &* 0xd134_2543_de82_ef95)
    state = mixer.next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
