#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 packets;

SEC("xdp") int count(struct xdp_md *ctx)
{
  __sync_fetch_and_add(&packets, 1);
  return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
