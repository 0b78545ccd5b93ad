#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int seen;
SEC("xdp") int whole(struct xdp_md *ctx) { seen++; return XDP_PASS; }

char LICENSE[] SEC("license") = "GPL";
