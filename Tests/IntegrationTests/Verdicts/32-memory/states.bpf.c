// SPDX-License-Identifier: GPL-2.0
// Accepted everywhere, after the verifier has held thousands of states at once, each with a stack full of numbers: some
// 200 MB, more than a small machine has.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp") int states(struct xdp_md *c)
{
	__u64 numbers[56], sum = 0;

#pragma unroll
	for (int i = 0; i < 56; i++)
		numbers[i] = bpf_get_prandom_u32();
	for (int i = 0; i < TURNS; i++) {
		// One state more waits to be looked at.
		if (bpf_get_prandom_u32() == 7)
			sum++;
		asm volatile("" : "+r"(sum));
	}
	asm volatile("" : : "r"(numbers) : "memory");
	return sum + numbers[3] ? 2 : 1;
}

char l[] SEC("license") = "GPL";
