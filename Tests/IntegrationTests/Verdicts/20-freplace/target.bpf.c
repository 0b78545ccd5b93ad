#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int counted;

__attribute__((noinline)) int stub(struct xdp_md *ctx) {
  volatile int r = XDP_PASS;
  if (!ctx) return 0;
  return r;
}

SEC("xdp") int dispatcher(struct xdp_md *ctx) { return stub(ctx); }
SEC("xdp") int other_dispatcher(struct xdp_md *ctx) { counted += 100; return stub(ctx) == XDP_DROP ? XDP_ABORTED : XDP_TX; }
SEC("freplace/stub") int component(struct xdp_md *ctx) { counted++; return XDP_DROP; }
/* Of another type than what it replaces. */
SEC("freplace/stub") int misfit(struct __sk_buff *skb) { return skb->mark; }
char LICENSE[] SEC("license") = "GPL";
