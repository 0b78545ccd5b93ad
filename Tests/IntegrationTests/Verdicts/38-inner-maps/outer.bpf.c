#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct rule { __u32 action; __u32 hits; };

/* What these hold is left to their loader, which makes the maps. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 4);
  __uint(key_size, 4);
  __uint(value_size, 4);
} tenants SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
  __uint(max_entries, 4);
  __uint(key_size, 4);
  __uint(value_size, 4);
} others SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 8);
  __type(key, __u16);
  __type(value, struct rule);
} rules SEC(".maps");

SEC("xdp") int look(struct xdp_md *ctx)
{
  __u32 tenant = 1;
  __u16 port = 443;
  void *inner = bpf_map_lookup_elem(&tenants, &tenant);
  if (!inner)
    return XDP_ABORTED;
  struct rule *rule = bpf_map_lookup_elem(inner, &port);
  if (!rule)
    return XDP_DROP;
  rule->hits++;
  return rule->action;
}

char _license[] SEC("license") = "GPL";
