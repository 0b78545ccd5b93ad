// SPDX-License-Identifier: GPL-2.0
// Compiled several times over: each object has an array of its own that takes most of a small machine.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1000);
	__type(key, int);
	__type(value, char[85000]);
} big SEC(".maps");

const volatile int which = WHICH;

SEC("xdp") int first(struct xdp_md *c)
{
	int k = 0;
	return bpf_map_lookup_elem(&big, &k) ? 2 : which;
}

SEC("xdp") int second(struct xdp_md *c)
{
	int k = 1;
	return bpf_map_lookup_elem(&big, &k) ? 1 : which;
}

char l[] SEC("license") = "GPL";
