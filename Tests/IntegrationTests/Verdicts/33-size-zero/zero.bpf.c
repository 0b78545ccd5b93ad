#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Programs that configure themselves at start leave sizes to their loader. */
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, int); __type(value, int); } sized_by_its_loader SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, int); } values_too SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); } keys_and_values SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); } records SEC(".maps");

struct inner { __uint(type, BPF_MAP_TYPE_HASH); __type(key, int); __type(value, int); };
struct {
  __uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
  __uint(max_entries, 2);
  __type(key, int);
  __array(values, struct inner);
} outer SEC(".maps");

SEC("xdp") int p(struct xdp_md *c)
{
  int k = 0;
  void *inner = bpf_map_lookup_elem(&outer, &k);

  if (inner)
    bpf_map_lookup_elem(inner, &k);
  bpf_map_lookup_elem(&values_too, &k);
  bpf_map_lookup_elem(&keys_and_values, &k);
  bpf_ringbuf_output(&records, &k, sizeof(k), 0);
  return bpf_map_lookup_elem(&sized_by_its_loader, &k) ? 2 : 1;
}
char l[] SEC("license") = "GPL";
