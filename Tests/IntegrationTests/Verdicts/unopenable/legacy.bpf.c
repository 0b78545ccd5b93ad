#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
/* As programs before libbpf 1.0 defined their maps. */
struct { __u32 type, key_size, value_size, max_entries, map_flags; } counts SEC("maps") = { 1, 4, 8, 16, 0 };
SEC("xdp") int pass(struct xdp_md *ctx)
{
	__u32 key = 0;
	return bpf_map_lookup_elem(&counts, &key) ? XDP_DROP : XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";
