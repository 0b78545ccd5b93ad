#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

volatile long whole = -9, part = 2;

SEC("xdp") int count(struct xdp_md *ctx)
{
  return whole / part == -4 ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
