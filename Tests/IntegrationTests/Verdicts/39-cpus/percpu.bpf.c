#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 2);
  __type(key, __u32);
  __type(value, __u64);
} stats SEC(".maps");

SEC("xdp") int count(struct xdp_md *ctx)
{
  __u32 key = 0;
  __u64 *packets = bpf_map_lookup_elem(&stats, &key);
  if (packets)
    (*packets)++;
  return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
