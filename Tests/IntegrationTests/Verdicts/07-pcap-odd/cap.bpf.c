#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
__u64 frames; __u32 len; __u16 types[8];
SEC("xdp") int xcount(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  if (data + 14 > end) return XDP_ABORTED;
  types[frames++ & 7] = bpf_ntohs(*(__u16 *)(data + 12));
  return XDP_PASS;
}
SEC("tc") int tcount(struct __sk_buff *skb) { types[frames++ & 7] = bpf_ntohs(skb->protocol); len = skb->wire_len; return 0; }
SEC("cgroup_skb/ingress") int ccount(struct __sk_buff *skb) { types[frames++ & 7] = bpf_ntohs(skb->protocol); return 1; }
SEC("lwt_in") int lcount(struct __sk_buff *skb) { frames++; return BPF_OK; }
SEC("socket") int scount(struct __sk_buff *skb) { frames++; return skb->len; }
char LICENSE[] SEC("license") = "GPL";
