import Matrix
import Results
import Testing

/// A program that is right, and whose verification takes more memory than a small guest has: such a guest dies of it
/// (`System is deadlocked on memory`), and a larger one accepts the program.
@Suite(.serialized) struct VerifierMemoryTests {
  @Test func whatDiesOfMemoryIsTriedAgainInALargerMachine() async throws {
    let bench = try Workbench()
    try bench.write("states.bpf.c", Self.program)
    try bench.write(
      "states.bpftest.yaml",
      "object: states.bpf.c\ntests:\n  - { name: is accepted, program: states, expect: { load: accepted } }\n")
    let results = try await bench.run(on: .list("6.1"), options: MatrixRun.Options(jobs: 1, timeout: 300))
    #expect(results.cells.map(\.verdict) == [.passed], "\(results.cells.map(\.message))")
  }

  private static let program = """
    // SPDX-License-Identifier: GPL-2.0
    // Accepted everywhere, after the verifier has held thousands of states at once, each with a stack full of numbers: some
    // 200 MB: more than a small machine has.
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>

    SEC("xdp") int states(struct xdp_md *c)
    {
    	__u64 numbers[56], sum = 0;

    #pragma unroll
    	for (int i = 0; i < 56; i++)
    		numbers[i] = bpf_get_prandom_u32();
    	for (int i = 0; i < 8000; i++) {
    		// One state more waits to be looked at.
    		if (bpf_get_prandom_u32() == 7)
    			sum++;
    		asm volatile("" : "+r"(sum));
    		// After twenty jumps the verifier keeps a state, also of a loop.
    #pragma unroll
    		for (int jump = 0; jump < 20; jump++)
    			asm volatile("goto +0");
    	}
    	asm volatile("" : : "r"(numbers) : "memory");
    	return sum + numbers[3] ? 2 : 1;
    }

    char l[] SEC("license") = "GPL";

    """
}
