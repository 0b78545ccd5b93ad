#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct field { __u16 kind; __u16 size; };
struct record { __u32 length; __u8 fields; __u8 pad[3]; char tail[]; };
const struct record *keep_record __attribute__((unused));
struct longs { __u32 n; __u32 word[]; };
const struct longs *keep_longs __attribute__((unused));
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } words SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1); __type(key, __u32); __uint(value_size, 256); } scratch SEC(".maps");
SEC("xdp") int tell(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  __u32 zero = 0, size = end - data;
  struct record *r = bpf_map_lookup_elem(&scratch, &zero);
  if (!r) return XDP_ABORTED;
  if (size < 14) return XDP_DROP;
  size -= 14;                                        /* payload behind Ethernet */
  size &= 31;
  r->length = size; r->fields = 1;
#pragma unroll
  for (int i = 0; i < 31; i++) {
    if (data + 14 + i + 1 > end) break;
    r->tail[i] = *((char *)data + 14 + i);
  }
  bpf_ringbuf_output(&rb, r, sizeof(*r) + size, 0);
  return XDP_PASS;
}
SEC("xdp") int count(struct xdp_md *ctx) {
  struct { __u32 n; __u32 word[3]; } w = { 3, { 10, 20, 30 } };
  bpf_ringbuf_output(&words, &w, sizeof(w), 0);
  return XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";
