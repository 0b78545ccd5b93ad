#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct pair { __u32 a, b; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } m SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 65536); __type(key, __u32); __type(value, __u32); } large SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 65536); __type(key, __u32); __type(value, __u32); } ring SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 3); __type(key, __u32); __type(value, struct pair); } pairs SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); __uint(map_flags, BPF_F_RDONLY); } locked SEC(".maps");
int drop(struct xdp_md *ctx);
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2); __uint(key_size, 4); __array(values, int (void *)); }
  jumps SEC(".maps") = { .values = { [0] = (void *)&drop } };
SEC("xdp") int drop(struct xdp_md *ctx) { return XDP_DROP; }
SEC("xdp") int sum(struct xdp_md *ctx) {
  __u32 key = 1, last = 65535, *v = bpf_map_lookup_elem(&m, &key), *r = bpf_map_lookup_elem(&ring, &last);
  struct pair *p = bpf_map_lookup_elem(&pairs, &key);
  bpf_map_lookup_elem(&locked, &key);
  bpf_map_lookup_elem(&large, &key);
  return (v ? *v : 100) + (r ? *r : 0) + (p ? p->b : 0);
}
SEC("xdp") int jump(struct xdp_md *ctx) { bpf_tail_call(ctx, &jumps, 0); return XDP_PASS; }
char LICENSE[] SEC("license") = "GPL";
