#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
struct hint { __u32 mark; __u16 flags; __u16 port; };
const struct hint *unused_hint __attribute__((unused));
__u32 seen; long rc = -99;
SEC("xdp") int tag(struct xdp_md *ctx) {
  rc = bpf_xdp_adjust_meta(ctx, -(int)sizeof(struct hint));
  if (rc) return XDP_ABORTED;
  void *data = (void *)(long)ctx->data; struct hint *h = (void *)(long)ctx->data_meta;
  if ((void *)(h + 1) > data) return XDP_ABORTED;
  h->mark = 0xcafe; h->flags = 1; h->port = 443;
  return XDP_PASS;
}
SEC("xdp") int plain(struct xdp_md *ctx) { return XDP_PASS; }
SEC("tc") int read(struct __sk_buff *skb) {
  void *data = (void *)(long)skb->data; struct hint *h = (void *)(long)skb->data_meta;
  if ((void *)(h + 1) > data) return TC_ACT_SHOT;
  seen = h->mark; return TC_ACT_OK;
}
/* Grow a packet by more than a header. */
SEC("tc") int grow(struct __sk_buff *skb) { rc = bpf_skb_change_tail(skb, skb->len + 1000, 0); return TC_ACT_OK; }
SEC("tc") int jumbo(struct __sk_buff *skb) { rc = bpf_skb_change_tail(skb, 15000, 0); return TC_ACT_OK; }
SEC("xdp") int longer(struct xdp_md *ctx) { rc = bpf_xdp_adjust_tail(ctx, 1000); return XDP_PASS; }
char LICENSE[] SEC("license") = "GPL";
